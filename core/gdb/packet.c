// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets of gdb's remote protocol (gdb manual, E.1): $data#sum, with } before
 * what would be read as one of these.
 */
#include <vmm/gdb.h>
#include <libs/char.h>
#include <libs/string.h>

#define INTERRUPT	0x03
#define LEAVE		0x1d		/* Ctrl-] */
#define ESCAPE		'}'
#define ESCAPE_XOR	0x20

enum state { BETWEEN, WITHIN, SUM_HIGH, SUM_LOW };

bool gdb_parser_is_within(const struct gdb_parser *p)
{
	return p->state != BETWEEN;
}

void gdb_parser_reset(struct gdb_parser *p)
{
	p->state = BETWEEN;
}

static enum gdb_event begin(struct gdb_parser *p)
{
	p->state = WITHIN;
	p->sum = 0;
	p->size = 0;
	p->escaped = p->cut = false;
	return GDB_MORE;
}

static enum gdb_event between(struct gdb_parser *p, u8 byte)
{
	switch (byte) {
	case '$':
		return begin(p);
	case '-':
		return GDB_AGAIN;
	case INTERRUPT:
		return GDB_INTERRUPT;
	case LEAVE:
		return GDB_LEAVE;
	}
	return GDB_MORE;
}

static void add(struct gdb_parser *p, u8 byte)
{
	if (p->escaped)
		byte ^= ESCAPE_XOR;
	p->escaped = false;
	if (p->size < GDB_PACKET_MAX)
		p->data[p->size++] = (char)byte;
	else
		p->cut = true;
}

/* A packet that begins anew was cut short on the way. */
static enum gdb_event within(struct gdb_parser *p, u8 byte)
{
	if (byte == '$')
		return begin(p);
	if (byte == '#') {
		p->state = SUM_HIGH;
		return GDB_MORE;
	}
	p->sum = (u8)(p->sum + byte);
	if (byte == ESCAPE && !p->escaped)
		p->escaped = true;
	else
		add(p, byte);
	return GDB_MORE;
}

static enum gdb_event end(struct gdb_parser *p)
{
	p->data[p->size] = '\0';
	return p->cut || p->escaped || p->sum != p->wanted ? GDB_BAD :
							     GDB_PACKET;
}

static enum gdb_event sum(struct gdb_parser *p, u8 byte)
{
	const unsigned digit = char_digit((char)byte);

	if (digit > 15) {
		p->state = BETWEEN;
		return byte == '$' ? begin(p) : GDB_BAD;
	}
	p->wanted = (u8)((unsigned)p->wanted << 4 | digit);
	if (p->state++ == SUM_HIGH)
		return GDB_MORE;
	p->state = BETWEEN;
	return end(p);
}

enum gdb_event gdb_parser_feed(struct gdb_parser *p, u8 byte)
{
	switch ((enum state)p->state) {
	case BETWEEN:
		return between(p, byte);
	case WITHIN:
		return within(p, byte);
	case SUM_HIGH:
	case SUM_LOW:
		break;
	}
	return sum(p, byte);
}

void gdb_hex(char *to, const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const u8 *from = data;

	for (size_t i = 0; i < size; i++) {
		*to++ = digits[from[i] >> 4];
		*to++ = digits[from[i] & 15];
	}
	*to = '\0';
}

size_t gdb_frame(char *out, const char *text, size_t size)
{
	u8 total = 0;
	char digits[3];

	for (size_t i = 0; i < size; i++)
		total = (u8)(total + (u8)text[i]);
	gdb_hex(digits, &total, 1);
	out[0] = '$';
	memmove(out + 1, text, size);
	out[size + 1] = '#';
	memcpy(out + size + 2, digits, 2);
	return size + 4;
}
