// SPDX-License-Identifier: GPL-2.0-or-later
/* Guests: the table of verbs, and those that say or do one thing. */
#include "guest.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/console_port.h>
#include <vmm/errno.h>
#include <vmm/gdb.h>
#include <vmm/guest_dump.h>
#include <vmm/log.h>
#include <vmm/report.h>

/* ---- list ---- */

static void report_guest(struct console *con, struct guest *g)
{
	enum guest_state state = g->state;
	char reason[sizeof(g->reason)];

	guest_reason(g, reason, sizeof(reason));
	report_row(con);
	report_name(con, "name", g->name);
	report_u64(con, "vcpus", g->vcpu_count);
	report_u64(con, "memory_bytes", guest_memory_bytes(g));
	report_count(con, "run_ns", guest_run_ns(g));
	report_text(con, "state", guest_state_name(state));
	report_note(con, "reason", state == GUEST_CRASHED ? reason : NULL);
	report_end(con);
}

static int list(struct console *con, const struct command_args *args)
{
	struct guest *g = NULL;

	report_list(con, "guests",
		    "name:-16 vcpus:5 memory_bytes:10 run_ns:10 state");
	while ((g = guest_next(g)))
		report_guest(con, g);
	report_end(con);
	return 0;
}

/* ---- the life of one ---- */

static int act(const struct command_args *args, int (*fn)(struct guest *g))
{
	struct guest *g = guest_named(args->words[0]);
	int rc;

	if (!g)
		return -ENOENT;
	rc = fn(g);
	guest_put(g);
	return rc;
}

static int kick(struct console *con, const struct command_args *args)
{
	return act(args, guest_kick);
}

static int pause(struct console *con, const struct command_args *args)
{
	return act(args, guest_pause);
}

static int resume(struct console *con, const struct command_args *args)
{
	return act(args, guest_resume);
}

static int reset(struct console *con, const struct command_args *args)
{
	return act(args, guest_reset);
}

static int shutdown(struct console *con, const struct command_args *args)
{
	return act(args, guest_shutdown);
}

static int destroy(struct console *con, const struct command_args *args)
{
	struct guest *g = guest_named(args->words[0]);

	return g ? guest_destroy(g) : -ENOENT;
}

/* ---- debugger ---- */

/* There is no file system that could be written. */
static int dump(struct console *con, const struct command_args *args)
{
	struct guest *g;
	int rc;

	if (args->count > 1)
		return fail(-ENOTSUP, "guest: %s: no file can be written here, "
			    "try --console and tools/guest-core",
			    args->words[1]);
	if (!command_option(args, "console"))
		return fail(-EINVAL, "guest: only --console takes a dump");
	g = guest_named(args->words[0]);
	if (!g)
		return -ENOENT;
	rc = guest_dump(g, con);
	guest_put(g);
	return rc;
}

static int gdb(struct console *con, const struct command_args *args)
{
	struct guest *g = guest_named(args->words[0]);
	const char *on;
	int rc;

	if (!g)
		return -ENOENT;
	on = command_option(args, "on");
	rc = on ? gdb_port(con, g, on) : gdb_terminal(con, g);
	guest_put(g);
	return rc;
}

static void offer_lines(struct command_completion *c)
{
	const char *name;

	for (size_t n = 0; (name = console_port_nth(n)); n++)
		command_offer(c, name, strlen(name));
}
COMPLETER(line, offer_lines);

static void offer_names(struct command_completion *c)
{
	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		command_offer(c, g->name, strlen(g->name));
}
COMPLETER(guest, offer_names);

/* What a guest is made of. */
#define OPTIONS								\
	"[--cpus N] [--memory SIZE] [--kernel FILE] [--initrd FILE] "	\
	"[--firmware FILE] [--append STR] "				\
	"[--" ARCH_GUEST_OPTION " " ARCH_GUEST_CHOICES "] [--priority N] " \
	"[--affinity LIST] [--console-size SIZE] [--autostart]"

static const struct verb guest_verbs[] = {
	{ "list", VERB_METRICS, list, "Lists all guests." },
	{ "info", "<guest> " VERB_READS, guest_verb_info,
	  "Tells all about a guest." },
	{ "stats", "<guest> [--watch] " VERB_METRICS, guest_verb_stats,
	  "Counts what it does; --watch: again and again, until a key." },
	{ "tree", "<guest> " VERB_READS, guest_verb_tree,
	  "Prints the device tree that its system gets." },
	{ "why", "<guest> " VERB_READS, guest_verb_why,
	  "Tells what it does or waits for, and why." },
	{ "device", "<device> " VERB_READS, guest_verb_device,
	  "Prints a device's registers." },
	{ "create", "<name> [--tree FILE.dtb] " OPTIONS,
	  guest_verb_create, "Makes a guest, from a tree or options." },
	{ "check", "<file.dtb> " OPTIONS " " VERB_READS, guest_verb_check,
	  "Tells all that is wrong with a guest's tree, and makes none." },
	{ "kick", "<guest>", kick, "Starts a guest that was created." },
	{ "pause", "<guest>", pause, "Stops it and its clock." },
	{ "resume", "<guest>", resume, "Lets a paused guest go on." },
	{ "reset", "<guest>", reset, "Starts it again from its images." },
	{ "shutdown", "<guest>", shutdown, "Presses its power button." },
	{ "destroy", "<guest>", destroy, "Ends it; its memory is free." },
	{ "console", GUEST_CONSOLE_SYNOPSIS, guest_verb_console,
	  "Connects with its console; Ctrl-] leaves." },
	{ "dump", "<guest> [file] [--console]", dump,
	  "Prints its memory and registers for tools/guest-core." },
	{ "gdb", "<guest> [--on LINE]", gdb,
	  "Stops it and hands this line, or another one, to gdb." },
	{ "log", "<guest> [--follow] " VERB_READS, guest_verb_log,
	  "Prints its console's last output, also after its end." },
};
COMMAND(guest, "make, run and look at guests");
