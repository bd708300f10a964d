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
#include <vmm/hostmap.h>

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
static int map_device(hpa_t pa, size_t size, void **out)
{
	(void)size;
	boot_tables[BOOT_TABLE_COUNT - 1][BOOT_DEVICE_SLOT] =
		ALIGN_DOWN(pa.v, BLOCK_SIZE) | BLOCK_DEVICE;
	dsb(ish);
	isb();
	*out = (void *)(ARCH_IMAGE_BASE + BOOT_DEVICE_SLOT * BLOCK_SIZE +
			(pa.v & (BLOCK_SIZE - 1)));
	return 0;
}

/*
 * Entered below EL2: no per-CPU register, no traps, none of our services.
 * All that can be done is to say so.
 */
_Noreturn void boot_wrong_level(u64 dtb)
{
	static const char text[] =
		"monovisor: entered at EL1, but a hypervisor runs at EL2: "
		"start it with virtualization enabled (QEMU: "
		"-M virt,virtualization=on) or from firmware that stays at "
		"EL2\n";

	dt_host = dtb_va(dtb);
	if (!dt_check(dt_host, BLOCK_SIZE, "host tree") &&
	    !device_early_console(map_device)) {
		host_console_write(text, sizeof(text) - 1);
		host_console_flush();
	}
	for (;;)
		__asm__ volatile("wfi");
}

hpa_t arch_cpu_entry(struct cpu *cpu, u64 *arg)
{
	*arg = (u64)cpu;
	return hostmap_image_hpa(secondary_start);
}
