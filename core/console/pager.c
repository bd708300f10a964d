// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Long answers page by page, on a terminal that told its size: by a cursor
 * position report (ECMA-48 8.3.14, CPR) after a jump beyond its last line.
 * What it is, it tells by its device attributes (8.3.24, DA).
 */
#include <libs/char.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>

#define ESC		0x1b
#define CTRL_C		3
#define ASK_NS		300000000ull
#define ROWS_USUAL	24		/* of one that was not asked yet */

/* Save, jump to the far corner, where is that?, back; what are you? */
static const char question[] = "\0337\033[999;999H\033[6n\0338\033[c";
static const char more[] = "-- space, Enter, q, G --";
static const char erase[] = "\r\033[K";

/* ---- what the other end is ---- */

struct answer {
	u8 sequence[16];		/* the one that comes in */
	size_t size;
	u8 others[64];			/* what is no answer */
	size_t others_size;
	bool over;
};

static u16 take_number(const u8 **at)
{
	unsigned n = 0;

	while (char_is_digit((char)**at))
		n = MIN(n * 10 + *(*at)++ - '0', 1000u);
	return (u16)n;
}

/* ESC [ rows ; columns R, and ESC [ ? ... c as the last. */
static bool take_answer(struct console *con, struct answer *a)
{
	const u8 *at = a->sequence + 2;
	u16 rows, columns;

	if (a->sequence[a->size - 1] == 'c' && *at == '?') {
		con->colour = a->over = true;
		return true;
	}
	rows = take_number(&at);
	if (*at++ != ';')
		return false;
	columns = take_number(&at);
	if (*at != 'R' || rows < 3 || !columns)
		return false;
	con->rows = rows;
	con->columns = columns;
	return true;
}

static void set_aside(struct answer *a)
{
	memcpy(a->others + a->others_size, a->sequence, a->size);
	a->others_size += a->size;
	a->size = 0;
	if (a->others_size + sizeof(a->sequence) > sizeof(a->others))
		a->over = true;
}

static void take_byte(struct console *con, struct answer *a, u8 byte)
{
	static const u8 begin[2] = { ESC, '[' };

	a->sequence[a->size++] = byte;
	if (a->size <= 2 && byte == begin[a->size - 1])
		return;
	if (a->size > 2 && a->size < sizeof(a->sequence) && byte < '@')
		return;
	if (a->size > 2 && byte >= '@' && take_answer(con, a))
		a->size = 0;
	set_aside(a);
}

void console_ask(struct console *con)
{
	u64 deadline = clock_now() + ASK_NS;
	struct answer a = { .size = 0 };
	u8 byte;

	con->asked = true;
	con->rows = 0;
	con->colour = false;
	if (!con->read)
		return;
	con->write(con, question, sizeof(question) - 1);
	while (!a.over && !con->read(con, &byte, deadline))
		take_byte(con, &a, byte);
	set_aside(&a);
	con->unread(con, a.others, a.others_size);
}

/* ---- pages ---- */

void console_page_begin(struct console *con)
{
	con->page = (struct console_page){
		.on = con->read && !con->script_depth &&
		      (con->rows || !con->asked),
	};
}

/* What is typed ahead is not for us, nor is anybody reading. */
static bool typed_ahead(struct console *con)
{
	u8 byte;

	do
		if (con->read(con, &byte, 1))	/* long past */
			return false;
	while (byte == '\n');		/* behind the \r of the line */
	con->unread(con, &byte, 1);
	return true;
}

/* False: another key than those. */
static bool press(struct console *con, u8 key)
{
	struct console_page *p = &con->page;

	if (key == ' ')
		p->line = 0;
	else if (key == '\r')
		p->line--;
	else if (key == 'G')
		p->on = false;
	else if (key == 'q' || key == CTRL_C)
		p->skip = true;
	else
		return false;
	con->canceled |= key == CTRL_C;
	return true;
}

static void end_page(struct console *con)
{
	u8 key;

	if (typed_ahead(con)) {
		con->page.on = false;
		return;
	}
	con->write(con, more, sizeof(more) - 1);
	while (con->read(con, &key, 0) || !press(con, key))
		;
	con->write(con, erase, sizeof(erase) - 1);
}

static void end_line(struct console *con)
{
	struct console_page *p = &con->page;

	p->line++;
	if (con->columns && p->column > con->columns)
		p->line += (p->column - 1u) / con->columns;
	p->column = 0;
}

/* Before each line, so that nobody is asked behind the last one. */
static void begin_line(struct console *con)
{
	struct console_page *p = &con->page;

	if (!con->asked && p->line + 1 >= ROWS_USUAL)
		console_ask(con);
	if (con->asked && !con->rows)
		p->on = false;
	else if (con->rows && !p->skip && p->line + 1 >= con->rows)
		end_page(con);
}

void console_page_write(struct console *con, const char *data, size_t size)
{
	while (size && con->page.on) {
		const char *end = memchr(data, '\n', size);
		size_t step = end ? (size_t)(end - data) + 1 : size;

		if (!con->page.column)
			begin_line(con);
		if (!con->page.skip)
			con->write(con, data, step);
		con->page.column = (u16)MIN(con->page.column + step, 0xffffu);
		data += step;
		size -= step;
		if (end)
			end_line(con);
	}
	if (size)
		con->write(con, data, size);
}
