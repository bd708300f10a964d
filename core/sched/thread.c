// SPDX-License-Identifier: GPL-2.0-or-later
/* Making and ending threads, and their stacks. */
#include <arch/cycles.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/hostmap.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/thread.h>

#include "internal.h"

/* What stack bytes hold that nobody wrote yet. */
#define STACK_FILL	0xa5
#define STACK_ALIGN	16

static void thread_enter(void *arg)
{
	struct thread *t = arg;

	sched_switch_end();
	irq_unmask();
	t->body(t->body_arg);
	thread_exit();
}

int thread_init(struct thread *t, const char *name, size_t reserve)
{
	u8 *stack;
	int err = hostmap_stack(ARCH_STACK_SIZE, &stack);

	if (err)
		return err;
	memset(stack, STACK_FILL, ARCH_STACK_SIZE);
	*t = (struct thread){
		.priority = THREAD_PRIORITY_DEFAULT,
		.state = THREAD_NEW,
		.affinity = CPU_MASK_ALL,
		.group = &sched_orphans,
		.stack = stack,
		.stack_reserve = ALIGN_UP(reserve, STACK_ALIGN),
	};
	list_init(&t->queue_entry);
	list_init(&t->wait_entry);
	string_copy(t->name, name, sizeof(t->name));
	SCOPED_LOCK(&sched_lock);
	list_add_tail(&sched_threads, &t->all_entry);
	return 0;
}

void thread_set_body(struct thread *t, void (*fn)(void *), void *arg)
{
	u8 *top = thread_stack_top(t);

	t->body = fn;
	t->body_arg = arg;
	arch_thread_init(&t->arch, top - t->stack_reserve, thread_enter, t);
}

void thread_fini(struct thread *t)
{
	{
		SCOPED_LOCK(&sched_lock);
		assert(t->state == THREAD_NEW || t->state == THREAD_DEAD);
		assert(!t->loaded_on);
		list_remove(&t->all_entry);
	}
	hostmap_stack_free(t->stack, ARCH_STACK_SIZE);
	t->stack = NULL;
}

int thread_create(const char *name, void (*fn)(void *), void *arg,
		  struct thread **out)
{
	struct thread *t = heap_alloc(sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	err = thread_init(t, name, 0);
	if (err) {
		heap_free(t);
		return err;
	}
	thread_set_body(t, fn, arg);
	*out = t;
	return 0;
}

void thread_destroy(struct thread *t)
{
	thread_fini(t);
	heap_free(t);
}

void thread_start(struct thread *t)
{
	SCOPED_LOCK(&sched_lock);
	assert(t->state == THREAD_NEW && t->body);
	t->begin_cycles = t->since_cycles = cycles_read();
	sched_make_ready(t);
}

_Noreturn void thread_exit(void)
{
	sched_exit();
}

static bool join_begin(struct thread *t)
{
	SCOPED_LOCK(&sched_lock);
	if (t->state == THREAD_DEAD)
		return false;
	assert(!t->joiner || t->joiner == thread_current());
	t->joiner = thread_current();
	return true;
}

void thread_join(struct thread *t)
{
	while (join_begin(t))
		sched_block();
}

size_t thread_stack_used(const struct thread *t)
{
	size_t unused = 0;

	while (unused < ARCH_STACK_SIZE && t->stack[unused] == STACK_FILL)
		unused++;
	return ARCH_STACK_SIZE - unused;
}

size_t thread_stack_used_most(void)
{
	struct thread *t;
	size_t most = 0;

	SCOPED_LOCK(&sched_lock);
	list_for_each(t, &sched_threads, all_entry) {
		const size_t used = thread_stack_used(t);

		if (most < used)
			most = used;
	}
	return most;
}
