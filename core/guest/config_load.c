// SPDX-License-Identifier: GPL-2.0-or-later
/* The way from options to a checked configuration, all problems told. */
#include "config_check.h"
#include "config_source.h"
#include <libfdt.h>
#include <libs/char.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

/* Of one tree at `guest create`; what comes behind is only counted. */
#define SHOWN_MAX	32

/* ---- One examination ---- */

/* Adds the place in the source, and hands on. */
struct locator {
	struct guest_report report;
	struct guest_report *to;
	struct file map;
};

static void locate(struct guest_report *r, const struct guest_problem *problem)
{
	struct locator *l = container_of(r, struct locator, report);
	struct guest_problem located = *problem;
	char source[CONFIG_SOURCE_MAX];

	config_source_find(&l->map, problem, source);
	located.source = source;
	l->to->problem(l->to, &located);
}

static bool name_char_is_fine(char c)
{
	return char_is_alpha(c) || char_is_digit(c) || c == '-' || c == '_' ||
	       c == '.';
}

static void name_check(const char *name, const struct guest_host_facts *facts,
		       struct guest_report *r)
{
	size_t length = name ? strlen(name) : 0;

	if (!length || length > GUEST_NAME_MAX) {
		guest_report_add(r, DT_NONE, NULL, "a guest's name has 1 to "
				 "%d characters", GUEST_NAME_MAX);
		return;
	}
	for (size_t i = 0; i < length; i++)
		if (!name_char_is_fine(name[i])) {
			guest_report_add(r, DT_NONE, NULL, "%s: a name has "
					 "letters, digits, '-', '_' and '.' "
					 "only", name);
			return;
		}
	if (facts->name_is_taken)
		guest_report_add(r, DT_NONE, NULL, "there is a guest of that "
				 "name already: choose another, or destroy it");
}

static void options_check(const struct guest_options *options,
			  const struct guest_config *config,
			  struct guest_report *report)
{
	char text[GUEST_VARIANT_TEXT_MAX], other[GUEST_VARIANT_TEXT_MAX];

	if (!options->variant || !config->variant ||
	    options->variant == config->variant)
		return;
	guest_variant_text(options->variant, text, sizeof(text));
	guest_variant_text(config->variant, other, sizeof(other));
	guest_report_add(report, DT_NONE, NULL, "%s contradicts the tree, "
			 "which has what %s means: leave the option out",
			 text, other);
}

static int compose(const struct guest_options *options, void **fdt,
		   struct guest_report *r)
{
	struct config_capture *c = config_capture_begin();
	int rc = guest_tree_compose(options, fdt);

	config_capture_end(c, &(struct config_capture_about){
		.name = options->name, .node = DT_NONE }, r);
	return rc;
}

static int examine(const struct guest_options *options,
		   const struct guest_host_facts *facts,
		   struct guest_report *r, struct guest_config *config)
{
	struct guest_options resolved = *options;
	int rc;

	name_check(options->name, facts, r);
	if (!resolved.variant && !resolved.tree && facts->variants)
		resolved.variant = (unsigned)__builtin_ctz(facts->variants);
	rc = compose(&resolved, &config->fdt, r);
	if (rc)
		return rc;
	rc = guest_config_parse(config->fdt, fdt_totalsize(config->fdt),
				config, r);
	if (rc && rc != -EINVAL)
		return rc;
	string_copy(config->name, options->name ? options->name : "",
		    sizeof(config->name));
	options_check(options, config, r);
	guest_config_check(config, facts, r);
	return r->count ? -EINVAL : 0;
}

/* Takes over config. */
static int keep_used(struct guest_config *config, struct guest_config **out)
{
	size_t size = offsetof(struct guest_config, devices) +
		      config->device_count * sizeof(config->devices[0]);

	*out = heap_alloc(size);
	if (!*out) {
		int rc = fail(-ENOMEM, "guest: %s: no memory for its "
			      "configuration", config->name);

		guest_config_free(config);
		return rc;
	}
	memcpy(*out, config, size);
	heap_free(config);
	return 0;
}

int guest_config_examine(const struct guest_options *options,
			 const struct guest_host_facts *facts,
			 struct guest_report *report,
			 struct guest_config **out)
{
	struct locator l = { .report.problem = locate, .to = report };
	struct guest_config *config = heap_alloc(sizeof(*config));
	int rc;

	if (!config)
		return fail(-ENOMEM, "guest: %s: no memory for its "
			    "configuration", options->name);
	config_source_open(options->tree, &l.map);
	rc = examine(options, facts, &l.report, config);
	report->count += l.report.count;
	report->warning_count += l.report.warning_count;
	if (!rc)
		return keep_used(config, out);
	guest_config_free(config);
	return rc;
}

/* ---- For `guest create` ---- */

struct printer {
	struct guest_report report;
	const char *name;		/* of the guest */
	unsigned shown;
};

static void print_warning(const char *name, const struct guest_problem *p)
{
	struct console *con = console_of_thread();
	const char *property = p->property ? p->property : "";
	const char *source = p->source[0] ? ": " : "";
	const char *place = p->place[0] ? ": " : "";

	if (con)
		con_printf(con, "warning: guest: %s: %s%s%s%s%s%s%s\n",
			   name, p->source, source, p->place, place, property,
			   *property ? ": " : "", p->text);
	else
		log_warning("guest: %s: %s%s%s%s%s%s%s", name, p->source,
			    source, p->place, place, property,
			    *property ? ": " : "", p->text);
}

static void print(struct guest_report *r, const struct guest_problem *p)
{
	struct printer *to = container_of(r, struct printer, report);
	const char *property = p->property ? p->property : "";

	if (to->shown++ >= SHOWN_MAX)
		return;
	if (p->severity == GUEST_WARNING) {
		print_warning(to->name, p);
		return;
	}
	fail(-EINVAL, "guest: %s: %s%s%s%s%s%s%s", to->name, p->source,
	     p->source[0] ? ": " : "", p->place, p->place[0] ? ": " : "",
	     property, *property ? ": " : "", p->text);
}

int guest_config_load(const struct guest_options *options,
		      const struct guest_host_facts *facts,
		      struct guest_config **out)
{
	struct printer p = { .report.problem = print, .name = options->name };
	int rc = guest_config_examine(options, facts, &p.report, out);

	if (rc && p.shown > SHOWN_MAX)
		fail(-EINVAL, "guest: %s: %u more problems are not shown: "
		     "`guest check` tells all", p.name, p.shown - SHOWN_MAX);
	return rc;
}

void guest_config_free(struct guest_config *config)
{
	if (!config)
		return;
	heap_free(config->fdt);
	heap_free(config);
}
