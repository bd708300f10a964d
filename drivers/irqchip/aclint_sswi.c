// SPDX-License-Identifier: GPL-2.0-or-later
/* Supervisor software interrupts by a register: RISC-V ACLINT 1.0, 4. */
#include "riscv_intc.h"
#include <arch/csr.h>
#include <arch/io.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

static u8 *registers[CONFIG_CPU_MAX];		/* c */

static void send_ipi(struct cpu *cpu)
{
	io_write32(registers[cpu->index], 1);
}

static int probe(struct device *dev)
{
	struct intc_target t;
	void *regs;
	u64 size;
	hpa_t base;
	int rc;

	if (!irq_chip())
		return -EPROBE_LATER;
	if ((rc = device_reg(dev, 0, &base, &size)) ||
	    (rc = device_map(dev, 0, &regs)))
		return rc;
	for (u32 i = 0; intc_target(dev->node, i, &t) && 4 * i < size; i++)
		if (t.cpu && t.local == IRQ_S_SOFT)
			registers[t.cpu->index] = (u8 *)regs + 4 * i;
	for (u32 c = 0; c < cpu_count; c++)
		if (!registers[c])
			return fail(-ENODEV, "aclint: no register for cpu %u",
				    c);
	intc_set_ipi(INTC_IPI_REGISTER, send_ipi);
	return 0;
}

static const struct driver driver = {
	.name = "aclint_sswi",
	.match = (const struct dt_match[]){
		{ "riscv,aclint-sswi", NULL },
		{ "thead,c900-aclint-sswi", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(driver);
