// SPDX-License-Identifier: GPL-2.0-or-later
/* Guests' consoles: `console`, `guest console`, `guest log`. */
#include "guest.h"
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>

/* Also of guests that are gone. */
static struct guest_console *find_console(const char *name)
{
	struct guest_console *c = guest_console_find(name);
	struct guest *g;

	if (c)
		return c;
	g = guest_named(name);
	if (!g)
		return NULL;
	fail(-ENODEV, "guest: %s has no console", name);
	guest_put(g);
	return NULL;
}

/* "^A" or "^]": the control key of a character. */
static int read_escape(const struct command_args *args, u8 *out)
{
	const char *text = command_option(args, "escape");

	if (!text)
		return 0;
	*out = (u8)(text[0] == '^' && text[1] >= '@' ? text[1] & 0x1f : 0);
	if (*out && *out != '\r' && *out != '\n' && !text[2])
		return 0;
	return fail(-EINVAL, "console: --escape: %s is no control key, "
		    "as ^] or ^A", text);
}

static int attach(struct console *con, struct guest_console *c,
		  struct console_view *view)
{
	int rc;

	do {
		rc = guest_console_attach(con, c, view);
		guest_console_put(c);
		c = view->next;
	} while (c);
	return rc;
}

/* Only Ctrl-C at the terminal ends what follows guests. */
static int can_follow(const struct console *con)
{
	return con == &host_console ? 0 :
	       fail(-ENOTSUP, "console: this session has no Ctrl-C to end it");
}

static int merge(struct console *con)
{
	int rc = can_follow(con);

	return rc ? rc : guest_console_merge(con);
}

int guest_verb_console(struct console *con, const struct command_args *args)
{
	struct console_view view = {
		.read_only = command_option(args, "read-only"),
		.escape = CONSOLE_ESCAPE,
	};
	struct guest_console *c;
	int rc = read_escape(args, &view.escape);

	if (rc)
		return rc;
	if (command_option(args, "all"))
		return args->count ? fail(-EINVAL, "console: --all is for all "
					  "guests, %s is one", args->words[0]) :
				     merge(con);
	if (!args->count)
		return fail(-EINVAL, "console: whose? Name a guest, or --all");
	c = find_console(args->words[0]);
	return c ? attach(con, c, &view) : -ENOENT;
}

int guest_verb_log(struct console *con, const struct command_args *args)
{
	const bool follow = command_option(args, "follow");
	struct guest_console *c;
	int rc = follow ? can_follow(con) : 0;

	if (rc)
		return rc;
	c = find_console(args->words[0]);
	if (!c)
		return -ENOENT;
	guest_console_log(con, c, follow);
	guest_console_put(c);
	return 0;
}

static const struct verb console_verbs[] = {
	{ NULL, GUEST_CONSOLE_SYNOPSIS, guest_verb_console,
	  "Connects with a guest's console, or shows all of them." },
};
COMMAND(console, "talk to guests");
