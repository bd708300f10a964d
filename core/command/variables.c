// SPDX-License-Identifier: GPL-2.0-or-later
/* A session's variables: a few names and texts. */
#include "unit.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

struct variable {
	char name[COMMAND_NAME_MAX + 1];
	char *value;			/* owned */
};

struct command_variables {
	unsigned count;
	struct variable rows[COMMAND_VARIABLE_MAX];
};

static struct variable *find(const struct console *con, const char *name,
			     size_t size)
{
	struct command_variables *all = con->variables;

	for (unsigned i = 0; all && i < all->count; i++)
		if (strlen(all->rows[i].name) == size &&
		    !strncmp(all->rows[i].name, name, size))
			return &all->rows[i];
	return NULL;
}

const char *command_value(const struct console *con, const char *name,
			  size_t size)
{
	const struct variable *v = find(con, name, size);

	return v ? v->value : NULL;
}

const char *command_variable(const struct console *con, unsigned i,
			     const char **value)
{
	if (!con->variables || i >= con->variables->count)
		return "";
	*value = con->variables->rows[i].value;
	return con->variables->rows[i].name;
}

/* A row without value; NULL, reported, when there is no room. */
static struct variable *add(struct console *con, const char *name)
{
	struct command_variables *all = con->variables;
	struct variable *v;

	if (!all)
		all = con->variables = heap_alloc(sizeof(*all));
	if (!all) {
		fail(-ENOMEM, "%s: no memory for variables", name);
		return NULL;
	}
	if (all->count == COMMAND_VARIABLE_MAX) {
		fail(-E2BIG, "%s: there are %u variables already", name,
		     COMMAND_VARIABLE_MAX);
		return NULL;
	}
	v = &all->rows[all->count++];
	string_copy(v->name, name, sizeof(v->name));
	return v;
}

int variable_set(struct console *con, const char *name, const char *value)
{
	struct variable *v;
	char *copy;

	if (strlen(name) > COMMAND_NAME_MAX)
		return fail(-E2BIG, "%s: a name has at most %u letters", name,
			    COMMAND_NAME_MAX);
	if (strlen(value) > COMMAND_VALUE_MAX)
		return fail(-E2BIG, "%s: a value has at most %u bytes", name,
			    COMMAND_VALUE_MAX);
	copy = heap_strdup(value);
	if (!copy)
		return fail(-ENOMEM, "%s: no memory for its value", name);
	v = find(con, name, strlen(name));
	if (!v)
		v = add(con, name);
	if (!v) {
		heap_free(copy);
		return -E2BIG;
	}
	heap_free(v->value);
	v->value = copy;
	return 0;
}

int command_set(struct console *con, const char *assignment)
{
	size_t size = command_assignment_size(assignment, strlen(assignment));
	char name[COMMAND_NAME_MAX + 2];

	if (!size)
		return fail(-EINVAL, "%s is not as NAME=value is", assignment);
	snprintf(name, MIN(size + 1, sizeof(name)), "%s", assignment);
	return variable_set(con, name, assignment + size + 1);
}

int command_unset(struct console *con, const char *name)
{
	struct variable *v = find(con, name, strlen(name));

	if (!v)
		return fail(-ENOENT, "%s is not set", name);
	heap_free(v->value);
	*v = con->variables->rows[--con->variables->count];
	con->variables->rows[con->variables->count].value = NULL;
	return 0;
}

void command_forget(struct console *con)
{
	for (unsigned i = 0; con->variables && i < con->variables->count; i++)
		heap_free(con->variables->rows[i].value);
	heap_free(con->variables);
	con->variables = NULL;
}
