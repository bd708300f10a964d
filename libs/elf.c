// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF headers, System V gABI.  Where a field lies depends on the class only,
 * so each header is a table of places and is read by one function.
 */
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/errno.h>

#define IDENT_SIZE		16
#define IDENT_CLASS		4
#define IDENT_DATA		5
#define IDENT_VERSION		6
#define CLASS_32		1
#define CLASS_64		2
#define DATA_LITTLE_ENDIAN	1
#define VERSION_CURRENT		1
#define COUNT_ELSEWHERE		0xffff	/* PN_XNUM: in section header 0 */
#define HEADER_SIZE_MAX		64

struct place {
	u8 offset, size;
};

enum header_field {
	HEADER_TYPE, HEADER_MACHINE, HEADER_VERSION, HEADER_ENTRY,
	HEADER_TABLE, HEADER_STEP, HEADER_COUNT, HEADER_FIELDS
};

enum segment_field {
	SEGMENT_TYPE, SEGMENT_FLAGS, SEGMENT_OFFSET, SEGMENT_VIRTUAL,
	SEGMENT_PHYSICAL, SEGMENT_FILE_SIZE, SEGMENT_MEMORY_SIZE,
	SEGMENT_ALIGN, SEGMENT_FIELDS
};

static const struct layout {
	u8 bits, header_size, segment_size;
	struct place header[HEADER_FIELDS];
	struct place segment[SEGMENT_FIELDS];
} layouts[] = {
	[CLASS_32] = {
		.bits = 32, .header_size = 52, .segment_size = 32,
		.header = {
			[HEADER_TYPE] = { 16, 2 },
			[HEADER_MACHINE] = { 18, 2 },
			[HEADER_VERSION] = { 20, 4 },
			[HEADER_ENTRY] = { 24, 4 },
			[HEADER_TABLE] = { 28, 4 },
			[HEADER_STEP] = { 42, 2 },
			[HEADER_COUNT] = { 44, 2 },
		},
		.segment = {
			[SEGMENT_TYPE] = { 0, 4 },
			[SEGMENT_OFFSET] = { 4, 4 },
			[SEGMENT_VIRTUAL] = { 8, 4 },
			[SEGMENT_PHYSICAL] = { 12, 4 },
			[SEGMENT_FILE_SIZE] = { 16, 4 },
			[SEGMENT_MEMORY_SIZE] = { 20, 4 },
			[SEGMENT_FLAGS] = { 24, 4 },
			[SEGMENT_ALIGN] = { 28, 4 },
		},
	},
	[CLASS_64] = {
		.bits = 64, .header_size = 64, .segment_size = 56,
		.header = {
			[HEADER_TYPE] = { 16, 2 },
			[HEADER_MACHINE] = { 18, 2 },
			[HEADER_VERSION] = { 20, 4 },
			[HEADER_ENTRY] = { 24, 8 },
			[HEADER_TABLE] = { 32, 8 },
			[HEADER_STEP] = { 54, 2 },
			[HEADER_COUNT] = { 56, 2 },
		},
		.segment = {
			[SEGMENT_TYPE] = { 0, 4 },
			[SEGMENT_FLAGS] = { 4, 4 },
			[SEGMENT_OFFSET] = { 8, 8 },
			[SEGMENT_VIRTUAL] = { 16, 8 },
			[SEGMENT_PHYSICAL] = { 24, 8 },
			[SEGMENT_FILE_SIZE] = { 32, 8 },
			[SEGMENT_MEMORY_SIZE] = { 40, 8 },
			[SEGMENT_ALIGN] = { 48, 8 },
		},
	},
};

static const struct layout *layout_of(const struct elf *e)
{
	return &layouts[e->bits == 64 ? CLASS_64 : CLASS_32];
}

static u64 get(const u8 *bytes, struct place p)
{
	u64 value = 0;

	for (size_t i = p.size; i-- > 0; )
		value = value << 8 | bytes[p.offset + i];
	return value;
}

static int memory_read(struct elf_source *source, u64 offset, void *to,
		       size_t size)
{
	struct elf_memory *m = container_of(source, struct elf_memory, source);

	memcpy(to, m->data + offset, size);
	return 0;
}

void elf_memory_init(struct elf_memory *m, const void *data, size_t size)
{
	*m = (struct elf_memory){
		.source = { .size = size, .read = memory_read },
		.data = data,
	};
}

static bool is_within(u64 offset, u64 size, u64 limit)
{
	return offset <= limit && size <= limit - offset;
}

static int read_bytes(const struct elf *e, u64 offset, u8 *to, size_t size)
{
	if (!is_within(offset, size, e->source->size))
		return -EBADMSG;
	return e->source->read(e->source, offset, to, size);
}

/* Reads e_ident: the class, little endian. */
static int read_ident(struct elf *e)
{
	u8 ident[IDENT_SIZE];
	int err = read_bytes(e, 0, ident, sizeof(ident));

	if (err)
		return err == -EBADMSG ? -ENOEXEC : err;
	if (memcmp(ident, "\177ELF", 4) ||
	    ident[IDENT_DATA] != DATA_LITTLE_ENDIAN)
		return -ENOEXEC;
	if ((ident[IDENT_CLASS] != CLASS_32 &&
	     ident[IDENT_CLASS] != CLASS_64) ||
	    ident[IDENT_VERSION] != VERSION_CURRENT)
		return -EBADMSG;
	e->bits = layouts[ident[IDENT_CLASS]].bits;
	return 0;
}

static int check_table(const struct elf *e)
{
	if (!e->segment_count)
		return 0;
	if (e->segment_count == COUNT_ELSEWHERE ||
	    e->table_step < layout_of(e)->segment_size)
		return -EBADMSG;
	if (!is_within(e->table, (u64)e->segment_count * e->table_step,
		       e->source->size))
		return -EBADMSG;
	return 0;
}

int elf_open(struct elf *e, struct elf_source *source)
{
	u8 header[HEADER_SIZE_MAX];
	const struct place *at;
	int err;

	*e = (struct elf){ .source = source };
	err = read_ident(e);
	if (err)
		return err;
	at = layout_of(e)->header;
	err = read_bytes(e, 0, header, layout_of(e)->header_size);
	if (err)
		return err;
	if (get(header, at[HEADER_VERSION]) != VERSION_CURRENT)
		return -EBADMSG;
	e->type = (u16)get(header, at[HEADER_TYPE]);
	e->machine = (u16)get(header, at[HEADER_MACHINE]);
	e->entry = get(header, at[HEADER_ENTRY]);
	e->table = get(header, at[HEADER_TABLE]);
	e->table_step = (u16)get(header, at[HEADER_STEP]);
	e->segment_count = (u32)get(header, at[HEADER_COUNT]);
	return check_table(e);
}

/* Only what is loaded or read has to make sense. */
static int check_segment(const struct elf *e, const struct elf_segment *s)
{
	u64 last = e->bits == 64 ? UINT64_MAX : UINT32_MAX;

	if (s->type != ELF_SEGMENT_LOAD && s->type != ELF_SEGMENT_NOTE)
		return 0;
	if (!is_within(s->offset, s->file_size, e->source->size))
		return -EBADMSG;
	if (s->type == ELF_SEGMENT_NOTE)
		return 0;
	if (s->file_size > s->memory_size ||
	    !is_within(s->virtual, s->memory_size, last) ||
	    !is_within(s->physical, s->memory_size, last))
		return -EBADMSG;
	return 0;
}

int elf_segment(const struct elf *e, u32 index, struct elf_segment *out)
{
	const struct layout *layout = layout_of(e);
	const struct place *at = layout->segment;
	u8 header[HEADER_SIZE_MAX];
	int err;

	if (index >= e->segment_count)
		return -ERANGE;
	err = read_bytes(e, e->table + (u64)index * e->table_step, header,
			 layout->segment_size);
	if (err)
		return err;
	*out = (struct elf_segment){
		.type = (u32)get(header, at[SEGMENT_TYPE]),
		.flags = (u32)get(header, at[SEGMENT_FLAGS]),
		.offset = get(header, at[SEGMENT_OFFSET]),
		.virtual = get(header, at[SEGMENT_VIRTUAL]),
		.physical = get(header, at[SEGMENT_PHYSICAL]),
		.file_size = get(header, at[SEGMENT_FILE_SIZE]),
		.memory_size = get(header, at[SEGMENT_MEMORY_SIZE]),
		.align = get(header, at[SEGMENT_ALIGN]),
	};
	return check_segment(e, out);
}
