// SPDX-License-Identifier: GPL-2.0-or-later
/* What arguments of commands can be, where several commands have them. */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/command_line.h>
#include <vmm/file.h>

COMPLETER(command, command_offer_commands);
COMPLETER(verb, command_offer_verbs);

static void offer_variables(struct command_completion *c)
{
	const char *value, *name;

	for (unsigned i = 0; c->con; i++) {
		name = command_variable(c->con, i, &value);
		if (!*name)
			return;
		command_offer(c, name, strlen(name));
	}
}
COMPLETER(variable, offer_variables);

/* ---- Files: the directory as typed, with each of its entries ---- */

struct walk {
	struct command_completion *completion;
	size_t directory_size;		/* of what was typed */
};

static bool has_suffix(const struct command_completion *c, const char *name)
{
	size_t size = strlen(name);

	return size >= c->suffix_size &&
	       !strncmp(name + size - c->suffix_size, c->suffix,
			c->suffix_size);
}

static void offer_entry(const struct file_entry *e, void *arg)
{
	struct walk *w = arg;
	struct command_completion *c = w->completion;
	char path[2 * COMMAND_TYPED_MAX];
	int size = snprintf(path, sizeof(path), "%.*s%s%s",
			    (int)w->directory_size, c->typed, e->name,
			    e->is_directory ? "/" : "");

	if (size < (int)sizeof(path) &&
	    (e->is_directory || has_suffix(c, e->name)))
		command_offer(c, path, (size_t)size);
}

static void offer_files(struct command_completion *c)
{
	struct walk w = { .completion = c };
	char directory[COMMAND_TYPED_MAX + 1];

	for (size_t i = 0; i < c->typed_size; i++)
		if (c->typed[i] == '/')
			w.directory_size = i + 1;
	snprintf(directory, sizeof(directory), "/%.*s", (int)w.directory_size,
		 c->typed);
	file_list(directory, offer_entry, &w);
}
COMPLETER(file, offer_files);
COMPLETER(path, offer_files);
