/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terminal commands.  A command is a table of verbs; a verb's synopsis is
 * its grammar, from which parsing, usage and completion come:
 *
 *	"<guest>"			needed argument
 *	"[path]"			optional argument
 *	"[--cpus N] [--autostart]"	options, with and without a value
 *	"[words...]"			the rest of the line
 *
 * An option may be written as -c, its first letter, where only one begins so.
 *
 * A verb that reads states its answer by <vmm/report.h> and says so by
 * VERB_READS in its synopsis: what that option does is the framework's work.
 */
#ifndef VMM_COMMAND_H
#define VMM_COMMAND_H

#include <vmm/console.h>
#include <vmm/set.h>
#include <vmm/types.h>

#define COMMAND_ARG_MAX		64
#define COMMAND_OPTION_MAX	24		/* of one verb */
#define COMMAND_LINE_MAX	4096		/* bytes */
#define COMMAND_SCRIPT_DEPTH	4		/* scripts run by scripts */

/* The words of a line after command and verb, as the synopsis sorted them. */
struct command_args {
	int count;			/* positional */
	char *words[COMMAND_ARG_MAX];
	int option_count;
	struct {
		const char *name;		/* in the synopsis */
		size_t name_size;
		char *value;
	} options[COMMAND_OPTION_MAX];
};
/*
 * Value of the option --name ("" when it takes none), NULL when not given;
 * name is without its dashes.
 */
const char *command_option(const struct command_args *a, const char *name);

struct verb {
	const char *name;		/* NULL in a command without verbs */
	const char *synopsis;
	int (*run)(struct console *con, const struct command_args *args);
	const char *help;		/* one sentence */
};
#define VERB_READS	"[--json]"
#define VERB_METRICS	"[--json] [--prometheus]"

struct command {
	const char *name;
	const char *help;
	const struct verb *verbs;
	size_t verb_count;
};

SET_DECLARE(command);
#define COMMAND(n, text)						\
	static const struct command n##_command = {			\
		.name = #n, .help = text, .verbs = n##_verbs,		\
		.verb_count = ARRAY_LEN(n##_verbs) };			\
	SET_ADD(command, n##_command)

/*
 * What an argument, or the value of an option, that synopses call <name>, NAME
 * or NAME.suffix can be: offer() says it by command_offer(), word for word.
 * Thread context; may sleep.
 */
struct command_completion;
struct completer {
	const char *name;
	void (*offer)(struct command_completion *c);
};

SET_DECLARE(completer);
#define COMPLETER(n, fn)						\
	static const struct completer n##_completer = {			\
		.name = #n, .offer = fn };				\
	SET_ADD(completer, n##_completer)

/* word, which need not last, if it begins with what was typed. */
void command_offer(struct command_completion *c, const char *word, size_t size);

/*
 * Runs a line, or several, for con (docs/terminal.md).  Errors are printed
 * on con; con->status becomes the positive code.  0 or the negative code.
 * Thread context; verbs may sleep.
 */
int command_run(struct console *con, const char *line);

/*
 * The same, line by line: runs what is whole.  -EAGAIN: the next line goes
 * on with what *unit keeps, which began NULL and is given up by heap_free().
 * Line NULL forgets what is not whole: -ECANCELED.
 */
struct command_unit;
int command_run_next(struct console *con, struct command_unit **unit,
		     const char *line);

/*
 * Runs a script: stops at its first error, naming file and line.  args, which
 * may be NULL, has the words $1... from the second on.  As command_run(), and
 * -ENOENT, -EISDIR, -EBADMSG, all reported.
 */
int command_run_file(struct console *con, const char *path,
		     const struct command_args *args);

/*
 * For commands that say what comes next in the loop or script they are in.
 * -EPERM, reported: there is no loop.
 */
enum command_flow { FLOW_ON, FLOW_CONTINUE, FLOW_BREAK, FLOW_EXIT };
int command_leave(struct console *con, enum command_flow flow);
/* The script, or what was typed, ends with that status. */
void command_exit(struct console *con, unsigned status);

/* ---- Variables of a session ---- */

#define COMMAND_VARIABLE_MAX	32
#define COMMAND_NAME_MAX	31	/* bytes */
#define COMMAND_VALUE_MAX	1023	/* bytes */

/* "NAME=value"; -EINVAL, -E2BIG, -ENOMEM, all reported. */
int command_set(struct console *con, const char *assignment);
/* -ENOENT, reported. */
int command_unset(struct console *con, const char *name);
/* The i-th, "" at the end; its value in *value. */
const char *command_variable(const struct console *con, unsigned i,
			     const char **value);
/* NULL: not set. */
const char *command_value(const struct console *con, const char *name,
			  size_t size);
/* Forgets all; the session ends. */
void command_forget(struct console *con);

/* ---- Help ---- */

/* All commands, those of words[0], or its verb words[1].  -ENOENT. */
int command_help(struct console *con, char *const *words, int count);
/* Prints "usage: ..." of one verb; "usage" is what goes before. */
void command_print_usage(struct console *con, const struct command *c,
			 const struct verb *v);
/* The command of that name, NULL: none, reported with the nearest one. */
const struct command *command_find(const char *name);
/* Its verb of that name; NULL: none, reported as well. */
const struct verb *command_find_verb(const struct command *c, const char *name);

#endif
