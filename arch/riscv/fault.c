// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults of guests' second stage: accesses to emulated devices, and what is
 * reflected as the Privileged ISA would have it (hypervisor extension,
 * "Trap Cause Codes" and "Transformed Instruction").
 */

#include "exits.h"
#include "vcpu.h"

#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>

#include "pure/decode.h"

/* htinst of faults in the guest's own tables; bit 5: updating A or D. */
#define HTINST_WALK		0x3000u
#define HTINST_WALK_STORE	0x20u

void fault_reflect(struct vcpu *v, u64 cause, u64 value)
{
	static const u8 events[] = {
		[CAUSE_ILLEGAL] = PMU_ILLEGAL,
		[CAUSE_LOAD_ACCESS] = PMU_ACCESS_LOAD,
		[CAUSE_STORE_ACCESS] = PMU_ACCESS_STORE,
	};
	u64 vsstatus = csr_read(CSR_VSSTATUS);
	u64 status = vsstatus & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);

	if (vsstatus & SSTATUS_SIE)
		status |= SSTATUS_SPIE;
	status |= csr_read_set(CSR_SSTATUS, SSTATUS_SPP) & SSTATUS_SPP;
	if (cause < ARRAY_LEN(events))
		v->arch.events[events[cause]]++;
	csr_write(CSR_VSSTATUS, status);
	csr_write(CSR_VSEPC, csr_read(CSR_SEPC));
	csr_write(CSR_VSCAUSE, cause);
	csr_write(CSR_VSTVAL, value);
	csr_write(CSR_SEPC, csr_read(CSR_VSTVEC) & ~3ull);
}

bool fault_fetch(u32 *insn)
{
	u64 pc = csr_read(CSR_SEPC);
	u32 low, high = 0;

	if (!unprivileged_half(pc, &low) ||
	    (decode_length(low) == 4 && !unprivileged_half(pc + 2, &high))) {
		unprivileged_failed(pc);
		return false;
	}
	*insn = low | high << 16;
	return true;
}

static ALWAYS_INLINE gpa_t fault_address(void)
{
	return GPA(csr_read(CSR_HTVAL) << 2 | (csr_read(CSR_STVAL) & 3));
}

/* The access fault that a machine without RAM or device there has. */
static NO_INLINE void reflect_access(struct vcpu *v, u64 cause)
{
	static const u8 faults[] = {
		[CAUSE_FETCH_GUEST_PAGE] = CAUSE_FETCH_ACCESS,
		[CAUSE_LOAD_GUEST_PAGE] = CAUSE_LOAD_ACCESS,
		[CAUSE_STORE_GUEST_PAGE] = CAUSE_STORE_ACCESS,
	};

	fault_reflect(v, faults[cause], csr_read(CSR_STVAL));
}

/* Those that take the long way, since begin.  -EFAULT: nothing answered. */
static int count_store(struct vcpu *v, u64 tally, u64 begin)
{
	if (!tally)
		return -EFAULT;
	vcpu_count_store(v, tally, cycles_read() - begin);
	return 0;
}

static int count_load(struct vcpu *v, u64 tally, u64 begin)
{
	if (!tally)
		return -EFAULT;
	vcpu_count_load(v, tally, cycles_read() - begin);
	return 0;
}

/* An element of 1 to 8 bytes from or to an FP register, which are live. */
static int float_access(struct vcpu *v, gpa_t gpa, struct decoded d)
{
	u64 *f = &v->arch.fp.f[d.reg], begin = cycles_read();
	unsigned size = d.how & ACCESS_SIZE;
	struct vcpu_loaded loaded;

	if (!v->arch.fp_live)
		return -ENOTSUP;
	fp_save(&v->arch.fp);
	if (d.how & ACCESS_STORE)
		return count_store(v, vcpu_store(v, gpa, size, *f), begin);
	loaded = vcpu_load(v, gpa, size);
	if (count_load(v, loaded.tally, begin))
		return -EFAULT;
	*f = decode_extend(loaded.value, d.how);
	if (!v->arch.fp_live)
		return 0;		/* it was switched meanwhile */
	fp_restore(&v->arch.fp);
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	csr_set(CSR_VSSTATUS, SSTATUS_FS);
	return 0;
}

static int integer_access(struct vcpu *v, gpa_t gpa, struct decoded d)
{
	u64 *x = v->arch.regs->x, begin = cycles_read();
	unsigned size = d.how & ACCESS_SIZE;
	struct vcpu_loaded loaded;

	if (d.how & ACCESS_STORE)
		return count_store(v, vcpu_store(v, gpa, size, x[d.reg]),
				   begin);
	loaded = vcpu_load(v, gpa, size);
	if (count_load(v, loaded.tally, begin))
		return -EFAULT;
	x[d.reg] = decode_extend(loaded.value, d.how);
	x[0] = 0;
	return 0;
}

/* Atomics, vectors, what crosses an element's border: no device takes it. */
static int odd_access(struct vcpu *v, gpa_t gpa, bool store)
{
	u64 pc = exit_pc();
	int rc = vcpu_memory_fault(v, gpa, store);

	if (rc == -ENOTSUP)
		vcpu_log(v, "guest: %s/%u: pc 0x%llx: no instruction for a "
			 "device at 0x%llx", v->guest->name, v->index,
			 (unsigned long long)pc,
			 (unsigned long long)gpa.v);
	return rc;
}

/*
 * Aligned, and the fault is where the access begins: another part of it may
 * be in memory.
 */
static bool is_whole(const struct vcpu *v, const struct decoded *d, u64 va)
{
	return d->how && !(va & ((d->how & ACCESS_SIZE) - 1u)) &&
	       v->arch.regs->x[d->base] + (u64)(s64)d->offset == va;
}

/*
 * insn: what was read of it, or 0.  Done, to be done again, or reflected; for
 * AMOs as stores, whichever half of them faulted.
 */
static void any_access(struct vcpu *v, u64 cause, u32 htinst, u32 insn)
{
	const gpa_t gpa = fault_address();
	struct decoded d;
	bool whole;
	int rc;

	if (htinst & 1) {
		insn = htinst;
		d = decode_transformed(htinst);
		whole = d.how && !d.base &&
			!(gpa.v & ((d.how & ACCESS_SIZE) - 1u));
	} else if (insn || fault_fetch(&insn)) {
		d = decode_fetched(insn);
		whole = is_whole(v, &d, csr_read(CSR_STVAL));
	} else {
		return;
	}
	if (decode_is_amo(insn))
		cause = CAUSE_STORE_GUEST_PAGE;
	if (unlikely(!whole))
		rc = odd_access(v, gpa, cause == CAUSE_STORE_GUEST_PAGE);
	else if (d.how & ACCESS_FLOAT)
		rc = float_access(v, gpa, d);
	else
		rc = integer_access(v, gpa, d);
	if (rc)
		reflect_access(v, cause);
	else if (whole)
		exit_step(d.length);
}

static void exit_any(struct vcpu *v, u64 cause, u32 insn)
{
	u64 begin = cycles_read(), pc = exit_pc();
	u32 htinst = (u32)csr_read(CSR_HTINST);
	enum arch_exit reason = EXIT_MMIO;

	if (unlikely((htinst & ~HTINST_WALK_STORE) == HTINST_WALK)) {
		reason = EXIT_FAULT;
		if (vcpu_memory_fault(v, fault_address(),
				      htinst & HTINST_WALK_STORE))
			reflect_access(v, cause);
	} else {
		any_access(v, cause, htinst, insn);
	}
	exit_account(v, reason, begin, pc);
}

/*
 * ---- Integer loads and stores of 32 bits, or that htinst shows as such: all
 * but a few.  The instruction is kept with what is above 32 bits, and so
 * little else that exits save few registers. ----
 */

#define OPCODE_MASK	0x7du		/* bit 1: see decode_form() */
#define OPCODE_LOAD	0x01u
#define OPCODE_STORE	0x21u
#define FUNCT3_UNSIGNED	14

static ALWAYS_INLINE unsigned usual_shift(u64 insn)
{
	return insn >> 12 & 3;
}

/* Whole, as is_whole() says; htinst has 0 for what is_whole() adds up. */
static ALWAYS_INLINE bool is_usual(u64 insn, u64 address, u64 va)
{
	return likely(address == va) &&
	       likely(va >> usual_shift(insn) << usual_shift(insn) == va);
}

static ALWAYS_INLINE u64 usual_insn(u64 pc)
{
	u64 insn = unprivileged_word(pc);
	u32 whole;

	if (likely((insn & 3) == 3))
		return insn;
	whole = decode_expand((u32)insn);
	return whole ? whole : insn;
}

static ALWAYS_INLINE u64 usual_base(const struct vcpu *v, u64 insn)
{
	return v->arch.regs->x[insn >> 15 & 31];
}

/* As htval has it, with what that leaves out. */
static ALWAYS_INLINE gpa_t usual_address(u64 htval, u64 va)
{
	return GPA(htval << 2 | (va & 3));
}

static ALWAYS_INLINE u64 usual_extend(u64 insn, u64 value)
{
	unsigned unused = 64 - (8u << usual_shift(insn));

	return (s64)(insn << (63 - FUNCT3_UNSIGNED)) < 0 ? value :
	       (u64)((s64)(value << unused) >> unused);
}

/* Past the instruction: read again, since nothing trapped. */
static ALWAYS_INLINE u64 usual_step(u64 insn)
{
	u64 pc = exit_pc();

	csr_write(CSR_SEPC, pc + 2 + (insn & 2));
	return pc;
}

/* Nothing answers; gives where the load or store is. */
static NO_INLINE u64 usual_fault(struct vcpu *v)
{
	u64 pc = exit_pc();

	reflect_access(v, csr_read(CSR_SCAUSE));
	return pc;
}

/* What a trap of ours on the way changes. */
struct fault {
	u64 pc, va, htval;
};

/* insn 0: it could not be read, htinst was 0. */
static NO_INLINE bool exit_unusual(struct vcpu *v, u64 cause, u64 insn,
				   const struct fault *f)
{
	if (!insn) {
		unprivileged_failed(f->pc);
		csr_write(CSR_STVAL, f->va);
		csr_write(CSR_HTVAL, f->htval);
		csr_write(CSR_HTINST, 0);
	}
	exit_any(v, cause, (u32)insn);
	return true;
}

bool exit_load_fault(struct vcpu *v, u64 cause)
{
	const u64 begin = cycles_read(), pc = csr_read(CSR_SEPC);
	const u64 va = csr_read(CSR_STVAL), htval = csr_read(CSR_HTVAL);
	u64 insn = csr_read(CSR_HTINST), address, at;
	struct vcpu_loaded loaded;
	u64 *x;

	if (insn) {
		address = va + decode_base((u32)insn);
	} else {
		insn = usual_insn(pc);
		address = usual_base(v, insn) +
			  (u64)(s64)decode_load_offset((u32)insn);
	}
	if (unlikely((insn & OPCODE_MASK) != OPCODE_LOAD ||
		     !is_usual(insn, address, va)))
		return exit_unusual(v, cause, insn,
				    &(struct fault){ pc, va, htval });
	loaded = vcpu_load(v, usual_address(htval, va),
			   1u << usual_shift(insn));
	__asm__("" : "+r"(insn));	/* nothing of it is kept */
	if (unlikely(!loaded.tally)) {
		at = usual_fault(v);
		loaded.tally = VCPU_TALLY_NONE;
	} else {
		x = v->arch.regs->x;
		x[insn >> 7 & 31] = usual_extend(insn, loaded.value);
		x[0] = 0;
		at = usual_step(insn);
	}
	vcpu_count_load(v, loaded.tally,
			exit_account(v, EXIT_MMIO, begin, at));
	return EXIT_KEPT >> (insn >> 7 & 31) & 1;
}

bool exit_store_fault(struct vcpu *v, u64 cause)
{
	const u64 begin = cycles_read(), pc = csr_read(CSR_SEPC);
	const u64 va = csr_read(CSR_STVAL), htval = csr_read(CSR_HTVAL);
	u64 insn = csr_read(CSR_HTINST), address, at, tally;

	if (insn) {
		address = va + decode_base((u32)insn);
	} else {
		insn = usual_insn(pc);
		address = usual_base(v, insn) +
			  (u64)(s64)decode_store_offset((u32)insn);
	}
	if (unlikely((insn & (OPCODE_MASK | BIT(FUNCT3_UNSIGNED))) !=
		     OPCODE_STORE || !is_usual(insn, address, va)))
		return exit_unusual(v, cause, insn,
				    &(struct fault){ pc, va, htval });
	tally = vcpu_store(v, usual_address(htval, va),
			   1u << usual_shift(insn),
			   v->arch.regs->x[insn >> 20 & 31]);
	if (unlikely(!tally)) {
		at = usual_fault(v);
		tally = VCPU_TALLY_NONE;
	} else {
		at = usual_step(insn);
	}
	vcpu_count_store(v, tally, exit_account(v, EXIT_MMIO, begin, at));
	return false;
}

/* From a device, or from where nothing is; or a walk that leads there. */
bool exit_fetch_fault(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read(), pc = exit_pc();
	bool store = csr_read(CSR_HTINST) & HTINST_WALK_STORE;

	if (vcpu_memory_fault(v, fault_address(), store))
		reflect_access(v, cause);
	exit_account(v, EXIT_FAULT, begin, pc);
	return false;
}
