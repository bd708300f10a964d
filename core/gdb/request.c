// SPDX-License-Identifier: GPL-2.0-or-later
/* What packets ask: a table of their forms (gdb manual, E.2, E.4, E.7). */
#include <vmm/gdb.h>
#include <libs/char.h>
#include <libs/string.h>
#include <vmm/errno.h>

/*
 * For each verb, in the order of enum gdb_verb, the forms that it has, with |
 * between them.  In a form, %x is a number of hexadecimal digits, %t a thread,
 * %h bytes as digits and %b bytes as they are, to the end, %* anything to the
 * end, %c any character; all else stands for itself.
 */
static const char forms[] =
	"?\0" "g\0" "G%h\0" "p%x\0" "P%x=%h\0"
	"m%x,%x\0" "M%x,%x:%h|X%x,%x:%b\0" "Z%x,%x,%x\0" "z%x,%x,%x\0"
	"vCont?\0" "vCont%*\0" "c|C%x\0" "s|S%x\0" "k|vKill;%x\0" "D|D;%x\0"
	"H%c%t\0" "T%t\0" "qfThreadInfo\0" "qsThreadInfo\0"
	"qThreadExtraInfo,%t\0" "qC\0"
	"qXfer:features:read:target.xml:%x,%x\0" "qSupported%*\0"
	"qAttached%*\0" "qRcmd,%h\0" "QStartNoAckMode\0"
	"Qqemu.PhyMemMode:%x\0" "qqemu.PhyMemMode\0";

/* What is left of the packet; a NUL stands behind. */
struct rest {
	char *at, *end;
};

static bool take_number(struct rest *r, u64 *out)
{
	unsigned digits = 0, digit;

	for (*out = 0; (digit = char_digit(*r->at)) < 16; r->at++) {
		*out = *out << 4 | digit;
		if (++digits > 16)
			return false;
	}
	return digits;
}

static bool take_thread(struct rest *r, int *out)
{
	u64 number;

	if (r->at[0] == '-' && r->at[1] == '1') {
		r->at += 2;
		*out = GDB_THREAD_ALL;
		return true;
	}
	if (!take_number(r, &number) || number > INT32_MAX)
		return false;
	*out = (int)number;
	return true;
}

/* In place: bytes take half the room of their digits. */
static bool take_bytes(struct rest *r, struct gdb_request *out)
{
	u8 *to = (u8 *)r->at;
	unsigned high, low;

	out->data = to;
	for (; r->at < r->end; r->at += 2) {
		high = char_digit(r->at[0]);
		low = char_digit(r->at[1]);
		if ((high | low) > 15)
			return false;
		*to++ = (u8)(high << 4 | low);
	}
	out->size = (size_t)(to - out->data);
	*to = '\0';
	out->text = (const char *)out->data;
	return true;
}

static bool take_rest(struct rest *r, struct gdb_request *out)
{
	out->text = r->at;
	out->data = (const u8 *)r->at;
	out->size = (size_t)(r->end - r->at);
	r->at = r->end;
	return true;
}

static bool take(char kind, struct rest *r, struct gdb_request *out,
		 unsigned *count)
{
	switch (kind) {
	case 'x':
		return take_number(r, &out->numbers[(*count)++]);
	case 't':
		return take_thread(r, &out->thread);
	case 'h':
		return take_bytes(r, out);
	case 'c':
		out->numbers[0] = (u8)*r->at;
		return r->at++ < r->end;
	}
	return take_rest(r, out);
}

static bool matches(const char *form, struct rest r, struct gdb_request *out)
{
	unsigned count = 0;

	for (; *form && *form != '|'; form++) {
		if (*form == '%') {
			if (!take(*++form, &r, out, &count))
				return false;
		} else if (*r.at++ != *form) {
			return false;
		}
	}
	return r.at == r.end;
}

/* The form behind this one, and whether it is the next verb's. */
static const char *next_form(const char *form, bool *other_verb)
{
	while (*form && *form != '|')
		form++;
	*other_verb = !*form;
	return form + 1;
}

void gdb_request_parse(char *packet, size_t size, struct gdb_request *out)
{
	const struct rest all = { packet, packet + size };
	enum gdb_verb verb = GDB_UNKNOWN + 1;
	bool other;

	for (const char *form = forms; *form;
	     form = next_form(form, &other), verb += other) {
		*out = (struct gdb_request){ .verb = verb, .text = "" };
		if (matches(form, all, out))
			return;
	}
	*out = (struct gdb_request){ .verb = GDB_UNKNOWN, .text = "" };
}

/* ;c or ;C05 or ;s:1 or ;S05:-1: signals have no meaning for a machine. */
bool gdb_action_next(const char **text, struct gdb_action *out)
{
	struct rest r = { .at = (char *)(uintptr_t)*text };
	u64 signal;

	if (*r.at++ != ';')
		return false;
	out->what = char_to_lower(*r.at);
	out->thread = GDB_THREAD_ALL;
	if (!char_is_alpha(*r.at))
		return false;
	if (*r.at == 'C' || *r.at == 'S') {
		r.at++;
		if (!take_number(&r, &signal))
			return false;
	} else {
		r.at++;
	}
	if (*r.at == ':') {
		r.at++;
		if (!take_thread(&r, &out->thread))
			return false;
	}
	*text = r.at;
	return true;
}
