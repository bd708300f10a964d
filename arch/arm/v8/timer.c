// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Generic timers of guests (Arm ARM D11).  The virtual one is the CPU's own:
 * its interrupt is forwarded through a list register that is linked to the
 * physical interrupt.  The physical one is emulated, since only CPUs with
 * FEAT_ECV could give it the guest's offset.
 */

#include "vcpu.h"

#include <arch/cycles.h>
#include <arch/sysreg.h>
#include <drivers/arm_timer.h>
#include <vmm/clock.h>
#include <vmm/guest.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/why.h>

#define CTL_ENABLE	BIT64(0)
#define CTL_IMASK	BIT64(1)
#define CTL_ISTATUS	BIT64(2)

/* The private interrupts that guests' trees name. */
#define PIN_VIRTUAL	27
#define PIN_PHYSICAL	30

static bool is_armed(u64 ctl)
{
	return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/* The hardware's virtual timer fired: for whoever this CPU holds. */
static void virtual_interrupt(void *arg)
{
	struct vcpu *v = this_cpu()->loaded;
	struct vpic *p;

	(void)arg;
	if (unlikely(!v)) {
		sysreg_write(cntv_ctl_el0, 0);
		irq_deactivate(arm_timer_info()->virtual.number);
		return;
	}
	p = v->guest->pic;
	p->ops->take_linked(p, v, PIN_VIRTUAL);
}

static void physical_line(struct vcpu *v, bool level)
{
	struct vpic *p = v->guest->pic;

	v->arch.ptimer.high = level;
	p->ops->set_private(p, v, PIN_PHYSICAL, level);
}

static void enable_here(void *arg)
{
	(void)arg;
	irq_enable_percpu(arm_timer_info()->virtual.number);
}

int timer_init_guests(void)
{
	const struct arm_timer *t = arm_timer_info();
	int rc;

	if (!t || !t->virtual.number)
		return fail(-ENODEV, "timer: the host's tree has no virtual "
			    "timer interrupt");
	rc = irq_request_forwarded(&t->virtual, "virtual timer",
				   virtual_interrupt, NULL);
	if (!rc)
		smp_call(CPU_MASK_ALL, enable_here, NULL);
	return rc;
}

/*
 * v sleeps and its timer is not in the hardware: no request, since load()
 * sees that the timer has rung.
 */
static void virtual_expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, arch.vtimer.timer);

	sched_wake_masked(&v->thread);
}

/*
 * Line and host timer as the registers have it.  The host timer's function,
 * if it runs elsewhere, has ended before the line is set for good.
 */
static void physical_update(struct vcpu *v)
{
	struct arch_timer *t = &v->arch.ptimer;
	const bool armed = is_armed(t->ctl);
	const bool due = guest_clock_cycles(v->guest) >= t->cval;

	timer_cancel(&t->timer);
	if (armed && !due && !v->guest->clock.paused_at_cycles)
		timer_set_cycles(&t->timer,
				 guest_clock_to_host_cycles(v->guest,
							    t->cval));
	physical_line(v, armed && due);
}

/* Early when the guest's clock stood meanwhile. */
static void physical_expired(struct timer *t)
{
	struct vcpu *v = container_of(t, struct vcpu, arch.ptimer.timer);

	if (likely(guest_clock_cycles(v->guest) >= v->arch.ptimer.cval))
		physical_line(v, true);
	else
		physical_update(v);
}

void timer_vcpu_init(struct vcpu *v)
{
	timer_init_for(&v->arch.vtimer.timer, virtual_expired, &v->thread);
	timer_init_for(&v->arch.ptimer.timer, physical_expired, &v->thread);
}

void timer_vcpu_fini(struct vcpu *v)
{
	timer_cancel(&v->arch.vtimer.timer);
	timer_cancel(&v->arch.ptimer.timer);
}

void timer_vcpu_reset(struct vcpu *v)
{
	struct vpic *p = v->guest->pic;
	const u64 flags = irq_save();

	p->ops->link(p, v, PIN_VIRTUAL, arm_timer_info()->virtual.number);
	timer_vcpu_fini(v);
	v->arch.vtimer.ctl = v->arch.ptimer.ctl = 0;
	v->arch.vtimer.cval = v->arch.ptimer.cval = 0;
	physical_line(v, false);
	irq_restore(flags);
}

/*
 * Who waits for a CPU needs no host timer, which would interrupt others: what
 * is due by the next load rings then, when that is over.
 */
void timer_put_physical(struct vcpu *v)
{
	struct timer *t = &v->arch.ptimer.timer;

	if (!v->idle && timer_is_set(t))
		timer_cancel(t);
}

void timer_load_physical(struct vcpu *v)
{
	struct arch_timer *t = &v->arch.ptimer;

	if (is_armed(t->ctl) && !t->high && !timer_is_set(&t->timer))
		timer_set_cycles(&t->timer,
				 MAX(guest_clock_to_host_cycles(v->guest,
								t->cval),
				     cycles_read()));
}

/* The virtual one may have rung meanwhile: the guest's clock goes. */
static ALWAYS_INLINE void load_virtual(struct vcpu *v)
{
	const u64 ctl = v->arch.vtimer.ctl;
	struct guest *g = v->guest;

	if (is_armed(ctl) &&
	    cycles_read() - g->clock.offset_cycles >= v->arch.vtimer.cval)
		g->pic->ops->raise_linked(g->pic, v, PIN_VIRTUAL);
	isb();
	sysreg_write(cntv_ctl_el0, ctl);
}

static NO_INLINE void load_early(struct vcpu *v)
{
	timer_cancel(&v->arch.vtimer.timer);
	load_virtual(v);
}

void timer_load_enabled(struct vcpu *v)
{
	if (unlikely(timer_is_set(&v->arch.vtimer.timer)))
		load_early(v);		/* something else woke it */
	else
		load_virtual(v);
}

void timer_put_enabled(struct vcpu *v)
{
	struct arch_timer *t = &v->arch.vtimer;

	sysreg_write(cntv_ctl_el0, 0);
	isb();
	if (v->idle && is_armed(t->ctl))
		timer_set_cycles(&t->timer,
				 guest_clock_to_host_cycles(v->guest,
							    t->cval));
}

static void explain(const struct vcpu *v, struct why_timer *t, u64 ctl,
		    u64 cval)
{
	const u64 now = guest_clock_cycles(v->guest);

	t->on = ctl & CTL_ENABLE;
	t->masked = ctl & CTL_IMASK;
	t->due = t->on && now >= cval;
	t->due_ns = t->due ? 0 : ~0ull;
	if (!t->due && guest_clock_to_host_cycles(v->guest, cval) != ~0ull)
		t->due_ns = clock_cycles_to_ns(cval - now);
}

void timer_vcpu_explain(const struct vcpu *v, struct vcpu_why *w)
{
	u64 ctl = v->arch.vtimer.ctl, cval = v->arch.vtimer.cval;

	if (vcpu_is_loaded_here(v)) {
		ctl = sysreg_read(cntv_ctl_el0);
		cval = sysreg_read(cntv_cval_el0);
	}
	w->timer_count = 2;
	w->timers[0] = (struct why_timer){ .name = "CNTV", .id = PIN_VIRTUAL };
	explain(v, &w->timers[0], ctl, cval);
	w->timers[1] = (struct why_timer){ .name = "CNTP", .id = PIN_PHYSICAL };
	explain(v, &w->timers[1], v->arch.ptimer.ctl, v->arch.ptimer.cval);
}

static void physical_control(struct vcpu *v, u64 ctl)
{
	v->arch.ptimer.ctl = ctl;
	if (ctl & CTL_ENABLE)
		v->arch.also |= ARCH_ALSO_PTIMER;
	else
		v->arch.also &= ~(u32)ARCH_ALSO_PTIMER;
}

u64 timer_physical_read(struct vcpu *v, u32 reg)
{
	const struct arch_timer *t = &v->arch.ptimer;
	u64 now = guest_clock_cycles(v->guest);

	if (reg == TIMER_CVAL)
		return t->cval;
	if (reg == TIMER_TVAL)
		return (u32)(t->cval - now);
	return t->ctl | (t->ctl & CTL_ENABLE && now >= t->cval ? CTL_ISTATUS :
								 0);
}

void timer_physical_write(struct vcpu *v, u32 reg, u64 value)
{
	struct arch_timer *t = &v->arch.ptimer;

	if (reg == TIMER_CVAL)
		t->cval = value;
	else if (reg == TIMER_TVAL)
		t->cval = guest_clock_cycles(v->guest) +
			  (u64)(s64)(s32)value;
	else
		physical_control(v, value & (CTL_ENABLE | CTL_IMASK));
	physical_update(v);
}
