// SPDX-License-Identifier: GPL-2.0-or-later
/* What could follow at the end of a line: commands, verbs, options, words. */
#include <libs/char.h>
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/command_line.h>

/* A word as it was typed, with its quotes. */
struct piece {
	const char *text;
	size_t size;
};

static bool is_piece(const struct piece *p, const char *name)
{
	return strlen(name) == p->size && !strncmp(name, p->text, p->size);
}

SET_DEFINE(completer);

/* Names of others' making may have bytes that are no characters to type. */
static bool is_text(const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((u8)word[i] < ' ' || word[i] == 0x7f)
			return false;
	return true;
}

void command_offer(struct command_completion *c, const char *word, size_t size)
{
	if (size >= c->typed_size &&
	    !strncmp(word, c->typed, c->typed_size) && is_text(word, size))
		c->fn(c, word, size);
}

void command_offer_commands(struct command_completion *c)
{
	set_for_each(command, i)
		command_offer(c, i->name, strlen(i->name));
}

static void offer_keywords(struct command_completion *c)
{
	for (size_t i = 0; i < COMMAND_KEYWORD_COUNT; i++)
		if (char_is_alpha(*command_keywords[i].name))
			command_offer(c, command_keywords[i].name,
				      strlen(command_keywords[i].name));
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
		if (command->verbs[i].name)
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
		if (c->verbs[i].name && is_piece(name, c->verbs[i].name))
			return &c->verbs[i];
	return NULL;
}

void command_offer_verbs(struct command_completion *c)
{
	struct piece name = { c->before, c->before_size };
	const struct command *command = find(&name);

	if (command)
		offer_verbs(c, command);
}

/* ---- the simple command that the line ends in ---- */

struct simple {
	const char *line;		/* from its first word on */
	size_t size;
	unsigned first, last;		/* its arguments; the one typed */
	const char *synopsis;
};

static bool is_operator(char c)
{
	return c == ';' || c == '&' || c == '|' || c == '\n';
}

/* `for` is followed by no command. */
static bool is_before_command(const struct piece *p)
{
	for (size_t i = 0; i < COMMAND_KEYWORD_COUNT; i++)
		if (is_piece(p, command_keywords[i].name))
			return !is_piece(p, "for");
	return false;
}

/* The piece at or behind s->line + *at, which moves behind it. */
static struct piece next_piece(const struct simple *s, size_t *at)
{
	struct piece p;

	*at += command_blank_size(s->line + *at, s->size - *at);
	p.text = s->line + *at;
	p.size = command_word_scan(p.text, s->size - *at).size;
	*at += p.size;
	return p;
}

static void find_simple(struct simple *s)
{
	size_t at = 0, begin = 0;
	bool first = true;

	while (at < s->size) {
		struct piece p = next_piece(s, &at);

		if (at == s->size)
			break;
		if (is_operator(s->line[at])) {
			begin = ++at;
			first = true;
		} else if (first && is_before_command(&p)) {
			begin = at;
		} else {
			first = false;
		}
	}
	s->line += begin;
	s->size -= begin;
}

/* Empty behind the last one. */
static struct piece nth_piece(const struct simple *s, unsigned n)
{
	struct piece p;
	size_t at = 0;

	do
		p = next_piece(s, &at);
	while (n-- && p.size);
	return p;
}

/* Which piece the line ends in: one that is not there yet, behind a blank. */
static unsigned last_index(const struct simple *s)
{
	unsigned n = 0;
	struct piece p = nth_piece(s, 0);

	while (p.size && p.text + p.size != s->line + s->size)
		p = nth_piece(s, ++n);
	return n;
}

/* ---- what was typed of the last word ---- */

/* Without quotes; nothing fits where that is too long or has variables. */
static void unquote(struct command_completion *c, const struct piece *p)
{
	size_t size = 0;
	char quote = '\0';

	for (size_t i = 0; i < p->size; i++) {
		char ch = p->text[i];

		if (quote && ch == quote) {
			quote = '\0';
			continue;
		}
		if (!quote && (ch == '"' || ch == '\'')) {
			quote = ch;
			continue;
		}
		if (ch == '\\' && quote != '\'' && i + 1 < p->size)
			ch = p->text[++i];
		if (size < sizeof(c->text))
			c->text[size++] = ch;
	}
	c->quote = quote;
	c->typed = c->text;
	c->typed_size = size;
}

/* What follows the = of an option: its value is what is typed. */
static void skip_to(struct command_completion *c, size_t size)
{
	c->start += size;
	c->typed += size;
	c->typed_size -= size;
}

/* "...$NAM" in the word is a variable. */
static bool offer_variables(struct command_completion *c,
			    const struct piece *p)
{
	const char *value, *name;
	size_t at = p->size;

	while (at && command_name_size(p->text + at - 1, 1))
		at--;
	at -= at && p->text[at - 1] == '{';
	if (!at || p->text[at - 1] != '$' || c->quote == '\'')
		return false;
	at += at < p->size && p->text[at] == '{';
	c->start += at;
	c->typed = p->text + at;
	c->typed_size = p->size - at;
	for (unsigned i = 0; c->con; i++) {
		name = command_variable(c->con, i, &value);
		if (!*name)
			break;
		command_offer(c, name, strlen(name));
	}
	return true;
}

/* ---- arguments ---- */

static bool is_option(const struct piece *p)
{
	return p->size > 1 && !strncmp(p->text, "--", 2);
}

/* The option's item, if it has a value; its name may end in "=value". */
static bool find_value(const struct simple *s, const struct piece *option,
		       struct synopsis_item *out)
{
	const char *at = s->synopsis;

	while (synopsis_next(&at, out))
		if (out->kind == SYNOPSIS_OPTION && out->value &&
		    out->name_size + 2 == option->size &&
		    !strncmp(out->name, option->text + 2, out->name_size))
			return true;
	return false;
}

/* What is typed is the value of an option: --name VALUE or --name=VALUE. */
static bool is_value(struct command_completion *c, const struct simple *s,
		     struct synopsis_item *out)
{
	struct piece p = nth_piece(s, s->last);
	const char *equal = memchr(p.text, '=', p.size);

	if (is_option(&p) && equal) {
		p.size = (size_t)(equal - p.text);
		skip_to(c, MIN(p.size + 1, c->typed_size));
		return find_value(s, &p, out);
	}
	if (s->last == s->first)
		return false;
	p = nth_piece(s, s->last - 1);
	return is_option(&p) && find_value(s, &p, out);
}

/* Which of the arguments is being typed; an option's value is none. */
static int argument_index(const struct simple *s)
{
	struct synopsis_item item;
	int index = 0;

	for (unsigned i = s->first; i < s->last; i++) {
		struct piece p = nth_piece(s, i);

		if (!is_option(&p))
			index++;
		else if (find_value(s, &p, &item))
			i++;
	}
	return index;
}

static bool argument_item(const struct simple *s, struct synopsis_item *out)
{
	const char *at = s->synopsis;
	int index = argument_index(s);

	while (synopsis_next(&at, out))
		if (out->kind != SYNOPSIS_OPTION && (out->rest || !index--))
			return true;
	return false;
}

/* "2|3" is one of them. */
static bool offer_choices(struct command_completion *c, const char *name,
			  size_t size)
{
	const char *end = name + size, *bar;

	if (!memchr(name, '|', size))
		return false;
	for (; name < end; name = bar + 1) {
		bar = memchr(name, '|', (size_t)(end - name));
		if (!bar)
			bar = end;
		command_offer(c, name, (size_t)(bar - name));
	}
	return true;
}

static bool is_name(const char *name, const char *text, size_t size)
{
	for (; size && *name == char_to_lower(*text); size--, text++)
		name++;
	return !size && !*name;
}

/* FILE.dtb is a FILE that ends so.  False: nobody knows what it can be. */
static bool offer_named(struct command_completion *c, const char *name,
			size_t size)
{
	const char *dot = memchr(name, '.', size);
	size_t base = dot ? (size_t)(dot - name) : size;
	bool known = offer_choices(c, name, size);

	c->suffix = name + base;
	c->suffix_size = size - base;
	set_for_each(completer, i) {
		if (!is_name(i->name, name, base))
			continue;
		i->offer(c);
		known = true;
	}
	return known;
}

/* Options only where they were begun, or nothing else is to come. */
static void offer_arguments(struct command_completion *c,
			    const struct simple *s)
{
	struct synopsis_item item;
	bool known = false;

	if (is_value(c, s, &item)) {
		offer_named(c, item.value, item.value_size);
		return;
	}
	if (argument_item(s, &item))
		known = offer_named(c, item.name, item.name_size) &&
			item.kind == SYNOPSIS_NEEDED;
	if (!known || (c->typed_size && *c->typed == '-'))
		offer_options(c, s->synopsis);
}

/* ---- all ---- */

static void offer_of_command(struct command_completion *c, struct simple *s)
{
	struct piece name = nth_piece(s, 0);
	const struct command *command = find(&name);
	const struct verb *verb;

	if (!command)
		return;
	verb = command->verbs;
	if (verb->name && s->last == 1) {
		offer_verbs(c, command);
		return;
	}
	if (verb->name) {
		name = nth_piece(s, 1);
		verb = find_verb(command, &name);
	}
	if (!verb)
		return;
	s->first = command->verbs->name ? 2 : 1;
	s->synopsis = verb->synopsis;
	name = nth_piece(s, s->last - 1);
	c->before = name.text;
	c->before_size = name.size;
	offer_arguments(c, s);
}

void command_complete(const char *line, size_t size,
		      struct command_completion *c)
{
	struct simple s = { .line = line, .size = size };
	struct piece typed;

	find_simple(&s);
	s.last = last_index(&s);
	typed = nth_piece(&s, s.last);
	c->start = size - typed.size;
	unquote(c, &typed);
	if (c->typed_size == sizeof(c->text) || offer_variables(c, &typed))
		return;
	if (s.last) {
		offer_of_command(c, &s);
		return;
	}
	command_offer_commands(c);
	offer_keywords(c);
}
