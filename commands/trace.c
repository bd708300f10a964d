// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened last, on all CPUs: <vmm/trace.h>. */
#include "guest.h"
#include <libs/parse.h>
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/trace.h>

#define DUMP_COUNT	64
#define DUMP_MAX	4096

static int group_find(const char *name, u32 *groups)
{
	for (unsigned i = 0; i < TRACE_GROUP_COUNT; i++) {
		if (!string_equal(trace_group_names[i], name))
			continue;
		*groups |= BIT(i);
		return 0;
	}
	return fail(-EINVAL, "trace: %s: no kind of records, see `trace "
		    "status`", name);
}

/* "exits,irqs" */
static int groups_find(char *names, u32 *groups)
{
	char *comma;
	int rc = 0;

	for (; names && !rc; names = comma) {
		comma = strchr(names, ',');
		if (comma)
			*comma++ = '\0';
		rc = group_find(names, groups);
	}
	return rc;
}

static int on(struct console *con, const struct command_args *args)
{
	const char *name = command_option(args, "guest");
	u32 groups = args->count ? 0 : BIT(TRACE_GROUP_COUNT) - 1;
	struct guest *g = NULL;
	int rc;

	rc = args->count ? groups_find(args->words[0], &groups) : 0;
	if (rc)
		return rc;
	if (name && !(g = guest_named(name)))
		return -ENOENT;
	trace_select(groups, g ? g->id : 0);
	if (g)
		guest_put(g);
	return 0;
}

static int off(struct console *con, const struct command_args *args)
{
	trace_select(0, 0);
	return 0;
}

/* Copied before it is printed: printing makes records, too. */
static int dump(struct console *con, const struct command_args *args)
{
	u32 count = DUMP_COUNT, found = 0;
	HEAP_SCOPED struct trace_record *records = NULL;
	struct trace_walk w;

	if (args->count && (parse_u32(args->words[0], &count) ||
			    !count || count > DUMP_MAX))
		return fail(-EINVAL, "trace: %s: records are counted from 1 "
			    "to %u", args->words[0], DUMP_MAX);
	records = heap_alloc(count * sizeof(*records));
	if (!records)
		return -ENOMEM;
	trace_walk_begin(&w, count);
	while (found < count && trace_walk_next(&w, &records[found]))
		found++;
	trace_keep_names();
	trace_report_begin(con);
	for (u32 i = 0; i < found; i++)
		trace_report(con, &records[i]);
	report_end(con);
	return 0;
}

/* By its name, for people by nothing else. */
static void report_only(struct console *con)
{
	unsigned id = trace_only_guest();
	struct guest *g = NULL;

	while ((g = guest_next(g)) && g->id != id)
		;
	report_text(con, "only_guest", g ? g->name : id ? "(destroyed)" :
				       NULL);
	if (con->report.form)
		report_u64(con, "only_guest_id", id);
	if (g)
		guest_put(g);
}

static int status(struct console *con, const struct command_args *args)
{
	report_list(con, "kinds", "kind:-8 traced");
	for (unsigned i = 0; i < TRACE_GROUP_COUNT; i++) {
		report_row(con);
		report_name(con, "kind", trace_group_names[i]);
		report_bool(con, "traced", trace_is_on((enum trace_group)i));
		report_end(con);
	}
	report_end(con);
	report_only(con);
	report_u64(con, "records_per_cpu", CONFIG_TRACE_RECORDS);
	return 0;
}

static void offer_kinds(struct command_completion *c)
{
	for (unsigned i = 0; i < TRACE_GROUP_COUNT; i++)
		command_offer(c, trace_group_names[i],
			      strlen(trace_group_names[i]));
}
COMPLETER(kinds, offer_kinds);

static const struct verb trace_verbs[] = {
	{ "on", "[kinds] [--guest GUEST]", on,
	  "Traces these kinds, or all, and nothing else; of one guest." },
	{ "off", "", off, "Traces guests' lives only." },
	{ "dump", "[count] " VERB_READS, dump,
	  "Prints the newest records (64)." },
	{ "status", VERB_READS, status, "Tells what is traced." },
};
COMMAND(trace, "record what happens on all CPUs");
