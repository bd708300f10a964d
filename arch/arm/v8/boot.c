// SPDX-License-Identifier: GPL-2.0-or-later
/* First C code: from start.S to core, or to one line and a stop. */

#include "boot.h"

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <vmm/arch.h>
#include <vmm/cpu.h>
#include <vmm/device.h>
#include <vmm/dt.h>
#include <vmm/console.h>
#include <vmm/image.h>
#include <vmm/page.h>

#define BLOCK_SIZE	MIB(2)
#define BLOCK_DEVICE	0x401ull	/* AF, MAIR 0 */

extern u64 boot_tables[BOOT_TABLE_COUNT][512];

hpa_t boot_host_root;

static u8 panic_stacks[CONFIG_CPU_MAX][4096] ALIGNED(16);

static const void *dtb_va(u64 dtb)
{
	return (const void *)(ARCH_IMAGE_BASE + BOOT_DTB_SLOT * BLOCK_SIZE +
			      (dtb & (BLOCK_SIZE - 1)));
}

static void cpu_prepare(struct cpu *cpu)
{
	cpu->arch.panic_stack_top = panic_stacks[cpu - cpus + 1];
	arch_set_this_cpu(cpu);
}

_Noreturn void boot_main(u64 dtb, u64 image)
{
	const struct boot_info boot = {
		.dtb = HPA(dtb),
		.dtb_va = dtb_va(dtb),
		.image = HPA(image),
		.boot_hwid = arch_cpu_hwid(),
	};

	cpu_prepare(&cpus[0]);
	core_main(&boot);
}

_Noreturn void boot_secondary(struct cpu *cpu)
{
	cpu_prepare(cpu);
	core_secondary_main(cpu);
}

/* Reaches a device through the boot tables; they are all there is. */
static void *map_device(u64 base)
{
	boot_tables[BOOT_TABLE_COUNT - 1][BOOT_DEVICE_SLOT] =
		ALIGN_DOWN(base, BLOCK_SIZE) | BLOCK_DEVICE;
	dsb(ish);
	isb();
	return (void *)(ARCH_IMAGE_BASE + BOOT_DEVICE_SLOT * BLOCK_SIZE +
			(base & (BLOCK_SIZE - 1)));
}

static const struct driver *uart_driver(struct dt_node node)
{
	set_for_each(driver, d) {
		for (const struct dt_match *m = d->match;
		     d->early && m->compatible; m++)
			if (dt_is_compatible(node, m->compatible))
				return d;
	}
	return NULL;
}

static void say(struct uart *u, const char *text)
{
	size_t left = __builtin_strlen(text);

	for (unsigned tries = 0; left && tries < 1u << 24; tries++) {
		size_t n = u->ops->send(u, (const u8 *)text, left);

		text += n;
		left -= n;
	}
}

/*
 * Entered below EL2: no per-CPU register, no traps, none of our services.
 * All that can be done is to say so.
 */
_Noreturn void boot_wrong_level(u64 dtb)
{
	struct dt_node node = dt_stdout(dtb_va(dtb));
	const struct driver *driver = dt_exists(node) ? uart_driver(node) :
							NULL;
	struct uart uart = { 0 };
	u64 base, size;

	if (driver && !dt_reg(node, 0, &base, &size) &&
	    !driver->early(map_device(base), &uart))
		say(&uart, "monovisor: entered at EL1, but a hypervisor runs "
		    "at EL2: start it with virtualization enabled (QEMU: "
		    "-M virt,virtualization=on) or from firmware that stays "
		    "at EL2\r\n");
	for (;;)
		__asm__ volatile("wfi");
}

hpa_t arch_cpu_entry(struct cpu *cpu, u64 *arg)
{
	*arg = (u64)cpu;
	return hostmap_image_hpa(secondary_start);
}
