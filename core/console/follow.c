// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests' output as plain text: of one, or of all in one stream of lines with
 * time and name.  Nothing that a guest sends gets at the operator's terminal.
 */
#include <vmm/console.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/report.h>

#define PACE_NS		20000000ull	/* between looks at the output */
#define PARTIAL_NS	500000000ull	/* for the rest of a line: prompts */
#define LINE_SIZE	200

/* ---- One ---- */

/* What is there when it begins: a guest may write faster than we print. */
static u64 print_until_now(struct console *con, struct guest_console *c, u64 at)
{
	const u64 end = guest_console_end_of(c);
	size_t size;
	u8 some[256];

	while (at < end &&
	       (size = guest_console_read(c, &at, some,
					  MIN(sizeof(some), end - at))))
		con_write(con, (const char *)some, size);
	return at;
}

void guest_console_log(struct console *con, struct guest_console *c,
		       bool follow)
{
	bool living;
	u64 at = 0;

	report_content(con, "log");
	do {
		living = __atomic_load_n(&c->living, __ATOMIC_ACQUIRE);
		at = print_until_now(con, c, at);
	} while (follow && living &&
		 !host_console_sleep(clock_now() + PACE_NS));
	report_end(con);
}

/* ---- All ---- */

/* One guest's part of the stream. */
struct source {
	struct list entry;
	struct guest_console *guest;	/* a reference */
	u64 at;
	u64 begin_ns;			/* of the line */
	size_t size;
	char line[LINE_SIZE];
};

struct merge {
	struct console *con;
	struct list sources;
};

static void print_line(struct merge *m, struct source *s)
{
	con_printf(m->con, "[%5" PRIu64 ".%06u] %s: ",
		   s->begin_ns / 1000000000,
		   (unsigned)(s->begin_ns / 1000 % 1000000), s->guest->name);
	con_write(m->con, s->line, s->size);
	con_write(m->con, "\n", 1);
	s->size = 0;
}

static void add_byte(struct merge *m, struct source *s, char byte)
{
	if (byte == '\r')
		return;
	if (!s->size)
		s->begin_ns = clock_now();
	if (byte != '\n')
		s->line[s->size++] = byte;
	if (byte == '\n' || s->size == LINE_SIZE)
		print_line(m, s);
}

/* Lines that are whole, and a part of one that got no further for a while. */
static void print_new(struct merge *m, struct source *s)
{
	const u64 end = guest_console_end_of(s->guest);
	size_t size;
	u8 some[128];

	while (s->at < end &&
	       (size = guest_console_read(s->guest, &s->at, some,
					  MIN(sizeof(some), end - s->at))))
		for (size_t i = 0; i < size; i++)
			add_byte(m, s, (char)some[i]);
	if (s->size && clock_now() > s->begin_ns + PARTIAL_NS)
		print_line(m, s);
}

static void source_remove(struct merge *m, struct source *s)
{
	if (s->size)
		print_line(m, s);
	list_remove(&s->entry);
	guest_console_put(s->guest);
	heap_free(s);
}

static bool is_known(const struct merge *m, const struct guest_console *c)
{
	struct source *s;

	list_for_each(s, &m->sources, entry)
		if (s->guest == c)
			return true;
	return false;
}

/* Takes over the reference; from the beginning those made since. */
static int source_add(struct merge *m, struct guest_console *c, bool from_now)
{
	struct source *s = heap_alloc(sizeof(*s));

	if (!s) {
		guest_console_put(c);
		return fail(-ENOMEM, "console: no memory for another guest");
	}
	s->guest = c;
	s->at = from_now ? guest_console_end_of(c) : 0;
	list_init(&s->entry);
	list_add_tail(&m->sources, &s->entry);
	return 0;
}

static int add_new(struct merge *m, bool from_now)
{
	struct guest_console *c;
	int rc = 0;

	for (unsigned n = 1; !rc && (c = guest_console_nth(n)); n++)
		if (is_known(m, c))
			guest_console_put(c);
		else
			rc = source_add(m, c, from_now);
	return rc;
}

static void print_all(struct merge *m)
{
	struct source *s, *after;

	list_for_each_safe(s, after, &m->sources, entry) {
		bool living = __atomic_load_n(&s->guest->living,
					      __ATOMIC_ACQUIRE);

		print_new(m, s);
		if (!living)
			source_remove(m, s);
	}
}

int guest_console_merge(struct console *con)
{
	struct merge m = { .con = con, .sources = LIST_INIT(m.sources) };
	struct source *s, *after;
	int rc = add_new(&m, true);

	report_content(con, "lines");
	while (!rc && !host_console_sleep(clock_now() + PACE_NS)) {
		print_all(&m);
		rc = add_new(&m, false);
	}
	list_for_each_safe(s, after, &m.sources, entry)
		source_remove(&m, s);
	report_end(con);
	return rc;
}
