// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The timer of RISC-V CPUs: stimecmp where they have it (Sstc), else the
 * firmware's (SBI TIME).
 */
#include <arch/csr.h>
#include <arch/isa.h>
#include <arch/sbi.h>
#include <libs/printf.h>
#include <vmm/clock.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/timer.h>

#define NEVER		(~0ull)
#define HZ_MAX		4000000000ull

static void set_register(u64 deadline_cycles)
{
	csr_write(CSR_STIMECMP, deadline_cycles);
}

static void set_firmware(u64 deadline_cycles)
{
	sbi_call(&(struct sbi_call){ SBI_TIME, SBI_TIME_SET,
				     { deadline_cycles } });
}

static void stop_register(void)
{
	set_register(NEVER);
}

static void stop_firmware(void)
{
	set_firmware(NEVER);
}

static void init_cpu(void)
{
	irq_enable_percpu(IRQ_S_TIMER);
}

static const struct timer_ops by_register = {
	.name = "stimecmp", .set = set_register, .stop = stop_register,
	.init_cpu = init_cpu,
}, by_firmware = {
	.name = "sbi", .set = set_firmware, .stop = stop_firmware,
	.init_cpu = init_cpu,
};

static void interrupt(void *arg)
{
	timer_interrupt();
}

/* Of all CPUs, or of the first one that says it. */
static bool frequency(struct dt_node cpus_node, u64 *hz)
{
	bool found = dt_u64(cpus_node, "timebase-frequency", hz);

	dt_for_each_child(n, cpus_node)
		found = found || dt_u64(n, "timebase-frequency", hz);
	return found && *hz && *hz <= HZ_MAX;
}

static int probe(struct device *dev)
{
	static const struct irq_spec own = { .number = IRQ_S_TIMER };
	const struct timer_ops *ops = isa_has(ISA_SSTC) ? &by_register :
							  &by_firmware;
	u64 hz;
	int rc;

	if (!irq_chip())
		return -EPROBE_LATER;
	if (!frequency(dev->node, &hz))
		return fail(-EINVAL, "timer: %s: unknown frequency",
			    dev->path);
	clock_init(hz);
	ops->stop();
	rc = irq_request(&own, "timer", interrupt, NULL);
	if (rc)
		return rc;
	log_info("timer: %s, %" PRIu64 " Hz", ops->name, hz);
	timer_ops_register(ops);
	return 0;
}

static const struct driver riscv_timer = {
	.name = "riscv_timer", .probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(riscv_timer);
