// SPDX-License-Identifier: GPL-2.0-or-later
/* What could follow at the end of a line: commands, verbs, options. */
#include <libs/string.h>
#include <vmm/command_line.h>

struct piece {
	const char *text;
	size_t size;
};

static bool is_piece(const struct piece *p, const char *name)
{
	return strlen(name) == p->size && !strncmp(name, p->text, p->size);
}

static void offer(struct command_completion *c, const struct piece *prefix,
		  const char *word, size_t size)
{
	if (size >= prefix->size && !strncmp(word, prefix->text, prefix->size))
		c->fn(c, word, size);
}

static void offer_commands(struct command_completion *c,
			   const struct piece *prefix)
{
	set_for_each(command, i)
		offer(c, prefix, i->name, strlen(i->name));
}

static void offer_options(struct command_completion *c,
			  const struct piece *prefix, const char *synopsis)
{
	struct synopsis_item item;

	while (synopsis_next(&synopsis, &item))
		if (item.kind == SYNOPSIS_OPTION)
			offer(c, prefix, item.name - 2, item.name_size + 2);
}

static void offer_verbs(struct command_completion *c,
			const struct piece *prefix,
			const struct command *command)
{
	for (size_t i = 0; i < command->verb_count; i++)
		offer(c, prefix, command->verbs[i].name,
		      strlen(command->verbs[i].name));
}

static const struct command *find(const struct piece *name)
{
	set_for_each(command, c)
		if (is_piece(name, c->name))
			return c;
	return NULL;
}

static const struct verb *find_verb(const struct command *c,
				    const struct piece *name)
{
	for (size_t i = 0; i < c->verb_count; i++)
		if (is_piece(name, c->verbs[i].name))
			return &c->verbs[i];
	return NULL;
}

/* The n-th piece between blanks; empty behind the last one. */
static struct piece nth_piece(const char *line, size_t size, unsigned n)
{
	size_t at = 0, end;

	for (;;) {
		while (at < size && line[at] == ' ')
			at++;
		for (end = at; end < size && line[end] != ' '; end++)
			;
		if (!n-- || end == at)
			return (struct piece){ line + at, end - at };
		at = end;
	}
}

/* Which piece the line ends in: one that is not there yet, behind a blank. */
static unsigned last_index(const char *line, size_t size)
{
	unsigned n = 0;
	struct piece p = nth_piece(line, size, 0);

	while (p.size && p.text + p.size != line + size)
		p = nth_piece(line, size, ++n);
	return n;
}

void command_complete(const char *line, size_t size,
		      struct command_completion *c)
{
	unsigned last = last_index(line, size);
	struct piece prefix = nth_piece(line, size, last);
	struct piece name = nth_piece(line, size, 0);
	struct piece verb_name = nth_piece(line, size, 1);
	const struct command *command;
	const struct verb *verb;

	c->start = size - prefix.size;
	if (!last) {
		offer_commands(c, &prefix);
		return;
	}
	command = find(&name);
	if (!command)
		return;
	verb = command->verbs;
	if (verb->name && last == 1) {
		offer_verbs(c, &prefix, command);
		return;
	}
	if (verb->name)
		verb = find_verb(command, &verb_name);
	if (verb)
		offer_options(c, &prefix, verb->synopsis);
}
