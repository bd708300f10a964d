/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a line to a command's arguments: pure, for any input.
 *
 * A line is words between blanks.  '...' keeps everything, "..." all but
 * \" \\ \$ and $?, a backslash outside quotes the next character.  $? is the
 * last exit status.  A # at the start of a word begins a comment.
 */
#ifndef VMM_COMMAND_LINE_H
#define VMM_COMMAND_LINE_H

#include <vmm/command.h>

struct command_words {
	unsigned count;
	char *words[COMMAND_ARG_MAX];
};

/* Bytes that the words of a line of that length may take. */
#define COMMAND_TEXT_SIZE(length)	(2 * (length) + 2)

/*
 * Cuts line into words, which are put into text, of COMMAND_TEXT_SIZE bytes.
 * Status is what $? becomes, 0 to 999.  NULL, or a sentence for people about
 * what is wrong with the line.
 */
const char *command_split(const char *line, unsigned status, char *text,
			  struct command_words *out);

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
 * line's first `size` bytes; start says where that one begins.  Thread
 * context, where the line may end in an argument (struct completer).
 */
struct command_completion {
	void (*fn)(struct command_completion *c, const char *word,
		   size_t size);
	size_t start;
	const char *typed;		/* of the last word, in the line */
	size_t typed_size;
};
void command_complete(const char *line, size_t size,
		      struct command_completion *c);

#endif
