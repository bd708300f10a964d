// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steal-time accounting, SBI 3.0 chapter 16: the time in which a VCPU had
 * work to do and another had its CPU.
 */

#include "sbi.h"

#include "vcpu.h"

#include <arch/cycles.h>
#include <vmm/clock.h>
#include <vmm/guest.h>

#define NOWHERE		(~0ull)

/* The guest reads again when the sequence is odd or has changed. */
struct shared {
	u32 sequence, flags;
	u64 steal_ns;
	u8 preempted, padding[47];
};
_Static_assert(sizeof(struct shared) == 64, "");

static struct shared *shared_of(struct vcpu *v)
{
	size_t size = sizeof(struct shared);
	struct shared *s = guest_pin(v->guest, GPA(v->arch.steal.gpa), &size);

	return size == sizeof(struct shared) ? s : NULL;
}

static void publish(struct vcpu *v, bool preempted)
{
	struct shared *s = shared_of(v);
	u32 sequence;

	if (!s)
		return;
	sequence = s->sequence | 1;
	__atomic_store_n(&s->sequence, sequence, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	s->steal_ns = clock_cycles_to_ns(v->arch.steal.cycles);
	s->preempted = preempted;
	__atomic_store_n(&s->sequence, sequence + 1, __ATOMIC_RELEASE);
}

/* Something to do, and may: from now on it waits for a CPU. */
static bool is_waiting(const struct vcpu *v)
{
	return !__atomic_load_n(&v->guest->stopping, __ATOMIC_RELAXED) &&
	       (!v->idle || v->thread.state == THREAD_READY);
}

/* The memory of who has nothing to do, or must not run, is left alone. */
void sbi_steal_put(struct vcpu *v)
{
	const bool waits = is_waiting(v);

	__atomic_store_n(&v->arch.steal.since, waits ? cycles_read() : 0,
			 __ATOMIC_RELAXED);
	if (waits)
		publish(v, true);
}

/* Of who sleeps and is in no CPU: else put knows, or there is no wait. */
void sbi_steal_wake(struct vcpu *v)
{
	u64 nothing = 0;

	if (__atomic_load_n(&v->idle, __ATOMIC_RELAXED) &&
	    !__atomic_load_n(&v->arch.cpu, __ATOMIC_RELAXED))
		__atomic_compare_exchange_n(&v->arch.steal.since, &nothing,
					    cycles_read(), false,
					    __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
}

void sbi_steal_load(struct vcpu *v)
{
	struct arch_steal *s = &v->arch.steal;

	u64 since = __atomic_exchange_n(&s->since, 0, __ATOMIC_RELAXED);

	if (!since)
		return;
	s->cycles += cycles_read() - since;
	publish(v, false);
}

void sbi_vcpu_reset(struct vcpu *v)
{
	v->arch.steal = (struct arch_steal){ .gpa = NOWHERE };
	v->arch.ad_locked = false;
	for (unsigned i = 0; i < PMU_EVENT_COUNT; i++)
		v->arch.events[i] = 0;
	for (unsigned i = 0; i < ARCH_PMU_COUNTERS; i++)
		v->arch.counters[i] = (struct arch_pmu_counter){ 0 };
}

/* args: low and high half of the address, flags. */
static sbi_answer set_shmem(struct vcpu *v, const u64 *args)
{
	const struct shared empty = { .sequence = 0 };

	if (args[2])
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (args[0] == NOWHERE && args[1] == NOWHERE) {
		v->arch.steal.gpa = NOWHERE;
		return sbi_error(SBI_SUCCESS);
	}
	if (args[0] % sizeof(struct shared))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	if (args[1] || guest_write(v->guest, GPA(args[0]), &empty,
				   sizeof(empty)))
		return sbi_error(SBI_ERR_INVALID_ADDRESS);
	v->arch.steal = (struct arch_steal){ .gpa = args[0] };
	return sbi_error(SBI_SUCCESS);
}

const struct sbi_extension sbi_sta = SBI_EXTENSION(SBI_STA, set_shmem);
