/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of our own functions, embedded by the build (CONFIG_SYMBOLS). */
#ifndef VMM_SYMBOLS_H
#define VMM_SYMBOLS_H

#include <vmm/types.h>

struct console;
struct guest;

#define SYMBOLS_NAME_SIZE	64	/* longer names are cut */

/*
 * The table that tools/symbols makes: functions by address, in blocks of
 * SYMBOLS_BLOCK.  After the blocks comes a stream of bytes, for each function
 *
 *	distance	from the one before (in a block's first: 0), 7 bits
 *			to a byte, least first, bit 7 set in all but the last
 *	lengths		high half: characters shared with the name before
 *			(a block's first: none), low half: bytes that follow;
 *			15 means that a byte with the rest comes next
 *	bytes		a character each, or, from 128 on, a token, which
 *			stands for two such bytes, tokens before it at most
 */
#define SYMBOLS_BLOCK		32
#define SYMBOLS_TOKENS		128

struct symbols_block {
	u32 address;			/* of its first, from the base */
	u32 at;				/* where it begins in the stream */
};

struct symbols_table {
	u64 base, end;			/* addresses that have names */
	u32 count;			/* functions */
	u32 block_count;
	u8 tokens[SYMBOLS_TOKENS][2];
	struct symbols_block blocks[];
};

/*
 * The function of the table that address lies in, and how far behind its
 * start; returns name, or NULL when it is none of them.  Any context.
 */
const char *symbols_find(const struct symbols_table *t, u64 address,
			 u64 *offset, char name[SYMBOLS_NAME_SIZE]);

/* The same in our own table; always NULL when names were left out. */
const char *symbols_lookup(u64 address, u64 *offset,
			   char name[SYMBOLS_NAME_SIZE]);

/*
 * "name+0x10" for an address of a guest's kernel, by its tables or physical;
 * false: it is not known.  Thread context, g->lock held.
 */
bool guest_symbol(struct guest *g, u64 pc, char *text, size_t size);
#define GUEST_SYMBOL_SIZE	88

/* Writes a line: address, and where in which function it is.  Any context. */
void symbols_print(u64 address, struct console *con);
/* The same of a return address: the function of the call before it. */
void symbols_print_return(u64 address, struct console *con);

#endif
