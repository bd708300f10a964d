// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes answers of commands (LLVM's libFuzzer): containers, values and texts
 * as the input says, in every form; documents must be JSON (RFC 8259) in
 * UTF-8 (RFC 3629) that no terminal takes for control functions.
 */
#include "../suites/story.h"
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/report.h>

static char text[64 * 1024];
static size_t used;

static void keep(struct console *con, const char *data, size_t size)
{
	assert(size <= sizeof(text) - used);
	memcpy(text + used, data, size);
	used += size;
}

/* ---- a reader of documents ---- */

static const char *at;

static bool value(unsigned depth);

static char next(void)
{
	return at < text + used ? *at++ : '\0';
}

static void blanks(void)
{
	while (at < text + used && (*at == ' ' || *at == '\n'))
		at++;
}

/* Bytes that follow a first one, whose character is at least `least`. */
static bool character(u8 first)
{
	static const u32 least[] = { 0, 0xa0, 0x800, 0x10000 };
	const unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	u32 c = first & (0x3fu >> more);

	if (first < 0xc2 || first > 0xf4)
		return false;
	for (unsigned i = 0; i < more; i++) {
		u8 byte = (u8)next();

		if ((byte & 0xc0) != 0x80)
			return false;
		c = c << 6 | (byte & 0x3f);
	}
	return c >= least[more] && c < 0x110000 && (c < 0xd800 || c > 0xdfff);
}

static bool escape(void)
{
	char c = next();

	if (c != 'u')
		return c && strchr("\"\\/bfnrt", c);
	for (unsigned i = 0; i < 4; i++)
		if (!strchr("0123456789abcdef", c = next()) || !c)
			return false;
	return true;
}

static bool string(void)
{
	for (;;) {
		const u8 c = (u8)next();

		if (c == '"')
			return true;
		if (c < ' ' || c == 0x7f || (c == '\\' && !escape()) ||
		    (c >= 0x80 && !character(c)))
			return false;
	}
}

static bool members(unsigned depth, bool keys, char end)
{
	char c;

	blanks();
	if (at < text + used && *at == end)
		return next();
	do {
		blanks();
		if (keys && (next() != '"' || !string() || next() != ':'))
			return false;
		if (!value(depth + 1))
			return false;
		blanks();
		c = next();
	} while (c == ',');
	return c == end;
}

static bool word(const char *rest)
{
	while (*rest)
		if (next() != *rest++)
			return false;
	return true;
}

static bool value(unsigned depth)
{
	char c;

	blanks();
	c = next();
	if (depth > 20)
		return false;
	switch (c) {
	case '{':
		return members(depth, true, '}');
	case '[':
		return members(depth, false, ']');
	case '"':
		return string();
	case 't':
		return word("rue");
	case 'f':
		return word("alse");
	case 'n':
		return word("ull");
	}
	while (at < text + used && *at >= '0' && *at <= '9')
		at++;
	return c >= '0' && c <= '9';
}

static bool is_document(void)
{
	at = text;
	return value(0) && at == text + used - 1 && *at == '\n';
}

/* Text that moves nothing on a terminal but its lines. */
static bool is_harmless(void)
{
	for (size_t i = 0; i < used; i++) {
		const u8 c = (u8)text[i];

		if ((c < ' ' && !strchr("\n\r\t", c)) || c == 0x7f ||
		    (c >= 0x80 && c < 0xa0 && i &&
		     (u8)text[i - 1] == 0xc2))
			return false;
	}
	return true;
}

/* ---- statements ---- */

static struct console con = { .write = keep };

/*
 * What is open: 'o'bject, 'a'rray, 'l'ist and its 'r'ows, 'c'ontent; what is
 * part of a line, where there are values only: 'i'.
 */
static char kinds[REPORT_DEPTH];
static unsigned depth;

static void opened(char kind)
{
	kinds[++depth] = kind;
}

static const char *some_text(struct story *s)
{
	static char buf[300];
	size_t size = story_below(s, 40);

	if (!story_below(s, 32))
		size = sizeof(buf) - 1;
	for (size_t i = 0; i < size; i++)
		buf[i] = (char)story_byte(s);
	buf[size] = '\0';
	return story_below(s, 16) ? buf : NULL;
}

static void container(struct story *s)
{
	const char inside = kinds[depth];

	if (depth == REPORT_DEPTH - 2 || inside == 'c' || inside == 'i')
		return;
	if (inside == 'l' || inside == 'a') {
		report_row(&con);
		opened(inside == 'l' ? 'r' : 'i');
		return;
	}
	switch (story_below(s, 5)) {
	case 0:
		report_object(&con, "part");
		opened(inside == 'r' ? 'i' : 'o');
		break;
	case 1:
		report_grid(&con, "registers");
		opened('o');
		break;
	case 2:
		report_array(&con, "names");
		opened('a');
		break;
	case 3:
		report_content(&con, "content");
		opened('c');
		break;
	default:
		report_list(&con, "rows", "name:-8 size_bytes:6 at:4 text");
		opened('l');
	}
}

static void number(struct story *s)
{
	static const char *const keys[] = {
		"size_bytes", "run_ns", "since_boot_ns", "rate_hz",
		"load_permille", "exit_count",
	};
	const char *key = keys[story_below(s, ARRAY_LEN(keys))];
	const u64 n = story_take(s, 8) >> story_below(s, 64);

	if (kinds[depth] == 'a')
		key = NULL;
	switch (story_below(s, 4)) {
	case 0:
		report_u64(&con, key, n);
		break;
	case 1:
		report_count(&con, key, n);
		break;
	case 2:
		report_hex(&con, key, n);
		break;
	default:
		report_bool(&con, key, n & 1);
	}
}

static void words(struct story *s)
{
	const char *key = kinds[depth] == 'a' ? NULL : "name";

	switch (story_below(s, 4)) {
	case 0:
		report_name(&con, key, some_text(s));
		break;
	case 1:
		if (key)
			report_note(&con, "note", some_text(s));
		break;
	case 2:
		report_textf(&con, key, "%s and", some_text(s));
		break;
	default:
		report_text(&con, key, some_text(s));
	}
}

static void statement(struct story *s)
{
	const u32 what = story_below(s, 64);
	const char *raw;

	if (what == 0) {
		fail(-EINVAL, "%s: is wrong", some_text(s));
		return;
	}
	if (what < 12 && depth) {
		report_end(&con);
		depth--;
	} else if (what < 24) {
		container(s);
	} else if (kinds[depth] == 'c') {
		raw = some_text(s);
		con_write(&con, raw ? raw : "", raw ? strlen(raw) : 0);
	} else if (kinds[depth] == 'l') {
		container(s);
	} else if (what < 44) {
		number(s);
	} else {
		words(s);
	}
}

static void answer(struct story s, const struct report_form *form)
{
	depth = 0;
	used = 0;
	kinds[0] = 'o';
	report_begin(&con, "fuzz", "\"\x1b", form);
	while (s.left && used < sizeof(text) / 4)
		statement(&s);
	report_finish(&con);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct story s = { .at = data, .left = MIN(size, 1500u) };

	console_set_thread(&con);
	answer(s, NULL);
	assert(is_harmless());
	answer(s, &report_json);
	assert(is_document());
	console_set_thread(NULL);
	return 0;
}
