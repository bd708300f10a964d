// SPDX-License-Identifier: GPL-2.0-or-later
/* One host CPU: what it must have, and its threads. */

#include "boot.h"
#include "vcpu.h"

#include <arch/csr.h>
#include <arch/frame.h>
#include <arch/isa.h>
#include <arch/offsets.h>
#include <libs/printf.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/cpu.h>
#include <vmm/log.h>
#include <vmm/trace.h>

_Static_assert(offsetof(struct cpu, requests) == CPU_REQUESTS, "");
_Static_assert(offsetof(struct cpu, arch.panic_stack_top) ==
	       CPU_PANIC_STACK, "");
_Static_assert(offsetof(struct cpu, hwid) == CPU_HWID, "");
_Static_assert(offsetof(struct cpu, boot_stack_top) == CPU_BOOT_STACK, "");
_Static_assert(offsetof(struct arch_thread, saved) == THREAD_SAVED, "");
_Static_assert(offsetof(struct arch_thread, sepc) == THREAD_SEPC, "");
_Static_assert(offsetof(struct arch_thread, sstatus) == THREAD_SSTATUS, "");
_Static_assert(offsetof(struct arch_thread, hstatus) == THREAD_HSTATUS, "");
_Static_assert(offsetof(struct cpu, trace_ring) == CPU_TRACE, "");
_Static_assert(offsetof(struct vcpu, trace_who) == VCPU_TRACE_WHO, "");
_Static_assert(sizeof(struct trace_record) == BIT(TRACE_RECORD_SHIFT), "");
_Static_assert(offsetof(struct arch_regs, vcpu) == REGS_VCPU, "");
_Static_assert(offsetof(struct arch_regs, cpu) == REGS_CPU, "");
_Static_assert(sizeof(struct arch_regs) == REGS_SIZE, "");
_Static_assert(offsetof(struct arch_frame, sepc) == FRAME_SEPC, "");
_Static_assert(sizeof(struct arch_frame) == FRAME_SIZE, "");

u64 arch_cpu_hwid(void)
{
	return this_cpu()->hwid;
}

int arch_cpu_init(struct cpu *cpu)
{
	int rc;

	if (!csr_exists(CSR_HSTATUS))
		return fail(-ENOTSUP, "cpu%u: no hypervisor extension (H)",
			    cpu->index);
	csr_write(CSR_HSTATUS, HSTATUS_VSXL_64);
	rc = pagetable_init_cpu(cpu);
	if (rc)
		return rc;
	if (cpu == &cpus[0])
		vcpu_features_init();
	vcpu_cpu_init();
	return 0;
}

void arch_cpu_idle(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

void arch_cpu_describe(struct console *con)
{
	char isa[256] = "rv64";

	for (unsigned i = 0; i < ISA_COUNT; i++)
		if (isa_has(i))
			printf_append(isa, sizeof(isa), "%s%s",
				      isa_names[i][1] ? "_" : "",
				      isa_names[i]);
	report_text(con, "isa", isa);
	report_text(con, "branch_prediction",
		    "not mitigated: RISC-V has no barrier for it");
	pagetable_describe(con);
}

void arch_thread_init(struct arch_thread *t, void *stack_top,
		      void (*fn)(void *), void *arg)
{
	extern char thread_entry[];

	*t = (struct arch_thread){
		.saved = { (u64)thread_entry, (u64)stack_top, 0, (u64)fn,
			   (u64)arg },
		.sstatus = SSTATUS_SPP, .hstatus = HSTATUS_VSXL_64,
	};
}
