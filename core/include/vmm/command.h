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
 * A verb that reads states its answer by <vmm/report.h> and says so by
 * VERB_READS in its synopsis: what that option does is the framework's work.
 */
#ifndef VMM_COMMAND_H
#define VMM_COMMAND_H

#include <vmm/console.h>
#include <vmm/set.h>
#include <vmm/types.h>

#define COMMAND_ARG_MAX		64
#define COMMAND_LINE_MAX	4096		/* bytes */
#define COMMAND_SCRIPT_DEPTH	4		/* scripts run by scripts */

/* The words of a line after command and verb, as the synopsis sorted them. */
struct command_args {
	int count;			/* positional */
	char *words[COMMAND_ARG_MAX];
	int option_count;
	struct { const char *name; char *value; } options[COMMAND_ARG_MAX];
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
 * What an argument that synopses call <name> can be: offer() says it by
 * command_offer(), word for word.  Thread context; may sleep.
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
 * Runs one line for con: words, quotes, comments (<vmm/command_line.h>).
 * Errors are printed on con; con->status becomes the positive code.  0 or
 * the negative code.  Thread context; verbs may sleep.
 */
int command_run(struct console *con, const char *line);

/*
 * Runs a script: stops at its first error, naming file and line.  As
 * command_run(), and -ENOENT, -EISDIR, -EBADMSG, all reported.
 */
int command_run_file(struct console *con, const char *path);

/* Prints "usage: ..." of one verb; "usage" is what goes before. */
void command_print_usage(struct console *con, const struct command *c,
			 const struct verb *v);
/* The command of that name, NULL: none, reported with the nearest one. */
const struct command *command_find(const char *name);
/* Its verb of that name; NULL: none, reported as well. */
const struct verb *command_find_verb(const struct command *c, const char *name);

#endif
