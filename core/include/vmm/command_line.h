/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From lines to a command's arguments: pure, for any input.
 *
 * Text is parsed into steps, each of which runs one simple command or says
 * what comes next; a simple command is expanded into words only when it is
 * its turn.  Both know quotes: '...' keeps everything, "..." all but \" \\ \$
 * and $NAME, a backslash outside quotes the next character, or joins two
 * lines.  A # at the start of a word begins a comment.
 */
#ifndef VMM_COMMAND_LINE_H
#define VMM_COMMAND_LINE_H

#include <vmm/command.h>

/* ---- Words ---- */

#define COMMAND_TEXT_MAX	(2 * COMMAND_LINE_MAX)	/* bytes */

struct command_words {
	unsigned count;
	char *words[COMMAND_ARG_MAX];	/* in text, each NUL-ended */
	char *text;			/* the caller's */
	size_t text_size;
};
/* What text_size suffices for a line, unless its words are too long. */
size_t command_text_size(const char *line, size_t size);

/*
 * What $NAME stands for, NULL: nothing.  Names are as in C, or one of the
 * characters ? # 0-9; the value is used up before the next call.
 */
struct command_scope {
	const char *(*value)(struct command_scope *s, const char *name,
			     size_t size);
};

/*
 * Cuts a simple command into words and puts in what variables stand for:
 * $NAME, ${NAME}, ${NAME:-otherwise}.  A word that is nothing but $NAME, not
 * in quotes, becomes as many as its value has.  NULL, or a sentence for
 * people about what is wrong, which may lie in the text.
 */
const char *command_split(const char *line, size_t size,
			  struct command_scope *scope,
			  struct command_words *out);

/* Bytes that a name at s has: a letter or _, then digits, too.  0: none. */
size_t command_name_size(const char *s, size_t size);
/* How s begins: NAME=, with its bytes up to the =, else 0. */
size_t command_assignment_size(const char *s, size_t size);

/* A word as it was typed. */
struct command_raw_word {
	size_t size;
	size_t quote_at;		/* of an open quote or backslash */
	char quote;			/* ' " \ open at its end, 0: none */
};
/* The word that text, which begins with no blank, begins with. */
struct command_raw_word command_word_scan(const char *text, size_t size);
/* Bytes of blanks, comments and joined lines that text begins with. */
size_t command_blank_size(const char *text, size_t size);

/* ---- Steps ---- */

#define COMMAND_STEP_MAX	256
#define COMMAND_NEST_MAX	8	/* for and if within each other */

enum command_step_kind {
	STEP_RUN,		/* the simple command at `from` */
	STEP_CHECK,		/* a statement ended: scripts stop at errors */
	STEP_JUMP,
	STEP_JUMP_OK,		/* when the status is 0 */
	STEP_JUMP_FAILED,	/* when it is not */
	STEP_NOT,		/* turns the status round */
	STEP_CLEAR,		/* status 0 */
	STEP_FOR,		/* "NAME in WORDS" at `from`; bad: target */
	STEP_EACH,		/* the next word; none left: target */
	STEP_DONE,		/* the loop is over */
};

struct command_step {
	u8 kind;
	u16 target;
	u16 from, size;			/* in the text */
};

struct command_program {
	unsigned count;
	struct command_step steps[COMMAND_STEP_MAX];
	const char *problem;		/* about the text [from, from + size) */
	size_t from, size;
};

/*
 * Parses text of at most 64 KiB.  -EINVAL: it is wrong; -EAGAIN: lines are
 * missing at its end; both with the problem set.
 */
int command_parse(const char *text, size_t size, struct command_program *out);

/* Words that are no commands: "for", how it is written, what it does. */
struct command_keyword {
	const char *name;
	const char *usage;		/* NULL: within another's */
	const char *help;
	u8 token;
};
#define COMMAND_KEYWORD_COUNT	9
extern const struct command_keyword command_keywords[COMMAND_KEYWORD_COUNT];

/* ---- Synopses ---- */

/* One item of a synopsis, for usage, checks and completion. */
struct synopsis_item {
	enum { SYNOPSIS_NEEDED, SYNOPSIS_OPTIONAL, SYNOPSIS_OPTION } kind;
	bool rest;			/* "name..." */
	const char *name;		/* without brackets, dashes and dots */
	size_t name_size;
	const char *value;		/* of options: its name, or NULL */
	size_t value_size;
};
/*
 * The item at *at, which moves behind it; false at the end.  A synopsis that
 * is not well-formed ends where it goes wrong, *at not at its NUL.
 */
bool synopsis_next(const char **at, struct synopsis_item *out);

/* What is wrong with arguments, and about which word. */
struct command_problem {
	const char *text;		/* NULL: nothing */
	const char *word;		/* from the line or the synopsis */
	size_t word_size;
	const char *nearest;		/* an option like it, in the synopsis */
	size_t nearest_size;
};

/*
 * Sorts words[0..count) as the synopsis says.  "--name=value" and "--name
 * value" are the same, "--" ends the options, and so does the first word of
 * a "rest".  -EINVAL with *problem set; out keeps pointers into words.
 */
int command_sort(const char *synopsis, char *const *words, unsigned count,
		 struct command_args *out, struct command_problem *problem);

/*
 * Calls fn for each word that could follow, or complete, the last one of the
 * line's first `size` bytes, as it is without quotes.  Thread context, where
 * the line may end in an argument (struct completer).
 */
#define COMMAND_TYPED_MAX	255	/* bytes; nothing completes more */

struct command_completion {
	void (*fn)(struct command_completion *c, const char *word,
		   size_t size);
	const struct console *con;	/* whose variables; or NULL */
	/* For fn and completers: the word that is being typed. */
	size_t start;			/* where it begins in the line */
	const char *typed;		/* without quotes */
	size_t typed_size;
	char quote;			/* open at its end, or 0 */
	const char *suffix;		/* that the synopsis wants, ".dtb" */
	size_t suffix_size;
	const char *before;		/* the word before it */
	size_t before_size;
	char text[COMMAND_TYPED_MAX + 1];
};
void command_complete(const char *line, size_t size,
		      struct command_completion *c);
/* For completers: all commands; verbs of the command before the word. */
void command_offer_commands(struct command_completion *c);
void command_offer_verbs(struct command_completion *c);

/*
 * Tab: puts in what all words that could be meant have in common, with the
 * quotes they need, or lists them on con when the key before was Tab, too.
 * True: it did, a prompt is due.
 */
struct line_edit;
bool command_tab(struct console *con, struct line_edit *e);

#endif
