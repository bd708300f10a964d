// SPDX-License-Identifier: GPL-2.0-or-later
/* First C code: from start.S to core, or to one line and a stop. */

#include "boot.h"

#include <arch/csr.h>
#include <arch/sbi.h>
#include <vmm/arch.h>
#include <vmm/cpu.h>
#include <vmm/hostmap.h>

#define BLOCK_SIZE	MIB(2)

u64 boot_satp;

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

static void firmware_print(const char *text)
{
	bool dbcn = sbi_probe(SBI_DBCN);

	for (; *text; text++)
		sbi_call(&(struct sbi_call){
			.extension = dbcn ? SBI_DBCN : SBI_LEGACY_PUTCHAR,
			.function = dbcn ? SBI_DBCN_WRITE_BYTE : 0,
			.args = { (u8)*text },
		});
}

/* The firmware's console, since drivers come with the hypervisor. */
static _Noreturn void no_hypervisor(void)
{
	firmware_print("monovisor: this CPU has no hypervisor extension (H): "
		       "start it on one that has (QEMU: -cpu rv64,h=on)\n");
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void boot_main(u64 hwid, u64 dtb, u64 image)
{
	const struct boot_info boot = {
		.dtb = HPA(dtb),
		.dtb_va = dtb_va(dtb),
		.image = HPA(image),
		.boot_hwid = hwid,
	};

	if (!csr_exists(CSR_HSTATUS))
		no_hypervisor();
	cpu_prepare(&cpus[0]);
	core_main(&boot);
}

_Noreturn void boot_secondary(struct cpu *cpu)
{
	cpu_prepare(cpu);
	core_secondary_main(cpu);
}

hpa_t arch_cpu_entry(struct cpu *cpu, u64 *arg)
{
	__atomic_store_n(&boot_next, cpu, __ATOMIC_RELEASE);
	*arg = (u64)cpu;
	return hostmap_image_hpa(secondary_start);
}
