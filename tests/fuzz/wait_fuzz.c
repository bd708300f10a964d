// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes wait queues, deadlines and mutexes (LLVM's libFuzzer): threads on
 * one to four simulated CPUs take tokens, give them, and hold a mutex over
 * it.  No token is lost or taken twice, one thread holds the mutex and they
 * have it in the order in which they came, and whoever sleeps has a reason.
 */
#include "../suites/fake_platform.h"
#include "../suites/sched_actors.h"
#include "../suites/story.h"
#include <arch/irqflags.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/wait.h>

#define QUEUES		2
#define STEPS		300
#define STUCK_STEPS	2000

/* What a thread waits for. */
enum reason { NOTHING, TOKEN, DEADLINE, MUTEX };

static struct story story;
static struct wait_queue queues[QUEUES];
static unsigned tokens[QUEUES], given, taken;
static struct mutex mutex;
static unsigned inside;
static enum reason reasons[ACTORS_MAX];
static unsigned queue_of[ACTORS_MAX];
static u64 deadlines[ACTORS_MAX];

static u32 self(const struct actor *a)
{
	return (u32)(a - actors);
}

/* True once, for one who finds a token. */
static bool take(unsigned q)
{
	u64 flags = irq_save();
	bool got = tokens[q] > 0;

	tokens[q] -= got;
	taken += got;
	irq_restore(flags);
	return got;
}

static void wait_token(struct actor *a)
{
	unsigned q = story_below(&story, QUEUES);

	queue_of[self(a)] = q;
	reasons[self(a)] = TOKEN;
	wait_until(&queues[q], actors_ending || take(q));
	reasons[self(a)] = NOTHING;
}

static void wait_token_until(struct actor *a)
{
	unsigned q = story_below(&story, QUEUES);
	u64 deadline = clock_now() + story_take(&story, 2) * 1000;
	bool got = false;
	int rc;

	queue_of[self(a)] = q;
	deadlines[self(a)] = deadline;
	reasons[self(a)] = DEADLINE;
	rc = wait_until_deadline(&queues[q], actors_ending || (got = take(q)),
				 deadline);
	reasons[self(a)] = NOTHING;
	assert(rc == 0 || rc == -ETIMEDOUT);
	assert(rc == 0 || (!got && clock_now() >= deadline));
	assert(rc != 0 || got || actors_ending);
}

static void give(unsigned q, bool all)
{
	u64 flags = irq_save();

	tokens[q]++;
	given++;
	irq_restore(flags);
	if (all)
		wait_wake_all(&queues[q]);
	else
		wait_wake_one(&queues[q]);
}

static void give_token(struct actor *a)
{
	unsigned how = (unsigned)story_take(&story, 1);

	give(how % QUEUES, how & 0x80);
}

static void wake_in_vain(struct actor *a)
{
	wait_wake_all(&queues[story_below(&story, QUEUES)]);
}

static void hold_mutex(struct actor *a)
{
	reasons[self(a)] = MUTEX;
	mutex_lock(&mutex);
	reasons[self(a)] = NOTHING;
	assert(!inside++ && mutex.owner == &a->vcpu.thread);
	for (u32 i = story_below(&story, 8); i && !actors_ending; i--)
		platform_spin();
	if (story_below(&story, 4) == 0)
		give_token(a);
	assert(inside-- == 1);
	mutex_unlock(&mutex);
}

static void sleep_short(struct actor *a)
{
	u64 deadline = clock_now() + story_take(&story, 1) * 4000;

	wait_deadline(deadline);
	assert(clock_now() >= deadline);
}

static void (*const acts[])(struct actor *a) = {
	wait_token, wait_token_until, give_token, give_token, wake_in_vain,
	hold_mutex, hold_mutex, sleep_short,
};

/* When the story is over each comes to rest on the first queue. */
static void act(struct actor *a)
{
	if (story.left)
		acts[story_below(&story, ARRAY_LEN(acts))](a);
	else
		wait_token(a);
}

/* Does a thread that sleeps have what it waits for? */
static bool is_forgotten(unsigned i)
{
	switch (reasons[i]) {
	case TOKEN:
		return tokens[queue_of[i]] > 0;
	case DEADLINE:
		return tokens[queue_of[i]] > 0 ||
		       clock_now() > deadlines[i] + 4 * ACTORS_STEP_NS;
	case MUTEX:
		return !mutex.owner;
	case NOTHING:
		return false;
	}
	return false;
}

/* While nobody is about to run, nobody sleeps who could go on. */
static void check_sleepers(void)
{
	for (unsigned i = 0; i < actor_count; i++)
		if (actors[i].vcpu.thread.state != THREAD_BLOCKED)
			return;
	for (unsigned i = 0; i < actor_count; i++)
		assert(!is_forgotten(i));
}

static void begin(u32 kind)
{
	actors_begin(1 + (kind & 3));
	mutex_init(&mutex);
	inside = given = taken = 0;
	for (unsigned q = 0; q < QUEUES; q++) {
		wait_init(&queues[q]);
		tokens[q] = 0;
	}
	for (u32 i = 0; i < 2 + (kind >> 2) % (ACTORS_MAX - 1); i++) {
		u32 how = (u32)story_take(&story, 1);
		struct thread *t = actors_add(act, how & 4 ? NULL :
					      &actor_groups[how & 3]);

		assert(t);
		reasons[i] = NOTHING;
		t->priority = (u8)(100 + (how >> 3));
		thread_start(t);
	}
}

/* All come to rest, whatever they were at; then they end. */
static void end(void)
{
	story.left = 0;
	for (unsigned i = 0; i < STUCK_STEPS; i++) {
		platform_step(ACTORS_STEP_NS);
		check_sleepers();
		if (!mutex.owner && i > 20 && tokens[0] == 0)
			break;
	}
	assert(!mutex.owner && given == taken + tokens[0] + tokens[1]);
	actors_ending = true;
	for (unsigned q = 0; q < QUEUES; q++)
		wait_wake_all(&queues[q]);
	assert(actors_end());
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	story = (struct story){ .at = data, .left = size };
	begin((u32)story_take(&story, 1));
	for (unsigned i = 0; i < STEPS && story.left; i++) {
		u32 step = (u32)story_take(&story, 1);

		platform_step(step * ACTORS_STEP_NS / 128);
		if (!(step & 15))
			give(step >> 4 & 1, step & 0x20);
		check_sleepers();
		assert(actors_check());
	}
	end();
	return 0;
}
