// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts a simple command into words: quotes, backslashes, variables. */
#include <vmm/command_line.h>
#include <libs/char.h>
#include <libs/printf.h>
#include <libs/string.h>

enum quote { QUOTE_NONE, QUOTE_SINGLE = '\'', QUOTE_DOUBLE = '"' };

struct splitter {
	const char *at, *end;		/* in the line */
	char *to, *to_end;		/* in the text */
	enum quote quote;
	struct command_scope *scope;
	struct command_words *out;
	const char *problem;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_name_start(char c)
{
	return char_is_alpha(c) || c == '_';
}

size_t command_name_size(const char *s, size_t size)
{
	size_t at = 0;

	while (at < size && (is_name_start(s[at]) ||
			     (at && char_is_digit(s[at]))))
		at++;
	return at;
}

size_t command_assignment_size(const char *s, size_t size)
{
	size_t name = command_name_size(s, size);

	return name < size && s[name] == '=' ? name : 0;
}

static void wrong(struct splitter *s, const char *problem)
{
	if (!s->problem)
		s->problem = problem;
	s->at = s->end;
}

/* The words are of no use any more: their text takes the sentence. */
static void wrong_name(struct splitter *s, const char *name, size_t size,
		       const char *problem)
{
	if (s->problem)
		return;
	snprintf(s->out->text, s->out->text_size, "$%.*s%s",
		 (int)MIN(size, 64u), name, problem);
	wrong(s, s->out->text);
}

/* And for a NUL; false: not, which is told. */
static NO_INLINE bool has_room(struct splitter *s, size_t size)
{
	if (size < (size_t)(s->to_end - s->to))
		return true;
	wrong(s, "the words take more than 8192 bytes");
	return false;
}

static void put(struct splitter *s, const char *text, size_t size)
{
	if (!has_room(s, size))
		return;
	memcpy(s->to, text, size);
	s->to += size;
}

static void put_char(struct splitter *s, char c)
{
	if (has_room(s, 1))
		*s->to++ = c;
}

/* ---- Variables ---- */

/* Of any name that is allowed behind a $; 0: it is none. */
static size_t variable_size(const char *s, size_t size)
{
	if (size && (char_is_digit(*s) || strchr("?#", *s)))
		return *s != '\0';
	return command_name_size(s, size);
}

static void put_value(struct splitter *s, const char *name, size_t size)
{
	const char *value = s->scope->value(s->scope, name, size);

	if (value)
		put(s, value, strlen(value));
	else
		wrong_name(s, name, size, " is not set");
}

/* Behind "${NAME", where "}" or ":-otherwise}" must come. */
static void take_rest(struct splitter *s, const char *name, size_t size)
{
	const char *text = s->at, *close;

	close = memchr(text, '}', (size_t)(s->end - text));
	if (!close) {
		wrong_name(s, name - 1, size + 1, ": a } is missing");
		return;
	}
	s->at = close + 1;
	if (close == text) {
		put_value(s, name, size);
		return;
	}
	if (close - text < 2 || strncmp(text, ":-", 2)) {
		wrong_name(s, name - 1, (size_t)(s->at - name) + 1,
			   " is neither ${NAME} nor ${NAME:-otherwise}");
		return;
	}
	text += 2;
	if (s->scope->value(s->scope, name, size))
		put_value(s, name, size);
	else
		put(s, text, (size_t)(close - text));
}

/* Behind a $, which stands for itself where no name follows. */
static void take_variable(struct splitter *s)
{
	bool braces = s->at < s->end && *s->at == '{';
	const char *name = s->at + braces;
	size_t size = variable_size(name, (size_t)(s->end - name));

	if (!size && !braces) {
		put(s, "$", 1);
		return;
	}
	s->at = name + size;
	if (!braces)
		put_value(s, name, size);
	else if (size)
		take_rest(s, name, size);
	else
		wrong(s, "${ is followed by no name");
}

/* ---- Words ---- */

/* Behind a backslash, which inside double quotes often stands for itself. */
static void take_escaped(struct splitter *s)
{
	if (s->at == s->end) {
		wrong(s, "nothing follows the backslash");
		return;
	}
	if (*s->at != '\n') {
		if (s->quote == QUOTE_DOUBLE && !strchr("\"\\$", *s->at))
			put(s, "\\", 1);
		put(s, s->at, 1);
	}
	if (s->at < s->end)
		s->at++;
}

static void take(struct splitter *s)
{
	char c = *s->at++;

	if (c == '\\' && s->quote != QUOTE_SINGLE)
		take_escaped(s);
	else if (c == '$' && s->quote != QUOTE_SINGLE)
		take_variable(s);
	else if (s->quote == QUOTE_NONE && (c == '\'' || c == '"'))
		s->quote = (enum quote)c;
	else if (s->quote != QUOTE_NONE && c == (char)s->quote)
		s->quote = QUOTE_NONE;
	else
		put_char(s, c);
}

static bool is_word_end(const struct splitter *s)
{
	return s->at == s->end || is_blank(*s->at);
}

static void begin_word(struct splitter *s)
{
	has_room(s, 0);
	if (s->out->count == COMMAND_ARG_MAX)
		wrong(s, "there are more than 64 words");
	else
		s->out->words[s->out->count++] = s->to;
}

/* What a variable put behind `from` becomes words of its own, in place. */
static void cut_value(struct splitter *s, char *from)
{
	char *end = s->to;

	for (s->to = from; !s->problem; from++, *s->to++ = '\0') {
		while (from < end && is_blank(*from))
			from++;
		if (from >= end)
			return;
		begin_word(s);
		while (from < end && !is_blank(*from))
			*s->to++ = *from++;
	}
}

/* The words in the value of a $NAME that stands alone; false: it does not. */
static bool take_lone_variable(struct splitter *s)
{
	const char *from = s->at;
	char *to = s->to;

	s->at++;
	take_variable(s);
	if (s->problem)
		return true;
	if (is_word_end(s) && s->at - from > 1) {
		cut_value(s, to);
		return true;
	}
	s->at = from;
	s->to = to;
	return false;
}

static void take_word(struct splitter *s)
{
	if (*s->at == '$' && take_lone_variable(s))
		return;
	begin_word(s);
	s->quote = QUOTE_NONE;
	while (s->at < s->end && (s->quote != QUOTE_NONE || !is_word_end(s)))
		take(s);
	if (s->quote != QUOTE_NONE)
		wrong(s, "a quote is not closed");
	if (!s->problem)
		*s->to++ = '\0';
}

size_t command_text_size(const char *line, size_t size)
{
	return memchr(line, '$', size) ? COMMAND_TEXT_MAX : size + 2;
}

size_t command_blank_size(const char *text, size_t size)
{
	size_t at = 0;

	for (;;) {
		while (at < size && (text[at] == ' ' || text[at] == '\t'))
			at++;
		if (size - at > 2 && !strncmp(text + at, "\\\n", 2))
			at += 2;
		else
			break;
	}
	if (at < size && text[at] == '#')
		while (at < size && text[at] != '\n')
			at++;
	return at;
}

const char *command_split(const char *line, size_t size,
			  struct command_scope *scope,
			  struct command_words *out)
{
	struct splitter s = {
		.at = line, .end = line + size, .scope = scope, .out = out,
		.to = out->text, .to_end = out->text + out->text_size,
	};

	out->count = 0;
	for (;;) {
		s.at += command_blank_size(s.at, (size_t)(s.end - s.at));
		if (s.at == s.end)
			return s.problem;
		take_word(&s);
	}
}
