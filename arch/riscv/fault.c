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
/* How far the fault lies behind the access's address. */
#define HTINST_OFFSET		0xf8000u

void fault_reflect(struct vcpu *v, u64 cause, u64 value)
{
	u64 vsstatus = csr_read(CSR_VSSTATUS);
	u64 status = vsstatus & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);

	if (vsstatus & SSTATUS_SIE)
		status |= SSTATUS_SPIE;
	status |= csr_read_set(CSR_SSTATUS, SSTATUS_SPP) & SSTATUS_SPP;
	csr_write(CSR_VSSTATUS, status);
	csr_write(CSR_VSEPC, csr_read(CSR_SEPC));
	csr_write(CSR_VSCAUSE, cause);
	csr_write(CSR_VSTVAL, value);
	csr_write(CSR_SEPC, csr_read(CSR_VSTVEC) & ~3ull);
}

/* What a failed read leaves of the trap that we are in is put back. */
static u64 read_half(u64 va)
{
	u64 sepc = csr_read(CSR_SEPC), sstatus = csr_read(CSR_SSTATUS);
	u64 hstatus = csr_read(CSR_HSTATUS);
	u64 half = exit_read_half(va);

	if (half == ~0ull) {
		csr_write(CSR_SEPC, sepc);
		csr_write(CSR_SSTATUS, sstatus);
		csr_write(CSR_HSTATUS, hstatus);
	}
	return half;
}

bool fault_fetch(u32 *insn)
{
	u64 pc = csr_read(CSR_SEPC);
	u64 low = read_half(pc), high = 0;

	if (low != ~0ull && decode_length((u32)low) == 4)
		high = read_half(pc + 2);
	*insn = (u32)(low | high << 16);
	return low != ~0ull && high != ~0ull;
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

/* An element of 1 to 8 bytes from or to an FP register, which are live. */
static int float_access(struct vcpu *v, gpa_t gpa, struct decoded d)
{
	u64 *f = &v->arch.fp.f[d.reg];
	unsigned size = d.how & ACCESS_SIZE;
	struct vcpu_loaded loaded;

	if (!v->arch.fp_live)
		return -ENOTSUP;
	fp_save(&v->arch.fp);
	if (d.how & ACCESS_STORE)
		return vcpu_store(v, gpa, size, *f);
	loaded = vcpu_load(v, gpa, size);
	if (loaded.rc)
		return loaded.rc;
	*f = decode_extend(loaded.value, d.how);
	fp_restore(&v->arch.fp);
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	csr_set(CSR_VSSTATUS, SSTATUS_FS);
	return 0;
}

static int integer_access(struct vcpu *v, gpa_t gpa, struct decoded d)
{
	u64 *x = v->arch.regs->x;
	unsigned size = d.how & ACCESS_SIZE;
	struct vcpu_loaded loaded;

	if (d.how & ACCESS_STORE)
		return vcpu_store(v, gpa, size, x[d.reg]);
	loaded = vcpu_load(v, gpa, size);
	if (loaded.rc)
		return loaded.rc;
	x[d.reg] = decode_extend(loaded.value, d.how);
	x[0] = 0;
	return 0;
}

/* Atomics, vectors, what crosses an element's border: no device takes it. */
static int odd_access(struct vcpu *v, gpa_t gpa, bool store)
{
	int rc = vcpu_memory_fault(v, gpa, store);

	if (rc == -ENOTSUP)
		log_throttled("guest: %s/%u: pc 0x%llx: no instruction for a "
			      "device at 0x%llx", v->guest->name, v->index,
			      (unsigned long long)csr_read(CSR_SEPC),
			      (unsigned long long)gpa.v);
	return rc;
}

/* 0: done or to be done again; else it is to be reflected. */
static int any_access(struct vcpu *v, u64 cause, u32 htinst)
{
	const gpa_t gpa = fault_address();
	struct decoded d;
	u32 insn;
	int rc;

	if (htinst & 1) {
		d = decode_transformed(htinst);
	} else if (fault_fetch(&insn)) {
		d = decode_fetched(insn);
		htinst = 0;
	} else {
		return 0;
	}
	if (!d.how || (gpa.v & ((d.how & ACCESS_SIZE) - 1u)) ||
	    htinst & HTINST_OFFSET)
		return odd_access(v, gpa, cause == CAUSE_STORE_GUEST_PAGE);
	rc = d.how & ACCESS_FLOAT ? float_access(v, gpa, d) :
				    integer_access(v, gpa, d);
	if (!rc)
		exit_step(d.length);
	return rc;
}

static NO_INLINE void exit_any(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read();
	u32 htinst = (u32)csr_read(CSR_HTINST);
	enum arch_exit reason = EXIT_MMIO;
	int rc;

	if (unlikely((htinst & ~HTINST_WALK_STORE) == HTINST_WALK)) {
		reason = EXIT_FAULT;
		rc = vcpu_memory_fault(v, fault_address(),
				       htinst & HTINST_WALK_STORE);
	} else {
		rc = any_access(v, cause, htinst);
	}
	if (rc)
		reflect_access(v, cause);
	exit_account(v, reason, begin);
}

/* Aligned, and no more than that register and that many bytes. */
static ALWAYS_INLINE bool is_usual(u8 how, u32 htinst, gpa_t gpa)
{
	return how && !(how & ACCESS_FLOAT) &&
	       !((gpa.v & ((how & ACCESS_SIZE) - 1u)) |
		 (htinst & HTINST_OFFSET));
}

void exit_load_fault(struct vcpu *v, u64 cause)
{
	u32 htinst = (u32)csr_read(CSR_HTINST);
	u8 how = decode_form(htinst);
	gpa_t gpa = fault_address();
	u64 *x = v->arch.regs->x;
	struct vcpu_loaded loaded;
	u64 begin;

	if (unlikely(!is_usual(how, htinst, gpa))) {
		exit_any(v, cause);
		return;
	}
	begin = cycles_read();
	loaded = vcpu_load(v, gpa, how & ACCESS_SIZE);
	if (unlikely(loaded.rc)) {
		reflect_access(v, cause);
	} else {
		if (how & ACCESS_SIGNED)
			loaded.value = decode_extend(loaded.value, how);
		x[htinst >> 7 & 31] = loaded.value;
		x[0] = 0;
		exit_step(2 + (htinst & 2));
	}
	exit_account(v, EXIT_MMIO, begin);
}

void exit_store_fault(struct vcpu *v, u64 cause)
{
	u32 htinst = (u32)csr_read(CSR_HTINST);
	u8 how = decode_form(htinst);
	gpa_t gpa = fault_address();
	u64 begin;

	if (unlikely(!is_usual(how, htinst, gpa))) {
		exit_any(v, cause);
		return;
	}
	begin = cycles_read();
	if (unlikely(vcpu_store(v, gpa, how & ACCESS_SIZE,
				v->arch.regs->x[htinst >> 20 & 31])))
		reflect_access(v, cause);
	else
		exit_step(2 + (htinst & 2));
	exit_account(v, EXIT_MMIO, begin);
}

/* From a device, or from where nothing is; or a walk that leads there. */
void exit_fetch_fault(struct vcpu *v, u64 cause)
{
	u64 begin = cycles_read();
	bool store = csr_read(CSR_HTINST) & HTINST_WALK_STORE;

	if (vcpu_memory_fault(v, fault_address(), store))
		reflect_access(v, cause);
	exit_account(v, EXIT_FAULT, begin);
}
