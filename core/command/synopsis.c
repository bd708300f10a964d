// SPDX-License-Identifier: GPL-2.0-or-later
/* Synopses as grammar: items, and words sorted by them. */
#include <vmm/command_line.h>
#include <libs/nearest.h>
#include <libs/string.h>
#include <vmm/errno.h>

static bool is_name(char c)
{
	return c && c != '<' && c != '>' && c != '[' && c != ']' && c != ' ';
}

static size_t name_size(const char *s)
{
	size_t size = 0;

	while (is_name(s[size]))
		size++;
	return size;
}

/* "--name" or "--name VALUE", behind the bracket. */
static const char *read_option(const char *s, struct synopsis_item *out)
{
	out->kind = SYNOPSIS_OPTION;
	out->name = s + 2;
	out->name_size = name_size(out->name);
	s = out->name + out->name_size;
	if (*s != ' ')
		return s;
	out->value = s + 1;
	out->value_size = name_size(out->value);
	return out->value_size ? out->value + out->value_size : s;
}

static const char *read_word(const char *s, struct synopsis_item *out)
{
	out->name = s;
	out->name_size = name_size(s);
	s += out->name_size;
	if (out->name_size > 3 && !strncmp(s - 3, "...", 3)) {
		out->rest = true;
		out->name_size -= 3;
	}
	return s;
}

bool synopsis_next(const char **at, struct synopsis_item *out)
{
	const char *s = *at;
	char close;

	while (*s == ' ')
		s++;
	*at = s;
	if (*s != '<' && *s != '[')
		return false;
	close = *s == '<' ? '>' : ']';
	*out = (struct synopsis_item){
		.kind = *s == '<' ? SYNOPSIS_NEEDED : SYNOPSIS_OPTIONAL,
	};
	s++;
	if (close == ']' && string_after(s, "--"))
		s = read_option(s, out);
	else
		s = read_word(s, out);
	if (*s != close || !out->name_size)
		return false;
	*at = s + 1;
	return true;
}

/* ---- Sorting ---- */

struct sorter {
	const char *synopsis;
	char *const *words;
	unsigned count, at;
	bool options_ended;
	struct command_args *out;
	struct command_problem *problem;
};

static int wrong(struct sorter *s, const char *text, const char *word,
		 size_t size)
{
	*s->problem = (struct command_problem){
		.text = text, .word = word, .word_size = size,
	};
	return -EINVAL;
}

static int wrong_word(struct sorter *s, const char *text, const char *word)
{
	return wrong(s, text, word, strlen(word));
}

static bool is_item(const struct synopsis_item *i, const char *name)
{
	return i->name_size == strlen(name) &&
	       !strncmp(i->name, name, i->name_size);
}

static bool find_option(const char *synopsis, const char *name,
			struct synopsis_item *out)
{
	while (synopsis_next(&synopsis, out))
		if (out->kind == SYNOPSIS_OPTION && is_item(out, name))
			return true;
	return false;
}

/* The n-th argument that is no option; a rest goes on for ever. */
static bool nth_argument(const char *synopsis, int n,
			 struct synopsis_item *out)
{
	while (synopsis_next(&synopsis, out))
		if (out->kind != SYNOPSIS_OPTION && (out->rest || n-- == 0))
			return true;
	return false;
}

/* Offers a copy with an end; *n then points at the item itself. */
static bool offer_item(struct nearest *n, const struct synopsis_item *item)
{
	char name[NEAREST_LENGTH_MAX + 1];

	if (item->kind != SYNOPSIS_OPTION || item->name_size >= sizeof(name))
		return false;
	memcpy(name, item->name, item->name_size);
	name[item->name_size] = '\0';
	nearest_offer(n, name);
	if (n->best != name)
		return false;
	n->best = item->name;
	return true;
}

static int unknown_option(struct sorter *s, const char *word)
{
	const char *at = s->synopsis;
	struct synopsis_item item;
	struct nearest n;
	int rc = wrong_word(s, "is an unknown option", word);

	nearest_init(&n, word + 2);
	while (synopsis_next(&at, &item)) {
		if (!offer_item(&n, &item))
			continue;
		s->problem->nearest = item.name - 2;
		s->problem->nearest_size = item.name_size + 2;
	}
	return rc;
}

static const char *option_value(const struct command_args *a, const char *name,
				size_t size)
{
	for (int i = 0; i < a->option_count; i++)
		if (a->options[i].name_size == size &&
		    !memcmp(a->options[i].name, name, size))
			return a->options[i].value;
	return NULL;
}

static int add_option(struct sorter *s, const struct synopsis_item *item,
		      const char *word, char *value)
{
	struct command_args *a = s->out;

	if (option_value(a, item->name, item->name_size))
		return wrong_word(s, "is given twice", word);
	if (a->option_count == COMMAND_OPTION_MAX)
		return wrong_word(s, "is one option too many", word);
	a->options[a->option_count].name = item->name;
	a->options[a->option_count].name_size = item->name_size;
	a->options[a->option_count++].value = value;
	return 0;
}

static int take_value(struct sorter *s, const struct synopsis_item *item,
		      char *word, char *value)
{
	if (!item->value)
		return value ? wrong_word(s, "takes no value", word) :
			       add_option(s, item, word, word + strlen(word));
	if (!value && s->at == s->count)
		return wrong_word(s, "needs a value", word);
	return add_option(s, item, word, value ? value : s->words[s->at++]);
}

static int take_option(struct sorter *s, char *word)
{
	char *value = strchr(word, '=');
	struct synopsis_item item;

	if (value)
		*value++ = '\0';
	if (!find_option(s->synopsis, word + 2, &item))
		return unknown_option(s, word);
	return take_value(s, &item, word, value);
}

/* "-c": the only option that begins so. */
static bool find_short(const char *synopsis, const char *word,
		       struct synopsis_item *out)
{
	struct synopsis_item item;
	unsigned count = 0;

	if (word[0] != '-' || !word[1] || word[2])
		return false;
	while (synopsis_next(&synopsis, &item)) {
		if (item.kind != SYNOPSIS_OPTION || *item.name != word[1])
			continue;
		*out = item;
		count++;
	}
	return count == 1;
}

static int take_argument(struct sorter *s, char *word)
{
	struct command_args *a = s->out;
	struct synopsis_item item;

	if (!nth_argument(s->synopsis, a->count, &item))
		return wrong_word(s, "is one argument too many", word);
	s->options_ended |= item.rest;
	a->words[a->count++] = word;
	return 0;
}

/* Where a rest comes next, words that begin with dashes belong to it. */
static bool is_rest_only(const struct sorter *s)
{
	const char *at = s->synopsis;
	struct synopsis_item item;
	bool rest = nth_argument(s->synopsis, s->out->count, &item) &&
		    item.rest;

	while (synopsis_next(&at, &item))
		if (item.kind == SYNOPSIS_OPTION)
			return false;
	return rest;
}

static int take_word(struct sorter *s)
{
	char *word = s->words[s->at++];
	struct synopsis_item item;

	if (s->options_ended || is_rest_only(s))
		return take_argument(s, word);
	if (find_short(s->synopsis, word, &item))
		return take_value(s, &item, word, NULL);
	if (!string_after(word, "--"))
		return take_argument(s, word);
	if (word[2])
		return take_option(s, word);
	s->options_ended = true;
	return 0;
}

static int check_missing(struct sorter *s)
{
	const char *at = s->synopsis;
	struct synopsis_item item;
	int index = 0;

	while (synopsis_next(&at, &item)) {
		if (item.kind == SYNOPSIS_OPTION)
			continue;
		if (index++ >= s->out->count && item.kind == SYNOPSIS_NEEDED)
			return wrong(s, "is missing", item.name - 1,
				     item.name_size + 2 + (item.rest ? 3 : 0));
	}
	return 0;
}

int command_sort(const char *synopsis, char *const *words, unsigned count,
		 struct command_args *out, struct command_problem *problem)
{
	struct sorter s = {
		.synopsis = synopsis, .words = words, .count = count,
		.out = out, .problem = problem,
	};
	int rc = 0;

	*problem = (struct command_problem){ 0 };
	out->count = out->option_count = 0;
	while (!rc && s.at < count)
		rc = take_word(&s);
	return rc ? rc : check_missing(&s);
}

const char *command_option(const struct command_args *a, const char *name)
{
	return option_value(a, name, strlen(name));
}
