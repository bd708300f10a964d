// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests and calls from one CPU to others.
 *
 * There is one call at a time, and callers take turns in the order in which
 * they came.  A caller masks interrupts, so that it cannot be preempted while
 * others wait for it, and serves the calls of others while it waits for its
 * turn or for its answers: nobody waits for somebody who does not listen.
 */
#include <vmm/clock.h>
#include <arch/barrier.h>
#include <arch/irqflags.h>
#include <vmm/cpu.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/panic.h>

#define PATIENCE_NS	5000000000ull

static struct call {
	u32 tickets;			/* a: callers that came */
	u32 turn;			/* a: whose it is, by its ticket */
	cpu_mask_t waiting;		/* a: who has not finished */
	void (*fn)(void *arg);		/* the caller's, read by the waiting */
	void *arg;
} call;

void cpu_request(struct cpu *cpu, u32 requests)
{
	u32 was = __atomic_fetch_or(&cpu->requests, requests,
				    __ATOMIC_RELEASE);

	if (cpu != this_cpu() && (was & requests) != requests)
		irq_chip()->send_ipi(cpu);
}

/* Masked.  Runs the call in progress if this CPU is meant. */
static void serve(struct cpu *cpu)
{
	cpu_mask_t self = CPU_MASK(cpu->index);

	if (!(__atomic_load_n(&call.waiting, __ATOMIC_ACQUIRE) & self))
		return;
	if (IS_ENABLED(CONFIG_DEBUG_LOCKS))
		assert(!cpu->in_irq);
	cpu->in_irq = true;
	call.fn(call.arg);
	cpu->in_irq = false;
	__atomic_fetch_and(&call.waiting, ~self, __ATOMIC_RELEASE);
}

void cpu_ipi_received(void)
{
	struct cpu *cpu = this_cpu();

	cpu->ipi_count++;
	panic_stop_others();
	serve(cpu);
}

/* Masked. */
static void take_turn(struct cpu *cpu)
{
	const u32 ticket = __atomic_fetch_add(&call.tickets, 1,
					      __ATOMIC_RELAXED);

	while (__atomic_load_n(&call.turn, __ATOMIC_ACQUIRE) != ticket) {
		serve(cpu);
		cpu_relax();
	}
}

static void end_turn(void)
{
	__atomic_store_n(&call.turn, call.turn + 1, __ATOMIC_RELEASE);
}

static void send(cpu_mask_t mask)
{
	for (; mask; mask &= mask - 1)
		irq_chip()->send_ipi(&cpus[__builtin_ctzll(mask)]);
}

static void wait_for_all(struct cpu *cpu)
{
	struct clock_limit limit = clock_limit(PATIENCE_NS);
	cpu_mask_t left;

	serve(cpu);
	while ((left = __atomic_load_n(&call.waiting, __ATOMIC_ACQUIRE))) {
		if (clock_limit_is_over(&limit))
			panic("smp: CPUs of mask %llx do not answer CPU %u",
			      (unsigned long long)left, cpu->index);
		cpu_relax();
	}
}

void smp_call(cpu_mask_t mask, void (*fn)(void *arg), void *arg)
{
	struct cpu *cpu;

	assert(!irq_masked());
	irq_mask();
	cpu = this_cpu();
	assert(!cpu->in_irq);
	mask &= __atomic_load_n(&cpu_online_mask, __ATOMIC_ACQUIRE);
	take_turn(cpu);
	call.fn = fn;
	call.arg = arg;
	__atomic_store_n(&call.waiting, mask, __ATOMIC_RELEASE);
	send(mask & ~CPU_MASK(cpu->index));
	wait_for_all(cpu);
	end_turn();
	irq_unmask();
}
