// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts a line into words: quotes, backslashes, $? and comments. */
#include <vmm/command_line.h>
#include <libs/printf.h>
#include <libs/string.h>

enum quote { QUOTE_NONE, QUOTE_SINGLE = '\'', QUOTE_DOUBLE = '"' };

struct splitter {
	const char *at;			/* in the line */
	char *to;			/* in the text */
	unsigned status;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Behind a backslash, which inside double quotes often stands for itself. */
static bool take_escaped(struct splitter *s, enum quote quote)
{
	char c = *s->at;

	if (!c)
		return false;
	if (quote == QUOTE_DOUBLE && !strchr("\"\\$", c))
		*s->to++ = '\\';
	*s->to++ = c;
	s->at++;
	return true;
}

static void take_status(struct splitter *s)
{
	s->to += snprintf(s->to, 4, "%u", MIN(s->status, 999u));
	s->at++;
}

/* One character of a word; false when the line ended too early. */
static bool take(struct splitter *s, enum quote *quote)
{
	char c = *s->at++;

	if (*quote != QUOTE_SINGLE) {
		if (c == '\\')
			return take_escaped(s, *quote);
		if (c == '$' && *s->at == '?') {
			take_status(s);
			return true;
		}
	}
	if (*quote == QUOTE_NONE && (c == '\'' || c == '"'))
		*quote = (enum quote)c;
	else if (*quote != QUOTE_NONE && c == (char)*quote)
		*quote = QUOTE_NONE;
	else
		*s->to++ = c;
	return true;
}

static const char *take_word(struct splitter *s)
{
	enum quote quote = QUOTE_NONE;

	while (*s->at && (quote != QUOTE_NONE || !is_blank(*s->at)))
		if (!take(s, &quote))
			return "nothing follows the backslash";
	if (quote != QUOTE_NONE)
		return "a quote is not closed";
	*s->to++ = '\0';
	return NULL;
}

const char *command_split(const char *line, unsigned status, char *text,
			  struct command_words *out)
{
	struct splitter s = { .at = line, .to = text, .status = status };
	const char *problem;

	out->count = 0;
	for (;;) {
		while (is_blank(*s.at))
			s.at++;
		if (!*s.at || *s.at == '#')
			return NULL;
		if (out->count == COMMAND_ARG_MAX)
			return "the line has more than 64 words";
		out->words[out->count++] = s.to;
		problem = take_word(&s);
		if (problem)
			return problem;
	}
}
