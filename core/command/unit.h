/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runs: lines that belong together, and how far they have come. */
#ifndef CORE_COMMAND_UNIT_H
#define CORE_COMMAND_UNIT_H

#include <vmm/command_line.h>

#define UNIT_TEXT_MAX	8192		/* bytes */

struct loop {
	struct command_words *words;	/* "NAME" "in" ..., owned */
	unsigned next;			/* of them */
	unsigned each;			/* its step */
};

struct command_unit {
	struct command_scope scope;	/* variables of what runs */
	struct console *con;
	struct command_unit *outer;	/* what runs this one, or NULL */
	const char *path;		/* the script's, or NULL */
	unsigned line;			/* of the first one, from 1 */
	const struct command_args *args;	/* the script's, or NULL */
	enum command_flow flow;
	unsigned status;		/* FLOW_EXIT: which */
	unsigned at, last;		/* step; the last one that ran text */
	unsigned loop_depth;
	struct loop loops[COMMAND_NEST_MAX];
	char number[12];		/* $? and $# */
	size_t size;
	char text[UNIT_TEXT_MAX + 1];
	struct command_program program;
};

struct command_unit *unit_create(struct console *con);
/* Parsed with what is there; as command_run_next(), without running it. */
int unit_add(struct command_unit *u, const char *line);
/* What lines are missing for; -EINVAL. */
int unit_fail_unfinished(struct command_unit *u);
/* 0 or the negative status. */
int unit_run(struct command_unit *u);

/* Also where name is not checked; as command_set(). */
int variable_set(struct console *con, const char *name, const char *value);

/* One simple command, in command.c. */
int command_run_simple(struct command_unit *u, const char *text, size_t size);

#endif
