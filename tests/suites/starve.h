/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An operation for want of memory: its first allocation fails, then its
 * second, and so on until it meets no failure; once that allocation alone,
 * once all from there on.  Each time it is refused with words and has changed
 * nothing, or works all the same.
 */
#ifndef TESTS_SUITES_STARVE_H
#define TESTS_SUITES_STARVE_H

#include <vmm/types.h>

struct starving {
	const char *what;	/* for the report */
	void (*begin)(void *arg);	/* before each run; NULL: nothing */
	/* 0 or a negative code; what it prints is captured. */
	int (*run)(void *arg);
	/* Undoes what run() did, after it gave 0; NULL: nothing. */
	void (*undo)(void *arg);
	/* After each: is all as it was?  NULL: memory alone is looked at. */
	bool (*is_well)(void *arg);
	const char *words;	/* in each refusal; NULL: any words */
	bool refused;		/* it is refused with memory, too */
	void *arg;
};

/*
 * How many allocations it makes, each of which has failed once; -1 after a
 * mistake, which is recorded for the running case.
 */
int starve(const struct starving *s);

#endif
