// SPDX-License-Identifier: GPL-2.0-or-later
/* Printing to a session, and which session a thread works for. */
#include <vmm/console.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/irq.h>
#include <vmm/thread.h>

/* Gathers pieces, so that a far end gets few writes instead of many. */
struct gather {
	struct printf_sink sink;	/* first: the writer gets back by it */
	struct console *con;
	size_t used;
	char text[128];
};

static void gather_flush(struct gather *g)
{
	if (g->used)
		report_raw(g->con, g->text, g->used);
	g->used = 0;
}

static void gather_write(struct printf_sink *sink, const char *text,
			 size_t size)
{
	struct gather *g = container_of(sink, struct gather, sink);

	if (size > sizeof(g->text) - g->used)
		gather_flush(g);
	if (size > sizeof(g->text)) {
		report_raw(g->con, text, size);
		return;
	}
	memcpy(g->text + g->used, text, size);
	g->used += size;
}

void con_vprintf(struct console *con, const char *fmt, va_list ap)
{
	struct gather g;

	g.sink.write = gather_write;
	g.con = con;
	g.used = 0;
	printf_to(&g.sink, fmt, ap);
	gather_flush(&g);
}

void con_printf(struct console *con, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	con_vprintf(con, fmt, ap);
	va_end(ap);
}

void con_write(struct console *con, const char *data, size_t size)
{
	if (size)
		report_raw(con, data, size);
}

struct console *console_of_thread(void)
{
	struct thread *t = thread_current();

	return t && !irq_context() ? t->console : NULL;
}

void console_set_thread(struct console *con)
{
	thread_current()->console = con;
}
