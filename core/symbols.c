// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the table of function names, whose format is in <vmm/symbols.h>, and
 * prints them.
 */
#include <vmm/symbols.h>
#include <libs/printf.h>
#include <vmm/console.h>

extern const struct symbols_table symbols_table;

static u32 read_number(const u8 **at)
{
	u32 number = 0;
	unsigned shift = 0;
	u8 byte;

	do {
		byte = *(*at)++;
		number |= (u32)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return number;
}

/* The characters of one byte, at name[at]; where the next ones go. */
static size_t put_byte(const struct symbols_table *t, u8 byte, char *name,
		       size_t at)
{
	u8 later[SYMBOLS_NAME_SIZE];
	unsigned count = 0;

	for (;;) {
		while (byte >= SYMBOLS_TOKENS && count < sizeof(later)) {
			const u8 *pair = t->tokens[byte - SYMBOLS_TOKENS];

			later[count++] = pair[1];
			byte = pair[0];
		}
		if (at < SYMBOLS_NAME_SIZE - 1)
			name[at++] = (char)byte;
		if (!count)
			return at;
		byte = later[--count];
	}
}

/* Makes the name before into the next one. */
static void read_name(const struct symbols_table *t, const u8 **at,
		      char name[SYMBOLS_NAME_SIZE])
{
	const u8 lengths = *(*at)++;
	size_t size = lengths >> 4;
	unsigned left = lengths & 15;

	if (left == 15)
		left += *(*at)++;
	while (left--)
		size = put_byte(t, *(*at)++, name, size);
	name[size] = '\0';
}

/* The last block that does not begin behind the address. */
static u32 find_block(const struct symbols_table *t, u32 address)
{
	u32 low = 0, high = t->block_count;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (t->blocks[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return low;
}

const char *symbols_find(const struct symbols_table *t, u64 address,
			 u64 *offset, char name[SYMBOLS_NAME_SIZE])
{
	const u8 *stream = (const u8 *)&t->blocks[t->block_count];
	u32 block, left, start, next, wanted = (u32)(address - t->base);

	if (address < t->base || address >= t->end)
		return NULL;
	block = find_block(t, wanted);
	stream += t->blocks[block].at;
	left = MIN(t->count - block * SYMBOLS_BLOCK, (u32)SYMBOLS_BLOCK);
	next = t->blocks[block].address + read_number(&stream);
	do {
		start = next;
		read_name(t, &stream, name);
		if (--left)
			next = start + read_number(&stream);
	} while (left && next <= wanted);
	*offset = wanted - start;
	return name;
}

const char *symbols_lookup(u64 address, u64 *offset,
			   char name[SYMBOLS_NAME_SIZE])
{
	return symbols_find(&symbols_table, address, offset, name);
}

/* back: how far before the address what it is about lies. */
static void print(u64 address, u64 back, struct console *con)
{
	char buf[SYMBOLS_NAME_SIZE];
	u64 offset;
	const char *name = symbols_lookup(address - back, &offset, buf);

	con_printf(con, "  %016" PRIx64, address);
	if (name)
		con_printf(con, " %s+%#" PRIx64, name, offset + back);
	con_printf(con, "\n");
}

void symbols_print(u64 address, struct console *con)
{
	print(address, 0, con);
}

void symbols_print_return(u64 address, struct console *con)
{
	print(address, 1, con);
}
