// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Problems of guest trees: handed to whoever collects them; and errors that
 * other parts report by fail(), taken over as problems.
 */
#include "config_check.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/heap.h>

#define TEXT_MAX	256

/* Trees may hold anything, terminals obey controls: C0, DEL, U+0080 on. */
static bool is_control(const char *s)
{
	const u8 byte = (u8)*s;

	return byte < ' ' || byte == 0x7f ||
	       (byte == 0xc2 && ((u8)s[1] & 0xe0) == 0x80);
}

static void make_harmless(char *s)
{
	for (; *s; s++)
		if (is_control(s))
			*s = '?';
}

static const char *harmless(const char *name)
{
	for (const char *s = name; s && *s; s++)
		if (is_control(s))
			return "?";
	return name;
}

PRINTF(3, 0)
static void hand(struct guest_report *r, struct guest_problem *p,
		 const char *format, va_list args)
{
	char text[TEXT_MAX];

	vsnprintf(text, sizeof(text), format, args);
	make_harmless(text);
	p->text = text;
	p->property = harmless(p->property);
	if (p->severity == GUEST_ERROR)
		r->count++;
	else
		r->warning_count++;
	r->problem(r, p);
}

/* "/" stands for the whole tree, too. */
static const char *path_of(struct dt_node n, char buf[DT_PATH_MAX])
{
	if (!dt_exists(n))
		return "/";
	dt_path(n, buf, DT_PATH_MAX);
	make_harmless(buf);
	return buf;
}

#define HAND(level) do {						\
	char path[DT_PATH_MAX];						\
	struct guest_problem problem = {				\
		.severity = (level), .source = "",			\
		.path = path_of(n, path), .property = property,		\
		.place = dt_exists(n) ? path : "",			\
	};								\
	va_list args;							\
									\
	va_start(args, format);						\
	hand(r, &problem, format, args);				\
	va_end(args);							\
} while (0)

void guest_report_add(struct guest_report *r, struct dt_node n,
		      const char *property, const char *format, ...)
{
	HAND(GUEST_ERROR);
}

void guest_report_warn(struct guest_report *r, struct dt_node n,
		       const char *property, const char *format, ...)
{
	HAND(GUEST_WARNING);
}

/* ---- What others report ---- */

struct config_capture {
	struct console con;
	struct console *was;
	size_t used;
	char text[512];
};

static void keep(struct console *con, const char *data, size_t size)
{
	struct config_capture *c = container_of(con, struct config_capture,
						con);

	size = MIN(size, sizeof(c->text) - 1 - c->used);
	memcpy(c->text + c->used, data, size);
	c->used += size;
	c->text[c->used] = '\0';
}

struct config_capture *config_capture_begin(void)
{
	struct config_capture *c = heap_alloc(sizeof(*c));

	if (!c)
		return NULL;
	c->con.write = keep;
	c->was = console_of_thread();
	console_set_thread(&c->con);
	return c;
}

/* Behind "word: ", when that is what s begins with. */
static const char *behind(const char *s, const char *word)
{
	const char *rest = word ? string_after(s, word) : NULL;

	rest = rest ? string_after(rest, ": ") : NULL;
	return rest ? rest : s;
}

/* A property of n that the text begins with; NULL: none. */
static const char *property_of(struct dt_node n, const char **text,
			       char *buf, size_t size)
{
	const char *end = strstr(*text, ": ");
	size_t length = end ? (size_t)(end - *text) : size;

	if (length >= size)
		return NULL;
	memcpy(buf, *text, length);
	buf[length] = '\0';
	if (!dt_has(n, buf))
		return NULL;
	*text = end + 2;
	return buf;
}

static void line_add(const char *line, const struct config_capture_about *about,
		     struct guest_report *r)
{
	const char *property = about->property;
	char name[64];

	line = behind(line, "error");
	line = behind(line, "guest");
	line = behind(line, about->name);
	if (dt_exists(about->node) && !property)
		property = property_of(about->node, &line, name, sizeof(name));
	guest_report_add(r, about->node, property, "%s", line);
}

unsigned config_capture_end(struct config_capture *c,
			    const struct config_capture_about *about,
			    struct guest_report *r)
{
	unsigned count = 0;
	char *line;

	if (!c)
		return 0;
	console_set_thread(c->was);
	for (line = c->text; *line; count++) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		line_add(line, about, r);
		line = end ? end + 1 : line + strlen(line);
	}
	heap_free(c);
	return count;
}
