/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean ...?": of many names the one most like a mistyped word.
 *
 *	struct nearest n;
 *	nearest_init(&n, word);
 *	for each known name: nearest_offer(&n, name);
 *	if (n.best) ... "did you mean %s?"
 */
#ifndef LIBS_NEAREST_H
#define LIBS_NEAREST_H

#include <vmm/types.h>

/* Longer words and names are like nothing. */
#define NEAREST_LENGTH_MAX	31

struct nearest {
	const char *word;	/* kept, not copied */
	const char *best;	/* the name offered, or NULL: none is like it */
	unsigned distance;	/* of best: letters added, lost or changed */
};

void nearest_init(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *name);

#endif
