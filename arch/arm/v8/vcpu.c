// SPDX-License-Identifier: GPL-2.0-or-later
/* State of VCPUs: reset, in and out of the CPU, and for people to look at. */

#include "exits.h"
#include "vcpu.h"

#include <arch/sysreg.h>
#include <arch/vgic.h>
#include <vmm/cpu.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/hostmap.h>
#include <vmm/log.h>

/*
 * What a VCPU switches, by number in struct arch_vcpu and name: neighbours in
 * pairs, which one instruction moves.
 */
#define SWITCHED_PAIRS(X)						\
	X(SP_EL0, sp_el0, TPIDR_EL0, tpidr_el0)				\
	X(TPIDRRO_EL0, tpidrro_el0, TPIDR_EL1, tpidr_el1)		\
	X(SP_EL1, sp_el1, ELR_EL1, elr_el1)				\
	X(SPSR_EL1, spsr_el1, VBAR_EL1, vbar_el1)			\
	X(SCTLR_EL1, sctlr_el1, CPACR_EL1, cpacr_el1)			\
	X(TCR_EL1, tcr_el1, MAIR_EL1, mair_el1)				\
	X(TTBR0_EL1, ttbr0_el1, TTBR1_EL1, ttbr1_el1)			\
	X(CONTEXTIDR_EL1, contextidr_el1, PAR_EL1, par_el1)		\
	X(ESR_EL1, esr_el1, FAR_EL1, far_el1)				\
	X(CNTKCTL_EL1, cntkctl_el1, CSSELR_EL1, csselr_el1)

/* Those that are constants on most CPUs. */
#define AUXILIARIES(X)							\
	X(AMAIR_EL1, amair_el1) X(AFSR0_EL1, afsr0_el1)			\
	X(AFSR1_EL1, afsr1_el1)

/* APIA, APIB, APDA, APDB, APGA: low and high halves. */
#define PAUTH_KEYS(X)							\
	X(0, S3_0_C2_C1_0) X(1, S3_0_C2_C1_1) X(2, S3_0_C2_C1_2)	\
	X(3, S3_0_C2_C1_3) X(4, S3_0_C2_C2_0) X(5, S3_0_C2_C2_1)	\
	X(6, S3_0_C2_C2_2) X(7, S3_0_C2_C2_3) X(8, S3_0_C2_C3_0)	\
	X(9, S3_0_C2_C3_1)

#define PSTATE_RESET	0x3c5		/* EL1h, all masked */
#define SCTLR_RESET	0x30d00800ull	/* RES1 bits, all off */
#define MPIDR_RES1	BIT64(31)

#define CTL_STORED	3		/* CNTV_CTL_EL0: ENABLE, IMASK */

#define VTTBR_VMID_SHIFT	48

int arch_vcpu_init(struct vcpu *v)
{
	struct arch_regs *regs = (struct arch_regs *)
		((u8 *)thread_stack_top(&v->thread) - sizeof(*regs));

	*regs = (struct arch_regs){ .vcpu = v };
	v->arch.regs = regs;
	timer_vcpu_init(v);
	return 0;
}

void arch_vcpu_fini(struct vcpu *v)
{
	timer_vcpu_fini(v);
	heap_free(v->arch.debug);
}

static u32 also_of(const struct vcpu *v)
{
	return (vcpu_has_pauth() ? ARCH_ALSO_PAUTH : 0) |
	       (vcpu_has_aux ? ARCH_ALSO_AUX : 0) |
	       (vgic_v3_plain ? 0 : ARCH_ALSO_PIC) |
	       (v->guest->vcpu_count > 1 ? ARCH_ALSO_TLB : 0) |
	       (v->arch.debug ? ARCH_ALSO_DEBUG : 0);
}

void arch_vcpu_reset(struct vcpu *v, const struct vcpu_start *start)
{
	struct arch_regs *regs = v->arch.regs;

	for (unsigned i = 0; i < ARRAY_LEN(regs->x); i++)
		regs->x[i] = i < start->arg_count ? start->args[i] : 0;
	for (unsigned i = 0; i < SR_COUNT; i++)
		v->arch.sysregs[i] = 0;
	for (unsigned i = 0; i < ARCH_PAUTH_WORDS; i++)
		v->arch.pauth[i] = 0;
	v->arch.sysregs[SR_SCTLR_EL1] = SCTLR_RESET;
	v->arch.sysregs[SR_HCR_EL2] = vcpu_hcr;
	v->arch.sysregs[SR_VMPIDR_EL2] = v->hwid | MPIDR_RES1;
	v->arch.fp = (struct arch_fpsimd){ 0 };
	v->arch.also = also_of(v);
	v->arch.fp_live = v->arch.suspended = false;
	v->arch.fp_uses = v->arch.fp_ahead = 0;
	v->arch.pc = start->entry.v;
	v->arch.pstate = PSTATE_RESET;
	timer_vcpu_reset(v);
}

_Noreturn void arch_vcpu_run(struct vcpu *v)
{
	exit_enter_guest(v, v->arch.regs, v->arch.pc, v->arch.pstate);
}

/* ---- in and out ---- */

#define SYSREG_AT(index)						\
	(offsetof(struct arch_vcpu, sysregs) + 8 * SR_##index)

static ALWAYS_INLINE void sysregs_load(const struct arch_vcpu *a)
{
	const u64 *r = a->sysregs;
	u64 one, other;

#define LOAD(index, name, index_2, name_2)				\
	_Static_assert(SR_##index + 1 == SR_##index_2, "a pair");	\
	__asm__ volatile("ldp %0, %1, [%2, %3]\n\t"			\
			 "msr " #name ", %0\n\tmsr " #name_2 ", %1"	\
			 : "=&r"(one), "=&r"(other)			\
			 : "r"(a), "i"(SYSREG_AT(index)),		\
			   "m"(r[SR_##index]), "m"(r[SR_##index_2]));
	LOAD(HCR_EL2, hcr_el2, VMPIDR_EL2, vmpidr_el2)
	SWITCHED_PAIRS(LOAD)
#undef LOAD
}

static ALWAYS_INLINE void sysregs_save(struct arch_vcpu *a)
{
	u64 *r = a->sysregs;
	u64 one, other;

#define SAVE(index, name, index_2, name_2)				\
	__asm__ volatile("mrs %0, " #name "\n\tmrs %1, " #name_2 "\n\t" \
			 "stp %0, %1, [%4, %5]"				\
			 : "=&r"(one), "=&r"(other),			\
			   "=m"(r[SR_##index]), "=m"(r[SR_##index_2])	\
			 : "r"(a), "i"(SYSREG_AT(index)));
	SWITCHED_PAIRS(SAVE)
#undef SAVE
	r[SR_HCR_EL2] = sysreg_read(hcr_el2);
}

static NO_INLINE void pauth_load(const u64 *k)
{
#define LOAD(index, name)	sysreg_write(name, k[index]);
	PAUTH_KEYS(LOAD)
#undef LOAD
}

static NO_INLINE void pauth_save(u64 *k)
{
#define SAVE(index, name)	k[index] = sysreg_read(name);
	PAUTH_KEYS(SAVE)
#undef SAVE
}

static void auxiliaries_load(const u64 *r)
{
#define LOAD(index, name)	sysreg_write(name, r[SR_##index]);
	AUXILIARIES(LOAD)
#undef LOAD
}

static void auxiliaries_save(u64 *r)
{
#define SAVE(index, name)	r[SR_##index] = sysreg_read(name);
	AUXILIARIES(SAVE)
#undef SAVE
}

void vcpu_fp_put(struct vcpu *v)
{
	fpsimd_save(&v->arch.fp);
	v->arch.fp_live = false;
	sysreg_write(cptr_el2, CPTR_GUEST | CPTR_TFP);
}

/*
 * TLBs know a guest's VCPUs by its VMID alone, but tables and ASIDs may be
 * one VCPU's own (D8.14.1): here comes another one.
 */
static void tlb_own(const struct vcpu *v)
{
	u8 *last = &v->guest->arch.last[this_cpu()->index];

	if (*last == v->index + 1)
		return;
	*last = (u8)(v->index + 1);
	isb();
	__asm__ volatile("tlbi vmalle1" ::: "memory");
	dsb(nsh);
}

/* What v's load needs beyond what all need. */
static NO_INLINE void load_rest(struct vcpu *v)
{
	const u32 also = v->arch.also;

	if (also & ARCH_ALSO_TLB)
		tlb_own(v);
	if (also & ARCH_ALSO_PAUTH)
		pauth_load(v->arch.pauth);
	if (also & ARCH_ALSO_AUX)
		auxiliaries_load(v->arch.sysregs);
	if (unlikely(also & ARCH_ALSO_DEBUG))
		debug_load(v->arch.debug);
	if ((also & ARCH_ALSO_PIC) || v->pic->interface.has_active)
		vpic_slots->load(&v->pic->interface);
	else
		sysreg_write(ich_vmcr_el2, v->pic->interface.mask);
	vpic_load(v->pic, v->guest->pic, v);
	if (also & ARCH_ALSO_PTIMER)
		timer_load_physical(v);
	if (v->arch.vtimer.ctl)
		timer_load_enabled(v);
	else
		sysreg_write(cntv_ctl_el0, 0);
}

/* The return to the guest synchronizes what is written here. */
void arch_vcpu_load(struct vcpu *v)
{
	const struct guest *g = v->guest;
	struct vpic_vcpu *pic = v->pic;
	const u64 vtcr = g->arch.vtcr, vttbr = g->arch.vttbr;
	const u64 cval = v->arch.vtimer.cval, ctl = v->arch.vtimer.ctl;

	sysreg_write(vtcr_el2, vtcr);
	sysreg_write(vttbr_el2, vttbr);
	sysregs_load(&v->arch);
	sysreg_write(cntvoff_el2, g->clock.offset_cycles);
	sysreg_write(cntv_cval_el0, cval);
	if (v->arch.fp_ahead) {
		v->arch.fp_ahead--;
		vcpu_fp_load(v);
	}
	if (unlikely(v->arch.also | pic->interface.has_active |
		     vpic_has_work_load(pic))) {
		load_rest(v);
		return;
	}
	sysreg_write(ich_vmcr_el2, pic->interface.mask);
	__atomic_store_n(&pic->cpu, this_cpu(), __ATOMIC_RELAXED);
	if (ctl)
		timer_load_enabled(v);
	else
		sysreg_write(cntv_ctl_el0, 0);
}

/* What v leaves behind beyond what all do. */
static NO_INLINE void put_rest(struct vcpu *v, u64 active)
{
	const u32 also = v->arch.also;

	if (v->arch.vtimer.ctl)
		timer_put_enabled(v);
	if (also & ARCH_ALSO_PTIMER)
		timer_put_physical(v);
	if ((also & ARCH_ALSO_PIC) || active)
		vpic_slots->put(&v->pic->interface);
	vpic_put(v->pic, v->guest->pic, v);
	if (also & ARCH_ALSO_PAUTH)
		pauth_save(v->arch.pauth);
	if (also & ARCH_ALSO_AUX)
		auxiliaries_save(v->arch.sysregs);
	if (unlikely(also & ARCH_ALSO_DEBUG))
		debug_put();
}

void arch_vcpu_put(struct vcpu *v)
{
	struct vpic_vcpu *pic = v->pic;
	const u32 also = v->arch.also;
	const u64 cval = sysreg_read(cntv_cval_el0);
	const u64 ctl = sysreg_read(cntv_ctl_el0) & CTL_STORED;
	u64 active = 0;

	sysregs_save(&v->arch);
	v->arch.vtimer.cval = cval;
	v->arch.vtimer.ctl = ctl;
	if (likely(!(also & ARCH_ALSO_PIC))) {
		active = sysreg_read(ich_ap0r0_el2) |
			 sysreg_read(ich_ap1r0_el2);
		pic->interface.mask = (u32)sysreg_read(ich_vmcr_el2);
	}
	if (v->arch.fp_live)
		vcpu_fp_put(v);
	else
		v->arch.fp_uses = 0;
	if (unlikely(also | active | vpic_has_work_put(pic))) {
		put_rest(v, active);
		return;
	}
	__atomic_store_n(&pic->cpu, NULL, __ATOMIC_RELAXED);
	if (ctl)
		timer_put_enabled(v);
}

/* ---- guests ---- */

int arch_guests_init(void)
{
	int rc = vgic_init();

	return rc ? rc : timer_init_guests();
}

#define VMID_MAX	255		/* 8 bits on every CPU; 0 is nobody's */
static u64 vmids_used[(VMID_MAX + 64) / 64];	/* vmid_lock */
static struct spinlock vmid_lock = SPINLOCK_INIT(LOCK_PAGETABLE);

static unsigned vmid_get(void)
{
	SCOPED_LOCK(&vmid_lock);
	for (unsigned i = 1; i <= VMID_MAX; i++) {
		if (vmids_used[i / 64] & BIT64(i % 64))
			continue;
		vmids_used[i / 64] |= BIT64(i % 64);
		return i;
	}
	return 0;
}

static void vmid_put(unsigned vmid)
{
	SCOPED_LOCK(&vmid_lock);
	vmids_used[vmid / 64] &= ~BIT64(vmid % 64);
}

/* VTCR_EL2 for a table of that geometry, D19.2.163. */
static u64 vtcr_of(const struct pt_geometry *g)
{
	u64 range = sysreg_read(id_aa64mmfr0_el1) & 7;
	u64 start = (u64)g->levels - 2;		/* SL0: level 2, 1, 0 */

	return BIT64(31) | MIN(range, 5ull) << 16 | 3ull << 12 | 1ull << 10 |
	       1ull << 8 | start << 6 | (64u - g->address_bits);
}

int arch_guest_init(struct guest *g)
{
	unsigned vmid = vmid_get();

	if (!vmid)
		return fail(-ENOSPC, "guest: all %u identifiers that the CPU "
			    "has for guests are taken: destroy one first",
			    VMID_MAX);
	g->arch.vttbr = g->stage2.root.v | (u64)vmid << VTTBR_VMID_SHIFT;
	g->arch.vtcr = vtcr_of(&g->stage2.geometry);
	arch_guest_tlb_flush(g, GPA(0), 0);
	return 0;
}

/* A table for addresses of 30 bits, level 2, that stays without an entry. */
static u64 no_table[512] ALIGNED(4096);
static const struct pt_geometry no_geometry = {
	.levels = 2, .address_bits = 30,
};

/*
 * VTTBR_EL2 stays with the last guest until the next is loaded, and some
 * CPUs walk it out of turn: not once its tables are freed.
 */
static void leave_table(void *arg)
{
	const struct guest *g = arg;

	if (sysreg_read(vttbr_el2) != g->arch.vttbr)
		return;
	sysreg_write(vtcr_el2, vtcr_of(&no_geometry));
	sysreg_write(vttbr_el2, hostmap_image_hpa(no_table).v);
	isb();
}

/* The identifier's next owner must not meet translations of this one. */
void arch_guest_fini(struct guest *g)
{
	smp_call(CPU_MASK_ALL, leave_table, g);
	arch_guest_tlb_flush(g, GPA(0), 0);
	vmid_put((unsigned)(g->arch.vttbr >> VTTBR_VMID_SHIFT));
}

/* ---- state by name ---- */

#define STATE_X(n)	{ "x" #n, 8, n }
enum { STATE_PC = 64, STATE_PSTATE, STATE_SYSREG = 128, STATE_FP = 256 };

const struct arch_state_row arch_vcpu_state[] = {
	STATE_X(0), STATE_X(1), STATE_X(2), STATE_X(3), STATE_X(4),
	STATE_X(5), STATE_X(6), STATE_X(7), STATE_X(8), STATE_X(9),
	STATE_X(10), STATE_X(11), STATE_X(12), STATE_X(13), STATE_X(14),
	STATE_X(15), STATE_X(16), STATE_X(17), STATE_X(18), STATE_X(19),
	STATE_X(20), STATE_X(21), STATE_X(22), STATE_X(23), STATE_X(24),
	STATE_X(25), STATE_X(26), STATE_X(27), STATE_X(28), STATE_X(29),
	STATE_X(30), { "pc", 8, STATE_PC }, { "pstate", 8, STATE_PSTATE },
#define ROWS(index, name, index_2, name_2)				\
	{ #name, 8, STATE_SYSREG + SR_##index },			\
	{ #name_2, 8, STATE_SYSREG + SR_##index_2 },
	SWITCHED_PAIRS(ROWS)
#undef ROWS
#define ROW(index, name)	{ #name, 8, STATE_SYSREG + SR_##index },
	ROW(VMPIDR_EL2, vmpidr_el2)
	AUXILIARIES(ROW)
#undef ROW
	{ "fpsimd", sizeof(struct arch_fpsimd), STATE_FP },
};
const size_t arch_vcpu_state_count = ARRAY_LEN(arch_vcpu_state);

void *arch_vcpu_state_at(struct vcpu *v, size_t id)
{
	const unsigned offset = arch_vcpu_state[id].offset;

	if (offset == STATE_FP)
		return &v->arch.fp;
	if (offset >= STATE_SYSREG)
		return &v->arch.sysregs[offset - STATE_SYSREG];
	if (offset == STATE_PC)
		return &v->arch.pc;
	if (offset == STATE_PSTATE)
		return &v->arch.pstate;
	return &v->arch.regs->x[offset];
}
