// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests under a debugger: breakpoint instructions, which come to us while
 * hedeleg does not give them away; and guests' tables walked by hand
 * (Privileged ISA, "Virtual Address Translation Process").  CPUs' triggers
 * belong to M-mode: there is no watching and no stepping by the CPU.
 */

#include "exits.h"
#include "vcpu.h"

#include <arch/isa.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/guest_debug.h>

#include "pure/decode.h"
#include "pure/next.h"

/* ---- what to stop for ---- */

int arch_vcpu_debug_set(struct vcpu *v, const struct vcpu_debug *d)
{
	if (d->count)
		return -ENOTSUP;
	v->arch.debug = d->on;
	v->arch.hstatus = d->on && d->tables ? HSTATUS_VTVM : 0;
	return 0;
}

const void *arch_breakpoint(u64 size)
{
	static const u32 ebreak = 0x00100073;
	static const u16 c_ebreak = 0x9002;

	if (size == sizeof(ebreak))
		return &ebreak;
	return size == sizeof(c_ebreak) && isa_has(ISA_C) ? &c_ebreak : NULL;
}

bool exit_breakpoint(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read(), pc = exit_pc();

	if (!vcpu_debug_break(v, pc))
		fault_reflect(v, cause, csr_read(CSR_STVAL));
	exit_account(v, EXIT_FAULT, begin, pc);
	return false;
}

/* ---- tables that change, which hstatus.VTVM makes trap ---- */

#define SFENCE_VMA	0x12000073u
#define SINVAL_VMA	0x16000073u
#define FENCE_MASK	0xfe007fffu
#define CSR_OPCODE	0x73u
#define CSR_MASK	0x7fu

/* CSRRW, CSRRS, CSRRC and their forms with a number instead of rs1. */
static void satp_access(struct vcpu *v, u32 insn)
{
	const unsigned rs1 = insn >> 15 & 31, rd = insn >> 7 & 31;
	const u64 operand = insn & BIT(14) ? rs1 : v->arch.regs->x[rs1];
	const u64 old = csr_read(CSR_VSATP);

	switch (insn >> 12 & 3) {
	case 1:
		csr_write(CSR_VSATP, operand);
		break;
	case 2:
		csr_write(CSR_VSATP, old | operand);
		break;
	case 3:
		csr_write(CSR_VSATP, old & ~operand);
		break;
	}
	if (rd)
		v->arch.regs->x[rd] = old;
}

bool debug_tables(struct vcpu *v, u32 insn)
{
	if ((insn & FENCE_MASK) == SFENCE_VMA ||
	    (insn & FENCE_MASK) == SINVAL_VMA)
		hfence_vvma_all();
	else if ((insn & CSR_MASK) == CSR_OPCODE && insn >> 12 & 3 &&
		 insn >> 20 == CSR_SATP)
		satp_access(v, insn);
	else
		return false;
	exit_step(4);
	v->arch.vs[VS_VSATP] = csr_read(CSR_VSATP);
	if (!vcpu_debug_tables(v)) {
		v->arch.hstatus = 0;
		csr_clear(CSR_HSTATUS, HSTATUS_VTVM);
	}
	return true;
}

/* ---- addresses ---- */

#define PTE_V		BIT64(0)
#define PTE_LEAF	(BIT64(1) | BIT64(3))		/* R, X */
#define PTE_PPN_SHIFT	10
#define PTE_N		BIT64(63)
#define NAPOT_BITS	4				/* Svnapot: 64 KiB */
#define LEVEL_BITS	9

static gpa_t leaf_address(u64 pte, u64 va, unsigned shift)
{
	u64 at = (pte >> PTE_PPN_SHIFT & ATP_PPN) << PAGE_SHIFT;

	if (pte & PTE_N)
		shift = PAGE_SHIFT + NAPOT_BITS;
	return GPA((at & ~0ull << shift) | (va & ~(~0ull << shift)));
}

int arch_vcpu_translate(struct vcpu *v, u64 va, gpa_t *out)
{
	const u64 satp = v->arch.vs[VS_VSATP], mode = satp >> ATP_MODE_SHIFT;
	unsigned shift = PAGE_SHIFT + LEVEL_BITS * (unsigned)(mode - 6);
	u64 table = (satp & ATP_PPN) << PAGE_SHIFT, pte;

	*out = GPA(va);
	if (mode == ATP_MODE_BARE)
		return 0;
	if (mode < ATP_MODE_39 || mode > ATP_MODE_57 ||
	    (s64)(va << (64 - shift - LEVEL_BITS)) >>
	    (64 - shift - LEVEL_BITS) != (s64)va)
		return -EFAULT;
	for (;; shift -= LEVEL_BITS) {
		u64 index = va >> shift & (BIT64(LEVEL_BITS) - 1);

		if (guest_read(v->guest, GPA(table + 8 * index), &pte, 8) ||
		    !(pte & PTE_V))
			return -EFAULT;
		if (pte & PTE_LEAF)
			break;
		if (shift == PAGE_SHIFT)
			return -EFAULT;
		table = (pte >> PTE_PPN_SHIFT & ATP_PPN) << PAGE_SHIFT;
	}
	*out = leaf_address(pte, va, shift);
	return 0;
}

/* ---- stepping: breakpoints where v may go next ---- */

#define RESERVATION_MAX	16		/* instructions from LR to SC */

static bool fetch_half(struct vcpu *v, u64 va, u16 *half)
{
	gpa_t at;

	return !arch_vcpu_translate(v, va, &at) &&
	       !guest_read(v->guest, at, half, sizeof(*half));
}

/* 0, which is no instruction: it cannot be read. */
static u32 fetch(struct vcpu *v, u64 pc)
{
	u16 low, high = 0;

	if (!fetch_half(v, pc, &low) ||
	    (decode_length(low) == 4 && !fetch_half(v, pc + 2, &high)))
		return 0;
	return low | (u32)high << 16;
}

/*
 * From LR on: behind SC, and where the first branch leads that is taken.
 * Stops in between would end the reservation each time.
 */
static unsigned step_over(struct vcpu *v, u64 pc, u64 next[2])
{
	unsigned count = 1;
	u32 insn = fetch(v, pc);

	for (unsigned i = 0; i < RESERVATION_MAX && insn; i++) {
		u64 branch = next_branch(insn, pc);

		if (branch && count == 1)
			next[count++] = branch;
		pc += decode_length(insn);
		next[0] = pc;
		if (next_is_sc(insn))
			return count;
		insn = fetch(v, pc);
	}
	return 0;
}

unsigned arch_vcpu_step(struct vcpu *v, u64 next[2])
{
	const u64 pc = v->arch.pc;
	const u32 insn = fetch(v, pc);
	unsigned count = next_is_lr(insn) ? step_over(v, pc, next) : 0;

	if (count)
		return count;
	next[0] = next_pc(insn, pc, v->arch.regs->x, v->arch.vs[VS_VSEPC]);
	return 1;
}

/* ---- registers ---- */

enum { RUN_X, RUN_PC, RUN_F, RUN_FCSR, RUN_ROWS };

/* Rows of arch_vcpu_state[]: x1 to x31, pc, mode, the rest but the last. */
#define ROWS_FIRST	33
#define ROWS_COUNT	(VS_COUNT + 3)

#define CPU	"org.gnu.gdb.riscv.cpu"
#define FPU	"org.gnu.gdb.riscv.fpu"

const char arch_gdb_name[] = "riscv:rv64";
const struct arch_gdb_run arch_gdb_runs[] = {
	[RUN_X] = { CPU, "x", NULL, 64, 32, 0 },
	[RUN_PC] = { CPU, "pc", "code_ptr", 64, 1, 0 },
	[RUN_F] = { FPU, "f", "ieee_double", 64, 32, 0 },
	[RUN_FCSR] = { FPU, "fcsr", NULL, 32, 1, 0 },
	[RUN_ROWS] = { "org.monovisor.system", NULL, NULL, 64, ROWS_COUNT,
		       ROWS_FIRST },
};
const size_t arch_gdb_run_count = ARRAY_LEN(arch_gdb_runs);

static void *register_at(struct vcpu *v, size_t run, unsigned n)
{
	switch (run) {
	case RUN_X:
		return n ? &v->arch.regs->x[n] : NULL;
	case RUN_PC:
		return &v->arch.pc;
	case RUN_F:
		return &v->arch.fp.f[n];
	}
	return &v->arch.fp.fcsr;
}

const void *arch_gdb_at(struct vcpu *v, size_t run, unsigned n)
{
	return register_at(v, run, n);
}

void arch_gdb_write(struct vcpu *v, size_t run, unsigned n, const void *value)
{
	void *at = register_at(v, run, n);

	if (at)
		memcpy(at, value, arch_gdb_runs[run].bits / 8);
	v->arch.pc &= ~1ull;
}
