// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests' lives on simulated CPUs: operators and VCPUs at the same time.  The
 * guest has VCPUs and an interrupt controller that does nothing, no memory.
 */
#include <libs/printf.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/test.h>

#include "../../core/guest/internal.h"
#include "fake_platform.h"

#define STEP_NS		200000ull
#define VCPUS		2

static bool pic_pending(struct vpic *p, struct vcpu *v)
{
	return false;
}

static void pic_nothing(struct vpic *p, struct vcpu *v)
{
}

static const struct vpic_ops pic_ops = {
	.name = "none", .pending = pic_pending, .vcpu_reset = pic_nothing,
	.sync = pic_nothing,
};
static struct vpic pic = { .ops = &pic_ops };

static struct guest g;
static struct guest_config config = { .watch_given = true };
static struct vcpu vcpus[VCPUS], *vcpu_list[VCPUS];
static struct list listed;

static bool add_vcpu(unsigned i)
{
	struct vcpu *v = &vcpus[i];
	char name[16];

	*v = (struct vcpu){
		.guest = &g, .index = i, .hwid = i, .power = VCPU_OFF,
	};
	snprintf(name, sizeof(name), "life/%u", i);
	if (thread_init(&v->thread, name, 0))
		return false;
	v->thread.group = &g.group;
	thread_set_body(&v->thread, vcpu_thread, v);
	vcpu_list[i] = v;
	return true;
}

/* As guest_create() leaves it; the references are ours, so it stays. */
static bool begin(unsigned host_cpus)
{
	platform_start(host_cpus);
	g = (struct guest){
		.name = "life", .vcpus = vcpu_list, .vcpu_count = VCPUS,
		.pic = &pic, .references = 100, .config = &config,
	};
	mutex_init(&g.lock);
	wait_init(&g.parking);
	spin_init(&g.power_lock, LOCK_POWER);
	sched_group_init(&g.group);
	list_init(&listed);
	list_add_tail(&listed, &g.entry);
	for (unsigned i = 0; i < VCPUS; i++)
		if (!add_vcpu(i))
			return false;
	vcpus[0].start.entry = GPA(0x1000);
	vcpus[0].power = VCPU_STARTING;
	return true;
}

/* ---- An operator: a thread that does one thing after the other ---- */

static int (*wanted)(struct guest *g);
static int result;
static bool done;

static void operate(void *arg)
{
	result = wanted(&g);
	done = true;
}

static void run(unsigned steps)
{
	while (steps--)
		platform_step(STEP_NS);
}

/* fn by a thread of its own; what it gave, or 1 when it did not end. */
static int operator_does(int (*fn)(struct guest *g))
{
	struct thread *t;

	wanted = fn;
	done = false;
	if (thread_create("operator", operate, NULL, &t))
		return 1;
	t->priority = THREAD_PRIORITY_SYSTEM;
	thread_start(t);
	for (unsigned i = 0; i < 200 && t->state != THREAD_DEAD; i++)
		platform_step(STEP_NS);
	if (!done)
		return 1;
	thread_destroy(t);
	return result;
}

static bool any_loaded(void)
{
	for (unsigned i = 0; i < VCPUS; i++)
		if (vcpus[i].arch.loaded)
			return true;
	return false;
}

static bool all_dead(void)
{
	bool dead = true;

	for (unsigned i = 0; i < VCPUS; i++) {
		dead = dead && vcpus[i].thread.state == THREAD_DEAD;
		if (vcpus[i].thread.state == THREAD_DEAD ||
		    vcpus[i].thread.state == THREAD_NEW)
			thread_fini(&vcpus[i].thread);
	}
	platform_stop();
	return dead;
}

/* ---- Cases ---- */

static void lives_and_ends(void)
{
	EXPECT(begin(2));
	EXPECT_EQ(operator_does(guest_kick), 0);
	run(4);
	EXPECT_EQ(vcpus[0].power, VCPU_ON);
	EXPECT_EQ(vcpus[1].power, VCPU_OFF);
	EXPECT_EQ(vcpus[0].arch.pc, 0x1000);
	EXPECT_EQ(operator_does(guest_destroy), 0);
	EXPECT(all_dead());
}

static int pause_resume_pause(struct guest *guest)
{
	int rc = guest_pause(guest);

	if (!rc)
		rc = guest_resume(guest);
	return rc ? rc : guest_pause(guest);
}

/* A guest is paused when guest_pause() says so, and goes on after. */
static void pauses(void)
{
	for (unsigned host_cpus = 1; host_cpus <= 3; host_cpus++) {
		EXPECT(begin(host_cpus));
		EXPECT_EQ(operator_does(guest_kick), 0);
		run(host_cpus);
		for (unsigned i = 0; i < 10; i++) {
			EXPECT_EQ(operator_does(pause_resume_pause), 0);
			EXPECT_EQ(g.state, GUEST_PAUSED);
			EXPECT_EQ(g.parked_count, VCPUS);
			EXPECT(!any_loaded());
			run(3);
			EXPECT(!any_loaded());
			EXPECT_EQ(operator_does(guest_pause), -EPERM);
			EXPECT_EQ(operator_does(guest_resume), 0);
			run(3);
			EXPECT(any_loaded());
		}
		EXPECT_EQ(operator_does(guest_destroy), 0);
		EXPECT(all_dead());
	}
}

static int turn_on(struct guest *guest)
{
	return vcpu_power_on(guest, 1, &(struct vcpu_start){
			.entry = GPA(0x2000) });
}

/* Turned on while the guest is paused: begins when it goes on. */
static void turned_on_in_pause(void)
{
	EXPECT(begin(2));
	EXPECT_EQ(operator_does(guest_kick), 0);
	EXPECT_EQ(operator_does(guest_pause), 0);
	EXPECT_EQ(operator_does(turn_on), 0);
	EXPECT_EQ(operator_does(turn_on), -EAGAIN);
	run(4);
	EXPECT_EQ(vcpus[1].power, VCPU_STARTING);
	EXPECT_EQ(operator_does(guest_resume), 0);
	run(4);
	EXPECT_EQ(vcpus[1].power, VCPU_ON);
	EXPECT_EQ(vcpus[1].arch.pc, 0x2000);
	EXPECT_EQ(operator_does(turn_on), -EEXIST);
	EXPECT_EQ(operator_does(guest_destroy), 0);
	EXPECT(all_dead());
}

/* Another session still holds a guest that was destroyed. */
static void nothing_after_the_end(void)
{
	EXPECT(begin(2));
	EXPECT_EQ(operator_does(guest_kick), 0);
	run(4);
	EXPECT_EQ(operator_does(guest_destroy), 0);
	EXPECT_EQ(operator_does(guest_destroy), -ENOENT);
	EXPECT_EQ(operator_does(guest_reset), -ENOENT);
	EXPECT_EQ(operator_does(guest_kick), -EPERM);
	EXPECT_EQ(operator_does(guest_pause), -EPERM);
	EXPECT_EQ(operator_does(guest_resume), -EPERM);
	EXPECT_EQ(operator_does(guest_shutdown), -EPERM);
	EXPECT(all_dead());
}

/* The same for one that never ran: its threads must not start. */
static void no_reset_of_the_unborn(void)
{
	EXPECT(begin(1));
	EXPECT_EQ(operator_does(guest_destroy), 0);
	EXPECT_EQ(operator_does(guest_reset), -ENOENT);
	EXPECT_EQ(vcpus[0].thread.state, THREAD_NEW);
	all_dead();
}

SUITE(guest_life, TEST(lives_and_ends), TEST(pauses),
      TEST(turned_on_in_pause), TEST(nothing_after_the_end),
      TEST(no_reset_of_the_unborn));
