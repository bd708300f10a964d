// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the scheduler (LLVM's libFuzzer): threads of several guests on one to
 * four simulated CPUs block, yield, move, wake each other and are woken by
 * interrupts.  After each step nobody is lost or runs twice, nobody waits for
 * a lesser one, and no wake-up is forgotten; equals have equal shares.
 */
#include "../suites/fake_platform.h"
#include "../suites/sched_actors.h"
#include "../suites/story.h"
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <vmm/clock.h>
#include <vmm/log.h>
#include <vmm/timer.h>

#define STEPS		400
#define SLICE_NS	(CONFIG_SCHED_SLICE_MS * PLATFORM_MS)

static struct story story;
static struct timer interrupts[ACTORS_MAX];

static struct actor *any_actor(void)
{
	return &actors[story_below(&story, actor_count)];
}

/* Who is blocked is so no more; who is not will not block the next time. */
static void wake(struct actor *a)
{
	u64 flags = irq_save();
	bool blocked = a->vcpu.thread.state == THREAD_BLOCKED;

	sched_wake(&a->vcpu.thread);
	assert(!blocked || a->vcpu.thread.state != THREAD_BLOCKED);
	a->owed = a->owed || !blocked;
	irq_restore(flags);
}

/* From outside of all threads: in an interrupt of CPU 0, whose end looks. */
static void wake_outside(struct actor *a)
{
	wake(a);
	fake_cpu_irq(0);
}

static void block(struct actor *a)
{
	u64 flags = irq_save(), before = a->vcpu.thread.blocked_cycles;

	if (!actors_ending) {
		assert(a->owed == a->vcpu.thread.wake_pending);
		fake_cycles++;		/* time blocked shows */
		if (a->owed) {
			a->owed = false;
			sched_block();
			assert(a->vcpu.thread.blocked_cycles == before);
		} else {
			sched_block();
		}
	}
	irq_restore(flags);
}

static void ring(struct timer *t)
{
	for (u32 i = 1 + story_below(&story, 3); i; i--)
		wake(any_actor());
}

static void spin(struct actor *a)
{
	for (u32 i = story_below(&story, 60); i && !actors_ending; i--)
		platform_spin();
}

static void yield(struct actor *a)
{
	irq_mask();
	sched_yield();
	irq_unmask();
}

static void wake_any(struct actor *a)
{
	wake(any_actor());
}

static void move_any(struct actor *a)
{
	struct thread *t = &any_actor()->vcpu.thread;
	cpu_mask_t mask = 1 + story_below(&story, 15);
	int rc = sched_set_affinity(t, mask);

	assert(!rc == !!(mask & cpu_online_mask));
	assert(rc || t->state != THREAD_RUNNING || mask >> t->cpu & 1 ||
	      t->affinity != mask);
}

static void interrupt_soon(struct actor *a)
{
	timer_set(&interrupts[a - actors],
		  clock_now() + 1000 * story_take(&story, 1));
}

static void (*const acts[])(struct actor *a) = {
	spin, spin, block, block, yield, wake_any, move_any, interrupt_soon,
};

/* Who has nothing left to read uses its CPU. */
static void act(struct actor *a)
{
	if (story.left)
		acts[story_below(&story, ARRAY_LEN(acts))](a);
	else
		platform_spin();
}

static void add_all(u32 count, bool even)
{
	for (u32 i = 0; i < count; i++) {
		u32 kind = (u32)story_take(&story, 1), g = kind & 7;
		struct thread *t = actors_add(act, g < ACTOR_GROUPS ?
					      &actor_groups[g] : NULL);

		assert(t);
		timer_init(&interrupts[i], ring);
		if (!even) {
			t->priority = (u8)(100 + 20 * (kind >> 3 & 3));
			t->affinity = kind & 0x20 ? CPU_MASK(kind >> 6) | 1 :
						    CPU_MASK_ALL;
		}
		thread_start(t);
	}
}

static void check_share(const struct sched_group *g, u64 before, u64 share)
{
	u64 got = actors_received(g) - before;

	assert(got + 2 * SLICE_NS >= share && got <= share + 2 * SLICE_NS);
}

/* On one CPU, all of one priority and none asleep: each group has its part. */
static void check_fair(void)
{
	const struct sched_group *there[ACTORS_MAX];
	u64 before[ACTORS_MAX];
	unsigned count = 0, n;

	for (unsigned i = 0; i < actor_count; i++) {
		wake_outside(&actors[i]);
		for (n = 0; n < count; n++)
			if (there[n] == actors[i].vcpu.thread.group)
				break;
		if (n == count)
			there[count++] = actors[i].vcpu.thread.group;
	}
	actors_run(6 * count * SLICE_NS);	/* accounts come together */
	for (n = 0; n < count; n++)
		before[n] = actors_received(there[n]);
	actors_run(4 * count * SLICE_NS);
	for (n = 0; n < count; n++)
		check_share(there[n], before[n], 4 * SLICE_NS);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u32 kind, cpu_total;

	story = (struct story){ .at = data, .left = size };
	kind = (u32)story_take(&story, 1);
	cpu_total = 1 + (kind & 3);
	actors_begin(cpu_total);
	add_all(2 + (kind >> 2 & 15) % (ACTORS_MAX - 1), kind & 0x40);
	for (unsigned i = 0; i < STEPS && story.left; i++) {
		u32 step = (u32)story_take(&story, 1);

		platform_step(step * ACTORS_STEP_NS / 128);
		if (!(step % 3))
			wake_outside(any_actor());
		assert(actors_check());
	}
	story.left = 0;
	if ((kind & 0xc3) == 0xc0)
		check_fair();
	for (unsigned i = 0; i < actor_count; i++)
		timer_cancel(&interrupts[i]);
	assert(actors_end());
	return 0;
}
