// SPDX-License-Identifier: GPL-2.0-or-later
/* What packets ask: a table of their forms (gdb manual, E.2, E.4, E.7). */
#include <vmm/gdb.h>
#include <libs/char.h>
#include <libs/string.h>
#include <vmm/errno.h>

/*
 * In a form, %x is a number of hexadecimal digits, %t a thread, %h bytes as
 * digits and %b bytes as they are, to the end, %* anything to the end, %c any
 * character; all else stands for itself.
 */
static const struct {
	const char *form;
	enum gdb_verb verb;
} forms[] = {
	{ "?", GDB_STATUS },
	{ "g", GDB_READ_ALL }, { "G%h", GDB_WRITE_ALL },
	{ "p%x", GDB_READ_ONE }, { "P%x=%h", GDB_WRITE_ONE },
	{ "m%x,%x", GDB_READ_MEMORY },
	{ "M%x,%x:%h", GDB_WRITE_MEMORY }, { "X%x,%x:%b", GDB_WRITE_MEMORY },
	{ "Z%x,%x,%x", GDB_POINT_ADD }, { "z%x,%x,%x", GDB_POINT_REMOVE },
	{ "vCont?", GDB_CAN_RESUME }, { "vCont%*", GDB_RESUME },
	{ "c", GDB_GO }, { "C%x", GDB_GO },
	{ "s", GDB_STEP }, { "S%x", GDB_STEP },
	{ "k", GDB_KILL }, { "vKill;%x", GDB_KILL },
	{ "D", GDB_DETACH }, { "D;%x", GDB_DETACH },
	{ "H%c%t", GDB_SELECT }, { "T%t", GDB_THREAD_ALIVE },
	{ "qfThreadInfo", GDB_THREADS }, { "qsThreadInfo", GDB_THREADS_MORE },
	{ "qThreadExtraInfo,%t", GDB_THREAD_INFO },
	{ "qC", GDB_THREAD_CURRENT },
	{ "qXfer:features:read:target.xml:%x,%x", GDB_FEATURES },
	{ "qSupported%*", GDB_SUPPORTED }, { "qAttached%*", GDB_ATTACHED },
	{ "qRcmd,%h", GDB_COMMAND }, { "QStartNoAckMode", GDB_NO_ACK },
	{ "Qqemu.PhyMemMode:%x", GDB_PHYSICAL_SET },
	{ "qqemu.PhyMemMode", GDB_PHYSICAL_GET },
};

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

	for (; *form; form++) {
		if (*form == '%') {
			if (!take(*++form, &r, out, &count))
				return false;
		} else if (*r.at++ != *form) {
			return false;
		}
	}
	return r.at == r.end;
}

void gdb_request_parse(char *packet, size_t size, struct gdb_request *out)
{
	const struct rest all = { packet, packet + size };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		*out = (struct gdb_request){
			.verb = forms[i].verb, .text = "",
		};
		if (matches(forms[i].form, all, out))
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
