// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names for addresses of guests: from the table that a Linux kernel has of
 * itself in the guest's memory, or from the ELF file that is its kernel.  The
 * table is searched for when it is asked for first; what a guest's memory
 * holds is nothing but a hint.
 */
#include <vmm/symbols.h>

#include <libs/elf.h>
#include <libs/kallsyms.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/file.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/image_loader.h>

#include "internal.h"

#define HEAD_SIZE	512u		/* of an image, with its EFI header */
#define IMAGE_STEP	MIB(2)		/* where images may begin */
#define IMAGE_MAX	MIB(256)
#define HEADERS_MAX	8u		/* whose images are looked through */
#define AGAIN_NS	2000000000ull	/* after a search in vain */

struct guest_symbols {
	struct kallsyms_source source;
	struct guest *guest;
	u64 image;			/* gpa */
	u64 code;			/* where it has code first */
	unsigned headers;		/* that were found */
	bool found;
	u64 searched_ns;
	struct kallsyms table;
};

/* ---- the kernel's own table ---- */

static int read_memory(struct kallsyms_source *source, u64 offset, void *to,
		       size_t size)
{
	struct guest_symbols *s = container_of(source, struct guest_symbols,
					       source);

	return guest_read(s->guest, GPA(s->image + offset), to, size);
}

/* Is there a table of names in the image? */
static bool try_image(struct guest_symbols *s, u64 a, u64 size)
{
	if (!size || size > IMAGE_MAX)
		return false;
	s->image = a;
	s->source = (struct kallsyms_source){ .size = size,
					      .read = read_memory };
	return !kallsyms_find(&s->table, &s->source);
}

/* Is there a header of a kernel at a, and does it say the truth? */
static bool try_header(struct guest_symbols *s, u64 a, u64 end)
{
	u8 head[HEAD_SIZE];
	u64 size;

	if (guest_read(s->guest, GPA(a), head, sizeof(head)))
		return false;
	size = kernel_extent(head, sizeof(head), &s->code);
	return size && size <= end - a && s->headers++ < HEADERS_MAX &&
	       try_image(s, a, size);
}

static bool try_bank(struct guest_symbols *s,
		     const struct guest_memory_config *m)
{
	const u64 end = m->base + m->size;
	u64 a = (m->base + IMAGE_STEP - 1) & ~(u64)(IMAGE_STEP - 1);

	for (; a >= m->base && a < end; a += IMAGE_STEP)
		if (try_header(s, a, end))
			return true;
	return false;
}

static bool search(struct guest_symbols *s)
{
	struct guest *g = s->guest;

	s->headers = 0;
	s->code = g->image.code;
	if (try_image(s, g->image.base, g->image.size))
		return true;
	for (unsigned i = 0; i < g->config->memory_count; i++)
		if (try_bank(s, &g->config->memory[i]))
			return true;
	return false;
}

/* A search in vain is not done again for each address. */
static struct guest_symbols *find_table(struct guest *g)
{
	struct guest_symbols *s = g->symbols;

	if (!s)
		s = g->symbols = heap_alloc(sizeof(*s));
	if (!s || s->found)
		return s;
	if (s->guest && clock_now() - s->searched_ns < AGAIN_NS)
		return NULL;
	s->guest = g;
	s->found = search(s);
	s->searched_ns = clock_now();
	return s->found ? s : NULL;
}

/* Its base moves when the kernel relocates itself. */
static u64 base_now(struct guest_symbols *s)
{
	u64 base = 0;
	const struct kallsyms *k = &s->table;

	read_memory(&s->source, k->base_at, &base, sizeof(base));
	return base;
}

/*
 * Addresses before its own tables are in use: from the image's start, or from
 * its first code when the first name in the table is not the image's own.
 */
static u64 physical_base(struct guest_symbols *s)
{
	char name[KALLSYMS_NAME_SIZE];
	u64 distance;
	bool whole = kallsyms_lookup(&s->table, 0, &distance, name) &&
		     (string_equal(name, "_start") ||
		      string_equal(name, "_text") ||
		      string_equal(name, "_head"));

	return s->image + (whole ? 0 : s->code);
}

static const char *find_in_table(struct guest *g, u64 pc, u64 *distance,
				 char *name)
{
	struct guest_symbols *s = find_table(g);
	u64 base;

	if (!s)
		return NULL;
	base = base_now(s);
	if (!base || pc - base >= s->source.size)
		base = physical_base(s);
	if (pc - base >= s->source.size)
		return NULL;
	return kallsyms_lookup(&s->table, pc - base, distance, name);
}

/* ---- the file that is its kernel ---- */

/* The address that code was linked for which lies at pc. */
static u64 linked_address(const struct elf *e, u64 pc)
{
	struct elf_segment seg;

	for (u32 i = 0; i < e->segment_count; i++) {
		if (elf_segment(e, i, &seg) || seg.type != ELF_SEGMENT_LOAD)
			continue;
		if (pc - seg.virtual < seg.memory_size)
			return pc;
		if (pc - seg.physical < seg.memory_size)
			return pc - seg.physical + seg.virtual;
	}
	return pc;
}

static const char *find_in_file(struct guest *g, u64 pc, u64 *distance,
				char *name)
{
	struct elf_memory m;
	struct file f;
	struct elf e;

	if (!g->config->kernel || file_open(g->config->kernel, &f))
		return NULL;
	elf_memory_init(&m, f.data, f.size);
	if (elf_open(&e, &m.source) ||
	    elf_symbol(&e, linked_address(&e, pc), distance, name,
		       KALLSYMS_NAME_SIZE))
		return NULL;
	return name;
}

bool guest_symbol(struct guest *g, u64 pc, char *text, size_t size)
{
	char name[KALLSYMS_NAME_SIZE];
	u64 distance;

	if (!find_in_file(g, pc, &distance, name) &&
	    !find_in_table(g, pc, &distance, name))
		return false;
	snprintf(text, size, "%s+0x%" PRIx64, name, distance);
	return true;
}

void guest_symbols_forget(struct guest *g)
{
	heap_free(g->symbols);
	g->symbols = NULL;
}
