// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests on the fake machine: a thread on simulated CPUs, and interrupt
 * controllers that have nothing to deliver.
 */
#include "fake_platform.h"
#include "guest_host.h"
#include <libfdt.h>
#include <vmm/random.h>
#include <vmm/sched.h>
#include <vmm/thread.h>
#include <vmm/vpic.h>

#define STEP_NS		200000ull
#define STEPS_MAX	2000000u

static void (*wanted)(void);

static void run(void *arg)
{
	wanted();
}

bool in_thread(void (*fn)(void))
{
	struct thread *t;
	bool ended;

	platform_start(2);
	wanted = fn;
	if (thread_create("suite", run, NULL, &t))
		return false;
	t->priority = THREAD_PRIORITY_SYSTEM;
	t->affinity = CPU_MASK(0);
	thread_start(t);
	for (unsigned i = 0; i < STEPS_MAX && t->state != THREAD_DEAD; i++)
		platform_step(STEP_NS);
	ended = t->state == THREAD_DEAD;
	if (ended)
		thread_destroy(t);
	platform_stop();
	return ended;
}

static void pin_set(struct vcpu *v, unsigned pin, bool level)
{
}

static void pins_sync(struct vcpu *v)
{
}

static bool pins_pending(struct vcpu *v)
{
	return false;
}

static const struct vpic_pins pins = {
	.set = pin_set, .sync = pins_sync, .pending = pins_pending,
};
static const struct vpic_slots gic3 = { .name = "fake", .version = 3 };
static const struct vpic_slots gic2 = {
	.name = "fake", .version = 2, .window = { 0x8040000 },
	.window_size = 0x2000,
};

bool guest_host_begin(unsigned round)
{
	static const struct vpic_slots *const hosts[] = { &gic3, &gic2 };
	static u8 tree[256] ALIGNED(8);

	if (round >= ARRAY_LEN(hosts))
		return false;
	if (fdt_create_empty_tree(tree, sizeof(tree)))
		return false;
	random_init(tree);
	vpic_slots = hosts[round];
	vpic_pins = &pins;
	return true;
}
