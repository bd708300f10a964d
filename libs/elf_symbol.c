// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbol tables of 64-bit ELF files: System V gABI, "Sections", "Symbols". */
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/errno.h>

#define HEADER_TABLE		40	/* e_shoff, then others */
#define HEADER_STEP		58
#define HEADER_COUNT		60
#define SECTION_SIZE		64u
#define SYMBOL_SIZE		24u
#define SECTION_SYMBOLS		2u	/* SHT_SYMTAB */
#define KIND_MASK		0xfu
#define KIND_FUNCTION		2u	/* STT_FUNC; below: none, an object */
#define KIND_OBJECT		1u

struct section {
	u64 offset, size;
	u32 type, link;
};

static int read_at(const struct elf *e, u64 offset, void *to, size_t size)
{
	if (offset > e->source->size || size > e->source->size - offset)
		return -EBADMSG;
	return e->source->read(e->source, offset, to, size);
}

/* Files are as their machines here: little-endian. */
static u64 get(const u8 *from, size_t size)
{
	u64 value = 0;

	while (size-- > 0)
		value = value << 8 | from[size];
	return value;
}

static int section_at(const struct elf *e, u64 table, u32 step, u32 index,
		      struct section *out)
{
	u8 b[SECTION_SIZE];
	int rc = read_at(e, table + (u64)step * index, b, sizeof(b));

	if (rc)
		return rc;
	*out = (struct section){
		.type = (u32)get(b + 4, 4), .offset = get(b + 24, 8),
		.size = get(b + 32, 8), .link = (u32)get(b + 40, 4),
	};
	return out->offset > e->source->size ||
	       out->size > e->source->size - out->offset ? -EBADMSG : 0;
}

/* The sections with symbols and with their names. */
static int find_sections(const struct elf *e, struct section *symbols,
			 struct section *names)
{
	u8 b[SECTION_SIZE];
	u32 count, step;
	u64 table;
	int rc = read_at(e, 0, b, sizeof(b));

	if (rc || e->bits != 64)
		return rc ? rc : -ENOENT;
	table = get(b + HEADER_TABLE, 8);
	step = (u32)get(b + HEADER_STEP, 2);
	count = (u32)get(b + HEADER_COUNT, 2);
	for (u32 i = 0; i < count && table; i++) {
		if (section_at(e, table, step, i, symbols) ||
		    symbols->type != SECTION_SYMBOLS)
			continue;
		if (symbols->link >= count)
			return -EBADMSG;
		return section_at(e, table, step, symbols->link, names);
	}
	return -ENOENT;
}

/* Mapping symbols say what code is made of, not whose it is. */
static bool is_name(const char *name)
{
	return *name && *name != '$' && *name != '.';
}

static bool read_name(const struct elf *e, const struct section *names,
		      u64 at, char *name, size_t size)
{
	const u64 left = at < names->size ? names->size - at : 0;
	const size_t count = (size_t)MIN(left, (u64)size - 1);

	if (!count || read_at(e, names->offset + at, name, count))
		return false;
	name[count] = '\0';
	return is_name(name);
}

int elf_symbol(const struct elf *e, u64 address, u64 *distance, char *name,
	       size_t name_size)
{
	struct section symbols, names;
	u64 best = 0, best_name = ~0ull;
	u8 b[SYMBOL_SIZE];
	int rc = find_sections(e, &symbols, &names);

	for (u64 at = 0; !rc && at + SYMBOL_SIZE <= symbols.size;
	     at += SYMBOL_SIZE) {
		u64 value, size;

		if (read_at(e, symbols.offset + at, b, sizeof(b)))
			return -EBADMSG;
		value = get(b + 8, 8);
		size = get(b + 16, 8);
		if ((b[4] & KIND_MASK) > KIND_FUNCTION ||
		    (b[4] & KIND_MASK) == KIND_OBJECT || !get(b + 6, 2) ||
		    value > address || value < best ||
		    (size && address - value >= size) ||
		    !read_name(e, &names, get(b, 4), name, name_size))
			continue;
		best = value;
		best_name = get(b, 4);
	}
	if (rc || best_name == ~0ull ||
	    !read_name(e, &names, best_name, name, name_size))
		return rc ? rc : -ENOENT;
	*distance = address - best;
	return 0;
}
