// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Problems of guest trees, told to people: with the node, the property and,
 * where TREE.map lies beside the tree, the line of its source.  And the way
 * from options to a checked configuration.
 */
#include <vmm/guest_config.h>
#include <libfdt.h>
#include <libs/char.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define TEXT_MAX	256
/* Of one tree; what comes behind is only counted. */
#define SHOWN_MAX	32

struct printer {
	struct guest_report report;
	const char *name;		/* of the guest */
	const char *tree;		/* its file, or NULL */
	struct file map;		/* size 0: none */
};

void guest_report_add(struct guest_report *r, struct dt_node n,
		      const char *property, const char *format, ...)
{
	char path[DT_PATH_MAX] = "/", text[TEXT_MAX];
	struct guest_problem problem = { path, property, text };
	va_list args;

	r->count++;
	if (dt_exists(n))
		dt_path(n, path, sizeof(path));
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->problem(r, &problem);
}

/* ---- FILE.dtb.map: lines `path[:property] file:line` ---- */

/* The place in a line whose first word is key; its length in *size. */
static const char *line_match(const char *line, size_t length,
			      const char *key, size_t *size)
{
	size_t key_length = strlen(key);

	if (length <= key_length + 1 || line[key_length] != ' ' ||
	    memcmp(line, key, key_length))
		return NULL;
	*size = length - key_length - 1;
	return line + key_length + 1;
}

static const char *map_find(const struct file *map, const char *key,
			    size_t *size)
{
	const char *at = (const char *)map->data, *end = at + map->size;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *place;

		if (!stop)
			stop = end;
		place = line_match(at, (size_t)(stop - at), key, size);
		if (place)
			return place;
		at = stop + 1;
	}
	return NULL;
}

/* Where problem's property, or else its node, comes from; "" if unknown. */
static void source_find(const struct printer *p,
			const struct guest_problem *problem, char *buf,
			size_t buf_size)
{
	char key[DT_PATH_MAX + 64];
	const char *place = NULL;
	size_t size;

	buf[0] = '\0';
	if (!p->map.size)
		return;
	if (problem->property) {
		snprintf(key, sizeof(key), "%s:%s", problem->path,
			 problem->property);
		place = map_find(&p->map, key, &size);
	}
	if (!place)
		place = map_find(&p->map, problem->path, &size);
	if (place)
		snprintf(buf, buf_size, "%.*s: ", (int)MIN(size, (size_t)120),
			 place);
}

static void print_problem(struct guest_report *r,
			  const struct guest_problem *problem)
{
	struct printer *p = container_of(r, struct printer, report);
	char source[128];

	if (r->count > SHOWN_MAX)
		return;
	source_find(p, problem, source, sizeof(source));
	fail(-EINVAL, "guest: %s: %s%s%s%s: %s", p->name, source,
	     problem->path, problem->property ? ": " : "",
	     problem->property ? problem->property : "", problem->text);
}

/* ---- From options to a configuration ---- */

static bool name_char_is_fine(char c)
{
	return char_is_alpha(c) || char_is_digit(c) || c == '-' || c == '_' ||
	       c == '.';
}

static int name_check(const char *name)
{
	size_t length = name ? strlen(name) : 0;

	if (!length || length > GUEST_NAME_MAX)
		return fail(-EINVAL, "guest: a name has 1 to %d characters",
			    GUEST_NAME_MAX);
	for (size_t i = 0; i < length; i++)
		if (!name_char_is_fine(name[i]))
			return fail(-EINVAL, "guest: %s: a name has letters, "
				    "digits, '-', '_' and '.' only", name);
	return 0;
}

static void map_open(struct printer *p)
{
	char path[DT_PATH_MAX];

	if (!p->tree ||
	    (size_t)snprintf(path, sizeof(path), "%s.map", p->tree) >=
	    sizeof(path))
		return;
	if (file_open(path, &p->map))
		p->map.size = 0;
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
			 "which has what %s means", text, other);
}

/* All of it, with every problem printed. */
static int examine(struct printer *p, const struct guest_options *options,
		   const struct guest_host_facts *facts,
		   struct guest_config *config)
{
	int rc = guest_config_parse(config->fdt, fdt_totalsize(config->fdt),
				    config, &p->report);

	if (rc && rc != -EINVAL)
		return rc;
	options_check(options, config, &p->report);
	guest_config_check(config, facts, &p->report);
	if (p->report.count > SHOWN_MAX)
		fail(-EINVAL, "guest: %s: %u more problems are not shown",
		     p->name, p->report.count - SHOWN_MAX);
	return p->report.count ? -EINVAL : 0;
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

int guest_config_load(const struct guest_options *options,
		      const struct guest_host_facts *facts,
		      struct guest_config **out)
{
	struct printer p = {
		.report.problem = print_problem,
		.name = options->name, .tree = options->tree,
	};
	struct guest_options resolved = *options;
	struct guest_config *config;
	int rc = name_check(options->name);

	if (rc)
		return rc;
	if (!resolved.variant && !resolved.tree && facts->variants)
		resolved.variant = (unsigned)__builtin_ctz(facts->variants);
	config = heap_alloc(sizeof(*config));
	if (!config)
		return fail(-ENOMEM, "guest: %s: no memory for its "
			    "configuration", options->name);
	map_open(&p);
	rc = guest_tree_compose(&resolved, &config->fdt);
	if (!rc)
		rc = examine(&p, options, facts, config);
	if (rc) {
		guest_config_free(config);
		return rc;
	}
	string_copy(config->name, options->name, sizeof(config->name));
	return keep_used(config, out);
}

void guest_config_free(struct guest_config *config)
{
	if (!config)
		return;
	heap_free(config->fdt);
	heap_free(config);
}
