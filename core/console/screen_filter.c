// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Control functions in what guests print (ECMA-48, 5; xterm's "Control
 * Sequences"): a sequence is kept until its last byte tells what it is.
 */
#include <vmm/screen_filter.h>
#include <libs/string.h>

#define ENQ	0x05		/* the terminal answers */
#define BEL	0x07
#define SO	0x0e
#define CAN	0x18		/* ends any sequence, as SUB does */
#define SUB	0x1a
#define ESC	0x1b
#define DEL	0x7f
#define UTF8_C1	0xc2

enum state {
	STATE_TEXT,
	STATE_ESCAPE,		/* behind ESC, and intermediate bytes */
	STATE_CSI,		/* behind ESC [ */
	STATE_STRING,		/* of OSC, DCS, SOS, PM, APC: until its end */
	STATE_STRING_ESCAPE,	/* ESC in it: ESC \ is the end */
	STATE_UTF8,		/* behind C2: C1 controls begin so */
};

static bool is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_final(u8 byte)
{
	return byte >= 0x40 && byte < DEL;
}

/* "ESC [ parameters final": the byte behind ESC [. */
static char marker(const struct screen_filter *f)
{
	return f->sequence[2];
}

/* Does the number there choose the other screen? */
static bool is_alternate(const char *number, size_t size)
{
	static const char *const modes[] = { "47", "1047", "1049" };

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (size > strlen(modes[i]) &&
		    !memcmp(number, modes[i], strlen(modes[i])))
			return true;
	return false;
}

static void note_modes(struct screen_filter *f, char final)
{
	const char *end = f->sequence + f->size;
	const char *at = f->sequence + 3;

	if (is_in(final, "hlmr") || f->sequence[f->size - 2] == ' ')
		f->changed = true;
	if (marker(f) != '?' || !is_in(final, "hl"))
		return;
	for (; at; at = memchr(at, ';', (size_t)(end - at))) {
		at += *at == ';';
		if (is_alternate(at, (size_t)(end - at)))
			f->alternate = final == 'h';
	}
}

/* Window operations, printing and tests never; enquiries now and then. */
static bool csi_passes(const struct screen_filter *f, char final)
{
	if (is_in(final, "tiy"))
		return false;
	if (!f->replay)
		return true;
	return !is_in(final, "cnx") && !(final == 'u' && marker(f) == '?') &&
	       !(final == 'q' && marker(f) == '>') &&
	       !(final == 'p' && f->sequence[f->size - 2] == '$');
}

/* ---- by state: how many bytes are to go out ---- */

static size_t drop(struct screen_filter *f, enum state next)
{
	f->size = 0;
	f->state = (u8)next;
	return 0;
}

static void keep(struct screen_filter *f, u8 byte)
{
	if (f->size < SCREEN_SEQUENCE_MAX)
		f->sequence[f->size++] = (char)byte;
}

/* One that fills its room may have lost bytes. */
static size_t pass(struct screen_filter *f, char *out)
{
	const size_t size = f->size;

	if (size == SCREEN_SEQUENCE_MAX)
		return drop(f, STATE_TEXT);
	memcpy(out, f->sequence, size);
	drop(f, STATE_TEXT);
	return size;
}

static size_t text_byte(struct screen_filter *f, u8 byte, char *out)
{
	if (byte == ESC || byte == UTF8_C1) {
		keep(f, byte);
		f->state = byte == ESC ? STATE_ESCAPE : STATE_UTF8;
		return 0;
	}
	if (byte == ENQ)
		return 0;
	if (byte == SO)
		f->changed = true;
	*out = (char)byte;
	return 1;
}

/*
 * U+0080 to U+009F are what ESC @ to ESC _ are: those few are left out.  So is
 * a first byte that stands alone: with what comes later it could be one.
 */
static size_t utf8_byte(struct screen_filter *f, u8 byte, char *out)
{
	if (byte >= 0xa0 && byte < 0xc0) {
		keep(f, byte);
		return pass(f, out);
	}
	drop(f, STATE_TEXT);
	return byte >= 0x80 && byte < 0xa0 ? 0 : text_byte(f, byte, out);
}

static size_t escape_byte(struct screen_filter *f, u8 byte, char *out)
{
	const bool first = f->size == 1;

	keep(f, byte);
	if (byte >= 0x20 && byte < 0x30) {
		f->changed = true;		/* character sets */
		return 0;
	}
	if (first && byte == '[') {
		f->state = STATE_CSI;
		return 0;
	}
	if (first && is_in((char)byte, "]PX^_"))
		return drop(f, STATE_STRING);
	if (byte < 0x30 || byte >= DEL || (f->replay && byte == 'Z'))
		return drop(f, STATE_TEXT);
	f->changed = true;
	return pass(f, out);
}

static size_t csi_byte(struct screen_filter *f, u8 byte, char *out)
{
	if (byte < 0x20 || byte >= DEL)
		return drop(f, STATE_TEXT);
	keep(f, byte);
	if (!is_final(byte))
		return 0;
	if (!csi_passes(f, (char)byte))
		return drop(f, STATE_TEXT);
	note_modes(f, (char)byte);
	return pass(f, out);
}

static size_t string_byte(struct screen_filter *f, u8 byte, char *out)
{
	if (byte == BEL)
		return drop(f, STATE_TEXT);
	f->state = byte == ESC ? STATE_STRING_ESCAPE : STATE_STRING;
	return 0;
}

/* Anything but a backslash ends the string as well and begins a sequence. */
static size_t string_escape_byte(struct screen_filter *f, u8 byte, char *out)
{
	if (byte == '\\')
		return drop(f, STATE_TEXT);
	keep(f, ESC);
	f->state = STATE_ESCAPE;
	return escape_byte(f, byte, out);
}

static size_t (*const by_state[])(struct screen_filter *f, u8 byte,
				  char *out) = {
	[STATE_TEXT] = text_byte, [STATE_ESCAPE] = escape_byte,
	[STATE_CSI] = csi_byte, [STATE_STRING] = string_byte,
	[STATE_STRING_ESCAPE] = string_escape_byte, [STATE_UTF8] = utf8_byte,
};

static size_t one_byte(struct screen_filter *f, u8 byte, char *out)
{
	if (f->state != STATE_TEXT && (byte == CAN || byte == SUB))
		return drop(f, STATE_TEXT);
	/* A new one begins; ESC inside a string may be its end. */
	if (byte == ESC && f->state != STATE_STRING)
		drop(f, STATE_TEXT);
	return by_state[f->state](f, byte, out);
}

size_t screen_filter_pass(struct screen_filter *f, const u8 *data, size_t size,
			  char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < size; i++)
		used += one_byte(f, data[i], out + used);
	return used;
}

/* Soft reset (DECSTR): attributes, sets, margins, cursor; then mice, pastes. */
#define SOFT_RESET							\
	"\x1b[!p\x1b[0m\x1b(B\x0f\x1b[?1000;1002;1003;1004;1006;2004l"	\
	"\x1b[?7;25h"
#define NORMAL_SCREEN	"\x1b[?1049l"

const char *screen_filter_end(struct screen_filter *f)
{
	const char *bytes = f->alternate ? NORMAL_SCREEN SOFT_RESET :
			    f->changed ? SOFT_RESET : "";

	screen_filter_init(f);
	return bytes;
}
