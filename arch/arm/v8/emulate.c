// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads and stores to devices whose syndrome does not describe them: pairs,
 * forms that write their base back, FP and SIMD registers.  The instruction
 * is read from the guest, decoded and done one element after the other.
 */

#include "exits.h"
#include "pure/transfer.h"
#include "vcpu.h"

#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/guest.h>

#define PAR_FAULT	BIT64(0)
#define PSR_EL		0xcull
#define PSR_SPSEL	BIT64(0)
#define PSR_AARCH32	BIT64(4)

/* ---- the guest's instruction and registers ---- */

static bool fetch(struct vcpu *v, u32 *insn)
{
	u64 pc = sysreg_read(elr_el2), saved = sysreg_read(par_el1), par;

	if (sysreg_read(spsr_el2) & PSR_EL)
		__asm__ volatile("at s1e1r, %0\n\tisb" :: "r"(pc) : "memory");
	else
		__asm__ volatile("at s1e0r, %0\n\tisb" :: "r"(pc) : "memory");
	par = sysreg_read(par_el1);
	sysreg_write(par_el1, saved);
	return !(par & PAR_FAULT) &&
	       !guest_read(v->guest, GPA((par & GENMASK64(47, 12)) |
					 (pc & 0xfff)), insn, sizeof(*insn));
}

static bool uses_sp_el1(void)
{
	u64 spsr = sysreg_read(spsr_el2);

	return spsr & PSR_EL && spsr & PSR_SPSEL;
}

static void base_add(struct vcpu *v, unsigned rn, s64 step)
{
	if (rn != 31)
		v->arch.regs->x[rn] += (u64)step;
	else if (uses_sp_el1())
		sysreg_write(sp_el1, sysreg_read(sp_el1) + (u64)step);
	else
		sysreg_write(sp_el0, sysreg_read(sp_el0) + (u64)step);
}

static u64 extend(const struct transfer *t, u64 value)
{
	unsigned width = 8u * t->size;

	if (width < 64)
		value &= BIT64(width) - 1;
	if (!t->sign)
		return value;
	value = (u64)transfer_sign_extend(value, width);
	return t->wide ? value : (u32)value;
}

/* ---- doing it ---- */

static u64 in_order(u64 value, unsigned size, bool big)
{
	return big ? fault_swap_bytes(value, size) : value;
}

/*
 * size is 16 for a whole SIMD register: two accesses.  Big-endian, the
 * register's high half comes first.  Interrupts come before each of them.
 */
static int element_access(struct vcpu *v, const struct transfer *t,
			  u64 gpa, u64 value[2])
{
	bool big = fault_is_big_endian();
	unsigned chunk = MIN(t->size, 8u);

	for (unsigned at = 0; at < t->size; at += chunk) {
		u64 *part = &value[big && t->size == 16 ? 1 - at / 8 : at / 8];
		struct vcpu_loaded loaded;
		u64 begin;

		vcpu_interruptible_begin(v);
		vcpu_interruptible_end(v);
		begin = cycles_read();
		if (t->load) {
			loaded = vcpu_load(v, GPA(gpa + at), chunk);
			*part = in_order(loaded.value, chunk, big);
		} else {
			loaded.tally = vcpu_store(v, GPA(gpa + at), chunk,
						  in_order(*part, chunk, big));
		}
		if (!loaded.tally)
			return -EFAULT;
		if (t->load)
			vcpu_count_load(v, loaded.tally,
					cycles_read() - begin);
		else
			vcpu_count_store(v, loaded.tally,
					 cycles_read() - begin);
	}
	return 0;
}

static int element_simd(struct vcpu *v, const struct transfer *t,
			unsigned i, u64 gpa)
{
	u64 *reg = &v->arch.fp.v[2 * t->rt[i]];
	u64 value[2] = { reg[0], reg[1] };
	int rc = element_access(v, t, gpa, value);

	if (rc || !t->load)
		return rc;
	reg[0] = extend(t, value[0]);
	reg[1] = t->size == 16 ? value[1] : 0;
	return 0;
}

static int element_general(struct vcpu *v, const struct transfer *t,
			   unsigned i, u64 gpa)
{
	u64 value[2] = { exit_register(v, t->rt[i]) };
	int rc;

	if (t->size < 8)
		value[0] &= BIT64(8u * t->size) - 1;
	rc = element_access(v, t, gpa, value);
	if (!rc && t->load)
		exit_register_set(v, t->rt[i], extend(t, value[0]));
	return rc;
}

/* Where accesses may change them though v is switched between two. */
static void fp_to_memory(struct vcpu *v)
{
	v->arch.fp_ahead = 0;
	if (v->arch.fp_live)
		vcpu_fp_put(v);
}

int emulate_access(struct vcpu *v, gpa_t gpa)
{
	struct transfer t;
	u32 insn;
	int rc = 0;

	if ((sysreg_read(spsr_el2) & PSR_AARCH32) || !fetch(v, &insn) ||
	    !transfer_decode(insn, &t))
		return -ENOTSUP;
	/* The second page may be anything. */
	if ((gpa.v & 0xfff) + (u64)t.count * t.size > 0x1000)
		return -ENOTSUP;
	if (t.simd)
		fp_to_memory(v);
	for (unsigned i = 0; i < t.count && !rc; i++)
		rc = t.simd ? element_simd(v, &t, i, gpa.v + i * t.size) :
			      element_general(v, &t, i, gpa.v + i * t.size);
	if (!rc && t.writeback)
		base_add(v, t.rn, t.step);
	return rc;
}
