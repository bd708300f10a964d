// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests for want of memory, from options to their end: at each allocation
 * refused with the guest's name, and nothing lost.
 */
#include "guest_files.h"
#include "guest_host.h"
#include "starve.h"
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/test.h>

#define NAME	"starved"

/* What is told of it, but for the controller. */
static const struct guest_options kinds[] = {
	{ .kernel = FILES_KERNEL, .cpu_count = 2 },
	{ .kernel = FILES_PACKED, .initrd = FILES_INITRD, .cpu_count = 1,
	  .append = "quiet", .affinity = 1, .console_size = 8192 },
	{ .tree = FILES_TREE, .initrd = FILES_INITRD },
	{ .firmware = FILES_INITRD },
	{ .kernel = FILES_KERNEL, .autostart = true },
};

static struct guest_options options;
static struct guest *made;
static unsigned begun, finished;	/* sweeps */

/* What `guest create` does. */
static int create(void *arg)
{
	int rc = guest_create_from(&options, &made);

	if (rc)
		made = NULL;
	return rc;
}

static void destroy(void *arg)
{
	guest_destroy(made);
	made = NULL;
}

static bool is_gone(void *arg)
{
	struct guest *g = guest_find(NAME);

	if (g)
		guest_put(g);
	return !g && !made;
}

static const struct starving creating = {
	.what = "guest create", .run = create, .undo = destroy,
	.is_well = is_gone, .words = NAME,
};

static void choose(const struct guest_options *kind, u32 variants)
{
	options = *kind;
	options.name = NAME;
	options.memory_size = MIB(4);
	options.priority = -1;
	options.variant = (unsigned)__builtin_ctz(variants);
	if (options.tree)
		options.variant = 0;
}

static void starve_creation(const struct guest_options *kind, u32 variants)
{
	begun++;
	choose(kind, variants);
	if (starve(&creating) > 20)
		finished++;
}

/* All kinds with the first controller, the first kind with each. */
static void creations(void)
{
	u32 left = 0, seen = 0;

	for (unsigned round = 0; guest_host_begin(round); round++) {
		EXPECT(guest_files_add());
		left = arch_guest_variants() & ~seen;
		for (size_t i = 1; i < ARRAY_LEN(kinds) && !seen; i++)
			starve_creation(&kinds[i], left);
		seen |= left;
		for (; left; left &= left - 1)
			starve_creation(&kinds[0], left);
	}
}

static void create_and_destroy(void)
{
	finished = 0;
	begun = 0;
	EXPECT(in_thread(creations));
	EXPECT(begun >= ARRAY_LEN(kinds));
	EXPECT_EQ(finished, begun);
}

/* ---- A guest that is there already ---- */

static int pause_and_resume(void *arg)
{
	int rc = guest_pause(made);

	return rc ? rc : guest_resume(made);
}

static int reset(void *arg)
{
	return guest_reset(made);
}

/* What could not be loaded again is told as that, until the next reset. */
static bool runs_or_crashed(void *arg)
{
	return made->state == GUEST_RUNNING ||
	       (made->state == GUEST_CRASHED && made->reason[0]);
}

static const struct starving pausing = {
	.what = "guest pause, resume", .run = pause_and_resume,
	.is_well = runs_or_crashed,
};

static const struct starving resetting = {
	.what = "guest reset", .run = reset, .is_well = runs_or_crashed,
	.words = NAME,
};

static void lives(void)
{
	EXPECT(guest_host_begin(0) && guest_files_add());
	choose(&kinds[1], arch_guest_variants());
	EXPECT_EQ(create(NULL), 0);
	EXPECT_EQ(guest_kick(made), 0);
	EXPECT(starve(&pausing) >= 0);
	EXPECT(starve(&resetting) > 3);
	EXPECT_EQ(made->state, GUEST_RUNNING);
	destroy(NULL);
	finished++;
}

static void reset_and_pause(void)
{
	finished = 0;
	EXPECT(in_thread(lives));
	EXPECT(finished);
}

SUITE(guest_starved, TEST(create_and_destroy), TEST(reset_and_pause));
