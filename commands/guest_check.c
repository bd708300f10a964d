// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest check`: all that is wrong with a guest's tree, at once. */
#include "guest.h"
#include <vmm/errno.h>
#include <vmm/guest_config.h>
#include <vmm/log.h>
#include <vmm/report.h>

/* Of one tree; what comes behind is only counted. */
#define SHOWN_MAX	256

struct teller {
	struct guest_report report;
	struct console *con;
	unsigned shown;
};

static const char *const severities[] = {
	[GUEST_ERROR] = "error", [GUEST_WARNING] = "warning",
};

/* In a document a row, for people a line, which the document leaves out. */
static void tell(struct guest_report *r, const struct guest_problem *p)
{
	struct teller *t = container_of(r, struct teller, report);
	const char *severity = severities[p->severity];

	if (t->shown++ >= SHOWN_MAX)
		return;
	con_printf(t->con, "%s: %s%s%s%s%s%s%s\n", severity, p->source,
		   p->source[0] ? ": " : "", p->place,
		   p->place[0] ? ": " : "",
		   p->property ? p->property : "", p->property ? ": " : "",
		   p->text);
	if (!t->con->report.form)
		return;
	report_row(t->con);
	report_text(t->con, "severity", severity);
	report_text(t->con, "source", p->source[0] ? p->source : NULL);
	report_text(t->con, "node", p->path);
	report_text(t->con, "property", p->property);
	report_text(t->con, "text", p->text);
	report_end(t->con);
}

static const char *plural(unsigned count)
{
	return count == 1 ? "" : "s";
}

static int sum_up(struct teller *t, const char *file)
{
	const struct guest_report *r = &t->report;

	if (t->shown > SHOWN_MAX)
		con_printf(t->con, "%u more are not shown\n",
			   t->shown - SHOWN_MAX);
	if (t->con->report.form) {
		report_text(t->con, "tree", file);
		report_u64(t->con, "errors", r->count);
		report_u64(t->con, "warnings", r->warning_count);
	}
	if (r->count)
		return fail(-EINVAL, "%s: %u problem%s, %u warning%s", file,
			    r->count, plural(r->count), r->warning_count,
			    plural(r->warning_count));
	con_printf(t->con, "%s: no problems, %u warning%s\n", file,
		   r->warning_count, plural(r->warning_count));
	return 0;
}

int guest_check_tell(struct console *con, const char *name,
		     const struct guest_options *options,
		     const struct guest_host_facts *facts)
{
	struct teller t = { .report.problem = tell, .con = con };
	struct guest_config *config = NULL;
	int rc;

	if (con->report.form)
		report_list(con, "problems", "");
	rc = guest_config_examine(options, facts, &t.report, &config);
	if (con->report.form)
		report_end(con);
	guest_config_free(config);
	/* Without memory, say, it was told already. */
	return rc && !t.report.count ? rc : sum_up(&t, name);
}

int guest_verb_check(struct console *con, const struct command_args *args)
{
	struct guest_host_facts facts;
	struct guest_options options;
	int rc = guest_options_read(args, &options);

	if (rc)
		return rc;
	options.tree = args->words[0];
	options.name = "check";
	guest_host_facts(NULL, &facts);
	facts.thorough = true;
	return guest_check_tell(con, options.tree, &options, &facts);
}
