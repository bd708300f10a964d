// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines that the editor keeps: what was run, what was killed. */
#include "line.h"
#include <libs/string.h>

const char *store_line(const struct line_store *s, unsigned n)
{
	const char *line = s->text;

	for (unsigned skip = s->count - n; skip; skip--)
		line += strlen(line) + 1;
	return line;
}

static void forget_oldest(struct line_store *s)
{
	size_t size = strlen(s->text) + 1;

	s->used -= size;
	s->count--;
	memmove(s->text, s->text + size, s->used);
}

/* Of size bytes, with the newest one kept if keep is 1. */
static void make_room(struct line_store *s, size_t size, unsigned keep)
{
	while (s->count > keep && s->used + size > LINE_STORE_SIZE)
		forget_oldest(s);
}

void store_add(struct line_store *s, unsigned max, const char *text,
	       size_t size)
{
	if (s->count == max)
		forget_oldest(s);
	make_room(s, size + 1, 0);
	memcpy(s->text + s->used, text, size);
	s->text[s->used + size] = '\0';
	s->used += size + 1;
	s->count++;
}

void store_extend(struct line_store *s, const char *text, size_t size,
		  bool front)
{
	size_t old, at;

	make_room(s, size, 1);
	old = strlen(store_line(s, 1));
	if (s->used + size > LINE_STORE_SIZE)
		return;
	at = s->used - 1 - (front ? old : 0);
	memmove(s->text + at + size, s->text + at, s->used - at);
	memcpy(s->text + at, text, size);
	s->used += size;
}
