// SPDX-License-Identifier: GPL-2.0-or-later
/* What could follow at the end of a line: commands, verbs, options, words. */
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/command_line.h>

struct piece {
	const char *text;
	size_t size;
};

static bool is_piece(const struct piece *p, const char *name)
{
	return strlen(name) == p->size && !strncmp(name, p->text, p->size);
}

SET_DEFINE(completer);

void command_offer(struct command_completion *c, const char *word, size_t size)
{
	if (size >= c->typed_size && !strncmp(word, c->typed, c->typed_size))
		c->fn(c, word, size);
}

static void offer_commands(struct command_completion *c)
{
	set_for_each(command, i)
		command_offer(c, i->name, strlen(i->name));
}

static void offer_options(struct command_completion *c, const char *synopsis)
{
	struct synopsis_item item;

	while (synopsis_next(&synopsis, &item))
		if (item.kind == SYNOPSIS_OPTION)
			command_offer(c, item.name - 2, item.name_size + 2);
}

static void offer_verbs(struct command_completion *c,
			const struct command *command)
{
	for (size_t i = 0; i < command->verb_count; i++)
		command_offer(c, command->verbs[i].name,
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

/* ---- arguments ---- */

/* A line's pieces from `first` up to the one that is being typed. */
struct arguments {
	const char *line;
	size_t size;
	unsigned first, last;
	const char *synopsis;
};

/* --name VALUE takes two pieces, --name=VALUE and --name one. */
static bool takes_value(const struct arguments *a, const struct piece *option)
{
	const char *at = a->synopsis;
	struct synopsis_item item;

	while (synopsis_next(&at, &item))
		if (item.kind == SYNOPSIS_OPTION && item.value &&
		    item.name_size + 2 == option->size &&
		    !strncmp(item.name, option->text + 2, item.name_size))
			return true;
	return false;
}

/* Which of the arguments is being typed; -1: an option's value is. */
static int argument_index(const struct arguments *a)
{
	int index = 0;
	unsigned i;

	for (i = a->first; i < a->last; i++) {
		struct piece p = nth_piece(a->line, a->size, i);

		if (p.size < 2 || strncmp(p.text, "--", 2))
			index++;
		else if (takes_value(a, &p))
			i++;
	}
	return i == a->last ? index : -1;
}

static bool argument_item(const struct arguments *a, struct synopsis_item *out)
{
	const char *at = a->synopsis;
	int index = argument_index(a);

	while (index >= 0 && synopsis_next(&at, out))
		if (out->kind != SYNOPSIS_OPTION && (out->rest || !index--))
			return true;
	return false;
}

/* False where nobody knows what an argument could be, or it may be left out. */
static bool offer_arguments(struct command_completion *c,
			    const struct arguments *a)
{
	struct synopsis_item item;
	bool known = false;

	if (!argument_item(a, &item))
		return false;
	set_for_each(completer, i) {
		if (strlen(i->name) != item.name_size ||
		    strncmp(i->name, item.name, item.name_size))
			continue;
		i->offer(c);
		known = item.kind == SYNOPSIS_NEEDED;
	}
	return known;
}

/* ---- all ---- */

static const struct verb *verb_of(const struct command *command,
				  const struct arguments *a)
{
	struct piece name;

	if (!command->verbs->name)
		return command->verbs;
	name = nth_piece(a->line, a->size, 1);
	return find_verb(command, &name);
}

void command_complete(const char *line, size_t size,
		      struct command_completion *c)
{
	struct arguments a = { .line = line, .size = size };
	struct piece name = nth_piece(line, size, 0), typed;
	const struct command *command;
	const struct verb *verb;

	a.last = last_index(line, size);
	typed = nth_piece(line, size, a.last);
	c->start = size - typed.size;
	c->typed = typed.text;
	c->typed_size = typed.size;
	if (!a.last) {
		offer_commands(c);
		return;
	}
	command = find(&name);
	if (!command)
		return;
	if (command->verbs->name && a.last == 1) {
		offer_verbs(c, command);
		return;
	}
	verb = verb_of(command, &a);
	if (!verb)
		return;
	a.first = command->verbs->name ? 2 : 1;
	a.synopsis = verb->synopsis;
	/* Options only where they were begun, or nothing else is to come. */
	if (!offer_arguments(c, &a) || (typed.size && *typed.text == '-'))
		offer_options(c, verb->synopsis);
}
