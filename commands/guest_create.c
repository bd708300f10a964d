// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest create`: options as numbers. */
#include "guest.h"
#include <libs/bitmap.h>
#include <libs/parse.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

/* An option whose number lies between two others. */
struct number_option {
	const char *name;
	int (*parse)(const char *s, u64 *out);
	u64 min, max;
	const char *wanted;		/* NULL: a number within them */
};

static const struct number_option cpus_option = {
	"cpus", parse_u64, 1, GUEST_CPU_MAX, NULL,
};
static const struct number_option memory_option = {
	"memory", parse_size, PAGE_SIZE, ~0ull - PAGE_SIZE,
	"a size, as 256M or 1G",
};
static const struct number_option priority_option = {
	"priority", parse_u64, 0, 255, NULL,
};

static const struct number_option console_option = {
	"console-size", parse_size, GUEST_CONSOLE_RING_MIN,
	GUEST_CONSOLE_RING_MAX, "a size from 4K to 1M",
};

static const char *name_of(const struct command_args *args)
{
	return args->words[0];
}

/* *out keeps its value when the option was not given. */
static int read_number(const struct command_args *args,
		       const struct number_option *o, u64 *out)
{
	const char *text = command_option(args, o->name);
	int rc;

	if (!text)
		return 0;
	rc = o->parse(text, out);
	if (!rc && (*out < o->min || *out > o->max))
		rc = -ERANGE;
	if (!rc)
		return 0;
	if (o->wanted)
		return fail(rc, "guest: %s: --%s: %s is not %s", name_of(args),
			    o->name, text, o->wanted);
	return fail(rc, "guest: %s: --%s: %s is no number from %llu to %llu",
		    name_of(args), o->name, text, (unsigned long long)o->min,
		    (unsigned long long)o->max);
}

/* A size that is none of whole pages would be told in the tree's words. */
static int read_memory(const struct command_args *args, u64 *out)
{
	int rc = read_number(args, &memory_option, out);

	if (!rc && !IS_ALIGNED(*out, (u64)PAGE_SIZE))
		rc = fail(-EINVAL, "guest: %s: --memory: %s is no multiple "
			  "of %zu", name_of(args),
			  command_option(args, "memory"), PAGE_SIZE);
	return rc;
}

static int read_affinity(const struct command_args *args, cpu_mask_t *out)
{
	const char *text = command_option(args, "affinity");
	unsigned long map[BITMAP_WORDS(CONFIG_CPU_MAX)];
	int rc;

	if (!text)
		return 0;
	rc = parse_list(text, map, CONFIG_CPU_MAX);
	if (rc)
		return fail(rc, "guest: %s: --affinity: %s: %s", name_of(args),
			    text, rc == -ERANGE ?
			    "there is no such host CPU" :
			    "a list of host CPUs is like 0-2,5");
	for (unsigned i = 0; i < CONFIG_CPU_MAX; i++)
		if (bitmap_test(map, i))
			*out |= CPU_MASK(i);
	return 0;
}

static int read_variant(const struct command_args *args, unsigned *out)
{
	const char *text = command_option(args, ARCH_GUEST_OPTION);

	return text ? guest_variant_parse(name_of(args), text, out) : 0;
}

int guest_options_read(const struct command_args *args,
		       struct guest_options *out)
{
	u64 count = 0, memory = 0, console = 0, priority = ~0ull;
	int rc;

	*out = (struct guest_options){
		.name = name_of(args),
		.tree = command_option(args, "tree"),
		.kernel = command_option(args, "kernel"),
		.initrd = command_option(args, "initrd"),
		.firmware = command_option(args, "firmware"),
		.append = command_option(args, "append"),
		.autostart = command_option(args, "autostart"),
	};
	if ((rc = read_number(args, &cpus_option, &count)) ||
	    (rc = read_memory(args, &memory)) ||
	    (rc = read_variant(args, &out->variant)) ||
	    (rc = read_number(args, &console_option, &console)) ||
	    (rc = read_number(args, &priority_option, &priority)))
		return rc;
	out->cpu_count = (unsigned)count;
	out->memory_size = memory;
	out->console_size = (u32)console;
	out->priority = priority == ~0ull ? -1 : (int)priority;
	return read_affinity(args, &out->affinity);
}

int guest_verb_create(struct console *con, const struct command_args *args)
{
	struct guest_options options;
	struct guest *g;
	int rc = guest_options_read(args, &options);

	if (!rc)
		rc = guest_create_from(&options, &g);
	if (!rc)
		guest_put(g);
	return rc;
}
