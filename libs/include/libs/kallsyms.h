/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of function names that a Linux kernel keeps of itself, as its
 * build lays it out since 6.1 on 64-bit machines with addresses relative to a
 * base (Linux: scripts/kallsyms.c).  All that is known is what it looks like:
 *
 *	count		of names, 4 bytes
 *	names		for each: length (7 bits to a byte, bit 7: one more
 *			byte follows, at most two), then numbers of tokens;
 *			what they expand to begins with a letter for the type
 *	markers		4 bytes: where each 256th name begins
 *	sequence	3 bytes a name; in kernels of some releases
 *	tokens		256 strings, each terminated
 *	index		256 times 2 bytes: where each begins
 *	offsets		4 bytes a name, ascending, from
 *	base		8 bytes; relocated with the kernel, so it may be 0 yet
 *
 * all aligned to 8, offsets and base before count in older kernels.  What is
 * looked at may hold anything: reads stay inside, work has a limit.
 */
#ifndef LIBS_KALLSYMS_H
#define LIBS_KALLSYMS_H

#include <vmm/types.h>

#define KALLSYMS_NAME_SIZE	64	/* longer names are cut */
#define KALLSYMS_WINDOW		1024u

/* Where the bytes come from; embed it in what read needs. */
struct kallsyms_source {
	u64 size;
	/* Copies size bytes from offset; both are within the source. */
	int (*read)(struct kallsyms_source *source, u64 offset, void *to,
		    size_t size);
};

struct kallsyms {
	struct kallsyms_source *source;
	/* Where they are in the source; base: the address that offsets
	 * count from. */
	u64 names, markers, tokens, index, offsets, base_at;
	u32 count;
	u32 left;		/* steps that a search may still take */
	u64 window_at;
	size_t window_size;
	u8 window[KALLSYMS_WINDOW];
};

/*
 * Searches the source, which must stay while k is used.  -ENOENT: there is
 * no such table; -E2BIG: too much that looks like one; or what read returned.
 */
int kallsyms_find(struct kallsyms *k, struct kallsyms_source *source);

/*
 * The function at so many bytes from the base, and how far behind its
 * start; returns name, or NULL: none.
 */
const char *kallsyms_lookup(struct kallsyms *k, u64 offset, u64 *distance,
			    char name[KALLSYMS_NAME_SIZE]);

#endif
