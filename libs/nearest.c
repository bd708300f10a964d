// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Edit distance: the fewest letters to add, lose, change or swap with their
 * neighbour that turn one word into the other (Damerau-Levenshtein, optimal
 * string alignment), bounded by the length of words.
 */
#include <libs/nearest.h>
#include <libs/string.h>

#define ROW	(NEAREST_LENGTH_MAX + 1)

/* The distances of a's first i letters from each beginning of b. */
struct rows {
	const char *a, *b;
	size_t b_length;
	unsigned row[3][ROW];	/* of i, i - 1 and i - 2, by i modulo 3 */
};

static bool are_swapped(const struct rows *r, size_t i, size_t j)
{
	return i > 1 && j > 1 && r->a[i - 1] == r->b[j - 2] &&
	       r->a[i - 2] == r->b[j - 1];
}

static void fill_row(struct rows *r, size_t i)
{
	unsigned *now = r->row[i % 3];
	const unsigned *last = r->row[(i + 2) % 3];
	const unsigned *before = r->row[(i + 1) % 3];

	now[0] = (unsigned)i;
	for (size_t j = 1; j <= r->b_length; j++) {
		unsigned differ = r->a[i - 1] != r->b[j - 1];
		unsigned best = MIN(last[j], now[j - 1]) + 1;

		best = MIN(best, last[j - 1] + differ);
		if (are_swapped(r, i, j))
			best = MIN(best, before[j - 2] + 1);
		now[j] = best;
	}
}

static unsigned distance(const char *a, const char *b)
{
	size_t length = strlen(a);
	struct rows r = { .a = a, .b = b, .b_length = strlen(b) };

	for (size_t j = 0; j <= r.b_length; j++)
		r.row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= length; i++)
		fill_row(&r, i);
	return r.row[length % 3][r.b_length];
}

static bool is_too_long(const char *s)
{
	return strnlen(s, ROW) == ROW;
}

/* One mistake in each three letters, three at most. */
void nearest_init(struct nearest *n, const char *word)
{
	size_t limit = MIN((strnlen(word, ROW) + 2) / 3, (size_t)3);

	*n = (struct nearest){ .word = word, .distance = (unsigned)limit + 1 };
}

void nearest_offer(struct nearest *n, const char *name)
{
	unsigned d;

	if (is_too_long(n->word) || is_too_long(name))
		return;
	d = distance(n->word, name);
	if (d < n->distance && d < strlen(n->word)) {
		n->distance = d;
		n->best = name;
	}
}
