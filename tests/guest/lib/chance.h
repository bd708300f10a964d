/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For guests that attack: they never end by themselves, and may hang or break
 * themselves at any time; the test resets them.
 */
#ifndef CHANCE_H
#define CHANCE_H

#include "guest.h"

/* The architecture's: which VCPU this is, whatever it did to itself... */
uint64_t chance_index(void);
/* ... places in and around devices, ROM, RAM and their ends... */
#define CHANCE_BASES	14
extern const uint64_t chance_bases[CHANCE_BASES];
/* ... and the console as one can print to it. */
void hostile_console(void);

/* Before any(): chance is as the boot arguments' seed=NUMBER says. */
void chance_begin(const char *tree);
/* The same, and then work() on all VCPUs; it does not come back. */
void chance_all(const char *tree, void (*work)(uint64_t index));
/* The number behind word, "name=", of the boot arguments. */
uint64_t chance_number(const char *tree, const char *word, uint64_t usual);
uint64_t any(void);
uint64_t below(uint64_t n);
/* Near one of chance_bases. */
uint64_t any_address(void);
/* Also extremes. */
uint64_t any_value(void);

/* Says "<what> go on" a hundred times a second. */
void hostile_progress(const char *what);

#endif
