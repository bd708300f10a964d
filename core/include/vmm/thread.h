/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads: the only thing that is scheduled.  A VCPU is a thread whose body
 * is arch_vcpu_run(); the terminal calls the others orphan VCPUs.
 */
#ifndef VMM_THREAD_H
#define VMM_THREAD_H

#include <arch/page.h>
#include <arch/state.h>
#include <libs/list.h>
#include <vmm/cpu.h>
#include <vmm/spinlock.h>
#include <vmm/types.h>

struct console;
struct sched_group;
struct vcpu;

enum thread_state {
	THREAD_NEW,		/* made, never woken */
	THREAD_READY,		/* waits for a CPU */
	THREAD_RUNNING,
	THREAD_BLOCKED,
	THREAD_DEAD,		/* left its body, stack not yet freed */
};

#define THREAD_PRIORITY_DEFAULT	128	/* 0-255, higher first */
#define THREAD_PRIORITY_SYSTEM	160	/* terminal and other daemons */

/* c: constant after create; s: LOCK_SCHED; o: the CPU that runs it */
struct thread {
	struct arch_thread arch;	/* o */
	struct vcpu *vcpu;		/* o: while it runs its guest */
	u8 priority;			/* s */
	u8 state;			/* s: enum thread_state */
	u8 cpu;				/* s: where it runs or ran last */
	bool wake_pending;		/* s: woken before it blocked */
	cpu_mask_t affinity;		/* s */
	struct sched_group *group;	/* c: whose turns it takes */
	struct cpu *loaded_on;		/* s: whose hardware holds vcpu */
	struct list queue_entry;	/* s: in its group's ready list */
	struct list wait_entry;		/* lock of the wait queue it is on */
	struct list all_entry;		/* s: every thread there is */
	u64 run_cycles;			/* o: until it last stopped running */
	u64 blocked_cycles;		/* s: until it was last woken */
	u64 begin_cycles;		/* c: when it was started */
	u64 since_cycles;		/* s: when state last changed */
	u64 slice_cycles;		/* s: used up of its slice before */
	struct thread *joiner;		/* s: waits for its death */
	void (*body)(void *arg);	/* c */
	void *body_arg;			/* c */
	u8 *stack;			/* c: lowest byte, guard below */
	struct console *console;	/* o: where fail() reports; NULL: log */
	size_t stack_reserve;		/* c: the architecture's, at its top */
	char name[24];			/* c */
};

/*
 * Makes an orphan, ready to be woken by thread_start().  name is copied.
 * -ENOMEM.
 */
int thread_create(const char *name, void (*fn)(void *), void *arg,
		  struct thread **out);

/*
 * Fills in t, which the caller owns (a VCPU's), and gives it a stack of
 * which the top `reserve` bytes are left to the architecture.  -ENOMEM.
 */
int thread_init(struct thread *t, const char *name, size_t reserve);
/* Before thread_start().  fn begins with interrupts unmasked. */
void thread_set_body(struct thread *t, void (*fn)(void *), void *arg);
/*
 * Frees the stack of a thread that is new or dead; a VCPU's thread dies
 * detached (sched_vcpu_detach).
 */
void thread_fini(struct thread *t);

/* priority, affinity, group and vcpu are the caller's until then. */
void thread_start(struct thread *t);
/* Thread context, no lock held.  Same as returning from the body. */
_Noreturn void thread_exit(void);
/*
 * Waits until t is dead and off its stack; t may then be finished or
 * destroyed.  Thread context; at most one thread waits for t.
 */
void thread_join(struct thread *t);
/* Frees what thread_create() made; t is dead or was never started. */
void thread_destroy(struct thread *t);

static inline struct thread *thread_current(void)
{
	return this_cpu()->current;
}

/* End of t's stack; the architecture's reserve lies just below it. */
static inline void *thread_stack_top(const struct thread *t)
{
	return t->stack + ARCH_STACK_SIZE;
}

/* What t ran, in cycles, to this moment.  LOCK_SCHED held, or about. */
u64 thread_run_cycles(const struct thread *t);
/* What it was blocked; the rest, it waited for a CPU.  Likewise. */
u64 thread_blocked_cycles(const struct thread *t);
u64 thread_ready_cycles(const struct thread *t);

/* Highest number of stack bytes that t ever used. */
size_t thread_stack_used(const struct thread *t);
/* The most that any thread ever used of its own.  Anywhere but under locks. */
size_t thread_stack_used_most(void);

#endif
