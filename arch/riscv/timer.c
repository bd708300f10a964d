// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timers of guests.  With Sstc the CPU's vstimecmp is the guest's while it is
 * loaded, and without exits; a timer of ours rings for who waits.  Without,
 * the guest has the firmware's only, which a timer of ours is.
 */

#include "vcpu.h"

#include "sbi/sbi.h"

#include <vmm/clock.h>
#include <vmm/guest.h>
#include <vmm/sched.h>
#include <vmm/why.h>

#define NEVER	(~0ull)

static bool is_due(const struct vcpu *v)
{
	return guest_clock_cycles(v->guest) >= v->arch.timecmp;
}

static void ring_at(struct vcpu *v, u64 timecmp)
{
	if (timecmp != NEVER && !v->guest->clock.paused_at_cycles)
		timer_set_cycles(&v->arch.timer,
				 guest_clock_to_host_cycles(v->guest, timecmp));
}

/* With Sstc: whoever waits looks itself.  Else: early after a pause. */
static void expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, arch.timer);

	if (timer_has_sstc()) {
		sbi_steal_begin(v);
		sched_wake_masked(&v->thread);
	} else if (is_due(v)) {
		vcpu_line_raise(v, HVIP_TIMER);
	} else {
		ring_at(v, v->arch.timecmp);
	}
}

void timer_vcpu_init(struct vcpu *v)
{
	timer_init_for(&v->arch.timer, expired, &v->thread);
	v->arch.timecmp = NEVER;
}

void timer_vcpu_fini(struct vcpu *v)
{
	timer_cancel(&v->arch.timer);
}

void timer_vcpu_reset(struct vcpu *v)
{
	timer_cancel(&v->arch.timer);
	v->arch.timecmp = NEVER;
}

/* One that its host timer left behind in a pause. */
void timer_load_emulated(struct vcpu *v)
{
	u32 lines = __atomic_load_n(&v->arch.lines, __ATOMIC_RELAXED);

	if (v->arch.timecmp != NEVER && !(lines & HVIP_TIMER) &&
	    !timer_is_set(&v->arch.timer))
		ring_at(v, v->arch.timecmp);
}

void timer_arm_emulated(struct vcpu *v, u64 timecmp)
{
	timer_cancel(&v->arch.timer);
	v->arch.timecmp = timecmp;
	if (is_due(v)) {
		vcpu_line_raise(v, HVIP_TIMER);
		return;
	}
	vcpu_line_lower(v, HVIP_TIMER);
	ring_at(v, timecmp);
}

void timer_vcpu_explain(const struct vcpu *v, struct vcpu_why *w)
{
	const u64 now = guest_clock_cycles(v->guest);
	struct why_timer *t = &w->timers[0];
	u64 cmp = v->arch.timecmp;

	if (timer_has_sstc() && vcpu_is_loaded_here(v))
		cmp = csr_read(CSR_VSTIMECMP);
	w->timer_count = 1;
	*t = (struct why_timer){
		.name = "stimecmp", .id = IRQ_S_TIMER, .on = cmp != NEVER,
		.due = now >= cmp, .due_ns = ~0ull,
	};
	if (t->due)
		t->due_ns = 0;
	else if (guest_clock_to_host_cycles(v->guest, cmp) != ~0ull)
		t->due_ns = clock_cycles_to_ns(cmp - now);
}

void timer_wait_begin(struct vcpu *v)
{
	if (timer_has_sstc() && csr_read(CSR_HIE) & HVIP_TIMER)
		ring_at(v, csr_read(CSR_VSTIMECMP));
}
