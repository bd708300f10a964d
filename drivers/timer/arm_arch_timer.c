// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The generic timer: Arm ARM D11.  The counter is the clock, the EL2
 * physical timer (CNTHP) the event timer of each CPU.
 */
#include <arch/sysreg.h>
#include <drivers/arm_timer.h>
#include <vmm/clock.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/timer.h>

/* The binding's order of interrupts. */
enum { IRQ_SECURE, IRQ_PHYSICAL, IRQ_VIRTUAL, IRQ_HYPERVISOR };

#define CTL_ENABLE	1u

static struct arm_timer timer;
static bool found;
static struct irq_spec own;

const struct arm_timer *arm_timer_info(void)
{
	return found ? &timer : NULL;
}

static void set(u64 deadline_cycles)
{
	sysreg_write(cnthp_cval_el2, deadline_cycles);
	sysreg_write(cnthp_ctl_el2, CTL_ENABLE);
	isb();
}

static void stop(void)
{
	sysreg_write(cnthp_ctl_el2, 0);
	isb();
}

static void init_cpu(void)
{
	stop();
	irq_enable_percpu_first(own.number);
}

static const struct timer_ops ops = {
	.name = "arm_arch_timer",
	.set = set, .stop = stop, .init_cpu = init_cpu,
};

static void interrupt(void *arg)
{
	timer_interrupt();
}

static int clock_probe(struct device *dev)
{
	u32 hz;

	/* The property is there only where firmware left the register wrong. */
	if (!dt_u32(dev->node, "clock-frequency", 0, &hz))
		hz = (u32)sysreg_read(cntfrq_el0);
	if (!hz)
		return fail(-EINVAL, "timer: %s: unknown frequency",
			    dev->path);
	clock_init(hz);
	return 0;
}

static int probe(struct device *dev)
{
	int rc;

	if ((rc = clock_probe(dev)) ||
	    (rc = device_irq_spec(dev, IRQ_HYPERVISOR, &own)) ||
	    (rc = device_irq_spec(dev, IRQ_PHYSICAL, &timer.physical)) ||
	    (rc = device_irq_spec(dev, IRQ_VIRTUAL, &timer.virtual)))
		return rc;
	stop();
	rc = device_irq(dev, IRQ_HYPERVISOR, interrupt, NULL);
	if (rc)
		return rc;
	found = true;
	timer_ops_register(&ops);
	return 0;
}

static const struct driver arm_arch_timer = {
	.name = "arm_arch_timer",
	.match = (const struct dt_match[]){
		{ "arm,armv8-timer", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(arm_arch_timer);
