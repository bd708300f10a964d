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

/* Makes the name before into the next one. */
static void read_name(const u8 **at, char name[SYMBOLS_NAME_SIZE])
{
	u8 lengths = *(*at)++;
	size_t shared = lengths >> 4, end = shared + (lengths & 15);

	if ((lengths & 15) == 15)
		end += *(*at)++;
	for (size_t i = shared; i < end; i++, (*at)++)
		if (i < SYMBOLS_NAME_SIZE - 1)
			name[i] = (char)**at;
	name[MIN(end, (size_t)SYMBOLS_NAME_SIZE - 1)] = '\0';
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
		read_name(&stream, name);
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

void symbols_print(u64 address, struct console *con)
{
	char buf[SYMBOLS_NAME_SIZE];
	u64 offset;
	const char *name = symbols_lookup(address, &offset, buf);

	con_printf(con, "  %016" PRIx64, address);
	if (name)
		con_printf(con, " %s+%#" PRIx64, name, offset);
	con_printf(con, "\n");
}
