// SPDX-License-Identifier: GPL-2.0-or-later
/* What Tab does with the words that could be meant. */
#include <libs/sort.h>
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/console.h>
#include <vmm/heap.h>
#include <vmm/line_edit.h>

#define LIST_WORDS	128
#define LIST_TEXT	4096		/* bytes of all of them */

/* Words that fit, each NUL-ended in text. */
struct offers {
	unsigned count;
	unsigned left_out;
	size_t used;
	size_t longest;
	const char *words[LIST_WORDS];
	char text[LIST_TEXT];
};

struct tab {
	struct command_completion completion;
	struct offers *list;		/* NULL: they are not kept */
	unsigned count;
	size_t common;			/* bytes that all begin with */
	char word[COMMAND_TYPED_MAX + 1];	/* those of the first */
};

static size_t common_size(const char *a, const char *b, size_t max)
{
	size_t size = 0;

	while (size < max && a[size] == b[size])
		size++;
	return size;
}

static void keep(struct offers *l, const char *word, size_t size)
{
	if (l->count == LIST_WORDS || size >= sizeof(l->text) - l->used) {
		l->left_out++;
		return;
	}
	l->words[l->count++] = l->text + l->used;
	memcpy(l->text + l->used, word, size);
	l->used += size + 1;
	l->longest = MAX(l->longest, size);
}

static void offer(struct command_completion *c, const char *word, size_t size)
{
	struct tab *t = container_of(c, struct tab, completion);

	if (t->list)
		keep(t->list, word, size);
	if (!t->count++) {
		t->common = MIN(size, sizeof(t->word));
		memcpy(t->word, word, t->common);
		return;
	}
	t->common = common_size(t->word, word, MIN(size, t->common));
}

/* ---- Putting in ---- */

/* What stands before a character where the quote is open, or none. */
static const char *escape_of(char quote, char c)
{
	if (quote == '\'')
		return c == '\'' ? "'\\'" : "";
	if (quote == '"')
		return strchr("\"\\$", c) ? "\\" : "";
	return strchr(" \t\"'\\$;&|#", c) ? "\\" : "";
}

static void insert(struct line_edit *e, char quote, const char *text,
		   size_t size)
{
	char out[4];

	for (size_t i = 0; i < size; i++) {
		const char *before = escape_of(quote, text[i]);
		size_t used = strlen(before);

		memcpy(out, before, used);
		out[used] = text[i];
		line_edit_insert(e, out, used + 1);
	}
}

/* The only word ends here, unless it is a directory. */
static void insert_end(struct line_edit *e, const struct tab *t)
{
	char quote = t->completion.quote;

	if (t->common && t->word[t->common - 1] == '/')
		return;
	if (quote)
		line_edit_insert(e, &quote, 1);
	line_edit_insert(e, " ", 1);
}

/* ---- The list ---- */

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void print(struct console *con, const struct offers *l)
{
	int width = (int)l->longest + 2;
	unsigned per_row = LINE_COLUMNS / (unsigned)width;

	for (unsigned i = 0; i < l->count; i++) {
		if (!per_row || i % per_row == 0)
			con_printf(con, "\n");
		con_printf(con, "%-*s", width, l->words[i]);
	}
	if (l->left_out)
		con_printf(con, "\nand %u more", l->left_out);
	con_printf(con, "\n");
}

/* Asked for once more: the words are not kept before somebody wants them. */
static bool list(struct console *con, struct line_edit *e, struct tab *t)
{
	HEAP_SCOPED struct offers *l = heap_alloc(sizeof(*l));

	if (!l)
		return false;
	t->list = l;
	command_complete(e->text, e->cursor, &t->completion);
	sort_array(l->words, l->count, sizeof(*l->words), compare);
	print(con, l);
	return true;
}

bool command_tab(struct console *con, struct line_edit *e)
{
	struct tab t = { .completion = { .fn = offer, .con = con } };
	size_t typed;

	command_complete(e->text, e->cursor, &t.completion);
	typed = t.completion.typed_size;
	if (t.count && t.common > typed)
		insert(e, t.completion.quote, t.word + typed, t.common - typed);
	if (t.count == 1)
		insert_end(e, &t);
	else if (e->last_key == LINE_KEY_TAB && t.count)
		return list(con, e, &t);
	else if (!t.count || t.common == typed)
		e->show(e, "\a", 1);
	return false;
}
