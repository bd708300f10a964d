// SPDX-License-Identifier: GPL-2.0-or-later
/* State of VCPUs: reset, in and out of the CPU, and for people to look at. */

#include "exits.h"
#include "vcpu.h"

#include "sbi/sbi.h"

#include <libs/bitmap.h>
#include <vmm/cpu.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/log.h>

/* What a VCPU switches, by number in struct arch_vcpu and name. */
#define SWITCHED(X)							\
	X(VSSTATUS, vsstatus) X(VSIE, vsie) X(VSTVEC, vstvec)		\
	X(VSSCRATCH, vsscratch) X(VSEPC, vsepc) X(VSCAUSE, vscause)	\
	X(VSTVAL, vstval) X(VSATP, vsatp) X(SCOUNTEREN, scounteren)	\
	X(SENVCFG, senvcfg)

/* What guests with interrupt files get at. */
#define STATEEN0_FILES	(STATEEN0_AIA | STATEEN0_CSRIND | STATEEN0_IMSIC)

/* A trap's registers while v goes on in its guest. */
#define HSTATUS_RETURN							\
	(HSTATUS_VSXL_64 | HSTATUS_VTW | HSTATUS_SPV | HSTATUS_SPVP)

int arch_vcpu_init(struct vcpu *v)
{
	struct arch_regs *regs = (struct arch_regs *)
		((u8 *)thread_stack_top(&v->thread) - sizeof(*regs));

	*regs = (struct arch_regs){ .vcpu = v };
	v->arch.regs = regs;
	v->arch.steal.gpa = ~0ull;
	if (v->hwid != v->index)
		v->guest->arch.harts_renumbered = true;
	timer_vcpu_init(v);
	if (!vcpu_vlenb)
		return 0;
	v->arch.vector = heap_alloc(sizeof(*v->arch.vector) +
				    32 * vcpu_vlenb);
	return v->arch.vector ? 0 : -ENOMEM;
}

void arch_vcpu_fini(struct vcpu *v)
{
	timer_vcpu_fini(v);
	heap_free(v->arch.vector);
}

static void vector_clear(struct arch_vector *vector)
{
	if (vector)
		__builtin_memset(vector, 0, sizeof(*vector) + 32 * vcpu_vlenb);
}

void arch_vcpu_reset(struct vcpu *v, const struct vcpu_start *start)
{
	struct arch_regs *regs = v->arch.regs;

	for (unsigned i = 0; i < ARRAY_LEN(regs->x); i++)
		regs->x[i] = 0;
	for (unsigned i = 0; i < start->arg_count; i++)
		regs->x[10 + i] = start->args[i];
	for (unsigned i = 0; i < VS_COUNT; i++)
		v->arch.vs[i] = 0;
	v->arch.vs[VS_VSSTATUS] = SSTATUS_UXL_64;
	v->arch.henvcfg = vcpu_henvcfg & ~ENVCFG_ADUE;	/* SBI: FWFT's reset */
	v->arch.fp = (struct arch_fp){ 0 };
	v->arch.fp_live = v->arch.vector_live = false;
	v->arch.fp_used = v->arch.vector_used = false;
	vector_clear(v->arch.vector);
	v->arch.hvip = 0;
	aia_vcpu_reset(v);
	__atomic_fetch_and(&v->arch.lines, HVIP_EXT, __ATOMIC_RELAXED);
	v->arch.ran_on = 0;
	v->arch.suspended = false;
	v->arch.pc = start->entry.v;
	v->arch.mode = SSTATUS_SPP;
	sbi_vcpu_reset(v);
	timer_vcpu_reset(v);
}

/* v's interrupt file is the hardware's where v is loaded. */
static bool has_slot(const struct vcpu *v)
{
	return v->guest->files && v->guest->files->slots;
}

void vcpu_set_return(struct vcpu *v)
{
	csr_write(CSR_SEPC, v->arch.pc);
	csr_clear(CSR_SSTATUS, SSTATUS_SPP);
	csr_set(CSR_SSTATUS, v->arch.mode | SSTATUS_SPIE);
	csr_write(CSR_HSTATUS, HSTATUS_RETURN | v->arch.hstatus |
			       (has_slot(v) ? HSTATUS_FILE : 0));
}

_Noreturn void arch_vcpu_run(struct vcpu *v)
{
	vcpu_set_return(v);
	exit_enter_guest(v->arch.regs);
}

bool vcpu_is_code(const struct vcpu *v, u64 address)
{
	const struct region *r = aspace_find(&v->guest->memory, GPA(address),
					     2);

	return r && !(address & 1) && r->kind != REGION_MMIO &&
	       r->kind != REGION_PASSTHROUGH;
}

/* ---- interrupts ---- */

static bool aia;			/* c: the CPUs have its registers */

static NO_INLINE void raise_elsewhere(struct vcpu *v, u32 line)
{
	__atomic_fetch_or(&v->arch.lines, line, __ATOMIC_RELEASE);
	sbi_steal_begin(v);
	vcpu_kick(v);
}

void vcpu_line_raise(struct vcpu *v, u32 line)
{
	if (unlikely(!vcpu_is_loaded_here(v))) {
		raise_elsewhere(v, line);
		return;
	}
	if (line != HVIP_SOFT)
		__atomic_fetch_or(&v->arch.lines, line, __ATOMIC_RELAXED);
	csr_set(CSR_HVIP, line);
	if (unlikely(v->idle))
		vcpu_kick(v);
}

void vcpu_line_lower(struct vcpu *v, u32 line)
{
	/* Pairs with arch_vcpu_load(): it sees this, or this sees it. */
	__atomic_fetch_and(&v->arch.lines, ~line, __ATOMIC_SEQ_CST);
	if (vcpu_is_loaded_here(v))
		csr_clear(CSR_HVIP, line);
	else if (__atomic_load_n(&v->arch.cpu, __ATOMIC_SEQ_CST))
		vcpu_kick(v);
}

/*
 * An external interrupt that is ours, not of a file of the hardware's, is in
 * vstopi while hvictl has a priority for it: AIA 6.3.3.
 */
static ALWAYS_INLINE void top_set(bool level)
{
	if (unlikely(aia))
		csr_write(CSR_HVICTL, (u64)IRQ_S_EXT << HVICTL_IID_SHIFT |
				      level);
}

static void pin_set(struct vcpu *v, unsigned pin, bool level)
{
	(void)pin;
	if (level)
		vcpu_line_raise(v, HVIP_EXT);
	else
		vcpu_line_lower(v, HVIP_EXT);
	if (vcpu_is_loaded_here(v))
		top_set(level);
}

/* Lines that changed while v was elsewhere than who changed them. */
static void pins_sync(struct vcpu *v)
{
	u32 lines = __atomic_fetch_and(&v->arch.lines, ~HVIP_SOFT,
				       __ATOMIC_ACQUIRE);

	csr_clear(CSR_HVIP, (HVIP_TIMER | HVIP_EXT) & ~lines);
	csr_set(CSR_HVIP, lines);
	top_set(lines & HVIP_EXT);
}

/* vsie has the bits where hie has them, one place lower. */
static bool pins_pending(struct vcpu *v)
{
	u32 lines = __atomic_load_n(&v->arch.lines, __ATOMIC_ACQUIRE);

	if (vcpu_is_loaded_here(v)) {
		if (has_slot(v) && csr_read(CSR_HGEIP))
			lines |= HVIP_EXT;
		return (lines | csr_read(CSR_HIP)) & csr_read(CSR_HIE) &
		       HVIP_ALL;
	}
	return (lines | v->arch.hvip) >> 1 & v->arch.vs[VS_VSIE];
}

static const struct vpic_pins pins = {
	.set = pin_set, .sync = pins_sync, .pending = pins_pending,
};

void vcpu_wait(struct vcpu *v)
{
	timer_wait_begin(v);
	vcpu_idle(v);
	timer_wait_end(v);
}

/* ---- in and out ---- */

/*
 * The illegal instruction is ours to see until nothing is off but to it; where
 * registers of AIA's are, always.
 */
static void set_traps(const struct vcpu *v)
{
	if (v->arch.fp_live && (v->arch.vector_live || !v->arch.vector) &&
	    !v->arch.aia_traps)
		csr_set(CSR_HEDELEG, BIT(CAUSE_ILLEGAL));
	else
		csr_clear(CSR_HEDELEG, BIT(CAUSE_ILLEGAL));
}

/* First use since v came here: its registers replace whoever's. */
void vcpu_fp_load(struct vcpu *v)
{
	csr_set(CSR_SSTATUS, SSTATUS_FS);
	fp_restore(&v->arch.fp);
	csr_clear(CSR_SSTATUS, BIT64(SSTATUS_FS_SHIFT));	/* clean */
	v->arch.fp_live = true;
	set_traps(v);
}

void vcpu_vector_load(struct vcpu *v)
{
	csr_set(CSR_SSTATUS, SSTATUS_VS);
	vector_restore(v->arch.vector, vcpu_vlenb);
	csr_clear(CSR_SSTATUS, BIT64(SSTATUS_VS_SHIFT));
	v->arch.vector_live = true;
	set_traps(v);
}

/*
 * Who had them and has them on will use them again: a trap for that costs
 * more than to move them, the more where firmware sees it first.
 */
static NO_INLINE void float_load(struct vcpu *v)
{
	u64 status = v->arch.vs[VS_VSSTATUS];

	if (v->arch.fp_used && status & SSTATUS_FS)
		vcpu_fp_load(v);
	if (v->arch.vector_used && status & SSTATUS_VS)
		vcpu_vector_load(v);
}

static NO_INLINE void float_put(struct vcpu *v)
{
	u64 status = csr_read(CSR_SSTATUS);

	if ((status & SSTATUS_FS) == SSTATUS_FS)
		fp_save(&v->arch.fp);
	if ((status & SSTATUS_VS) == SSTATUS_VS)
		vector_save(v->arch.vector, vcpu_vlenb);
	csr_clear(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS);
	v->arch.fp_used = v->arch.fp_live;
	v->arch.vector_used = v->arch.vector_live;
	v->arch.fp_live = v->arch.vector_live = false;
	set_traps(v);
}

static ALWAYS_INLINE void csrs_load(const u64 *r)
{
#define LOAD(number, name)	csr_write(CSR_##number, r[VS_##number]);
	SWITCHED(LOAD)
#undef LOAD
}

static ALWAYS_INLINE void csrs_save(u64 *r)
{
#define SAVE(number, name)	r[VS_##number] = csr_read(CSR_##number);
	SWITCHED(SAVE)
#undef SAVE
}

/*
 * TLBs know a guest's VCPUs by its VMID alone, but tables and ASIDs may be
 * one VCPU's own; and what a VCPU fenced while it was elsewhere, and what
 * others asked it to while it was nowhere, has not been done here.
 */
static ALWAYS_INLINE void fence_all(struct vcpu *v, u8 *last)
{
	*last = (u8)(v->index + 1);
	v->arch.ran_on = this_cpu()->index + 1;
	hfence_vvma_all();
	fence_i();
}

static ALWAYS_INLINE void change_guest(const struct guest *g)
{
	struct arch_cpu *cpu = &this_cpu()->arch;

	csr_write(CSR_HGATP, g->arch.hgatp);
	if (isa_has(ISA_SMSTATEEN))
		csr_write(CSR_HSTATEEN0, g->files ? STATEEN0_ENVCFG |
			  STATEEN0_FILES : STATEEN0_ENVCFG);
	if (!vcpu_vmid_max && cpu->guest_hgatp != g->arch.hgatp) {
		hfence_gvma_all();
		hfence_vvma_all();
	}
	cpu->guest_hgatp = g->arch.hgatp;
}

/* Do v's load and put need more than what most do? */
static ALWAYS_INLINE bool has_rest(const struct vcpu *v)
{
	return unlikely(vcpu_has_select || v->arch.steal.gpa != ~0ull ||
			v->arch.debug);
}

static ALWAYS_INLINE void float_load_used(struct vcpu *v)
{
	if (v->arch.fp_used || v->arch.vector_used)
		float_load(v);
}

static ALWAYS_INLINE void float_put_live(struct vcpu *v)
{
	if (v->arch.fp_live || v->arch.vector_live)
		float_put(v);
}

static NO_INLINE void load_rest(struct vcpu *v)
{
	struct vpic_files *files = v->guest->files;

	if (!timer_has_sstc())
		timer_load_emulated(v);
	if (vcpu_has_select) {
		if (has_slot(v))
			files->ops->load(files, v);
		csr_write(CSR_VSISELECT, v->arch.vsiselect);
	}
	if (v->arch.steal.gpa != ~0ull)
		sbi_steal_load(v);
	if (v->arch.debug)
		csr_clear(CSR_HEDELEG, BIT(CAUSE_BREAKPOINT));
	float_load_used(v);
}

void arch_vcpu_load(struct vcpu *v)
{
	struct guest *g = v->guest;
	struct cpu *cpu = this_cpu();
	u8 *last = &g->arch.last[cpu->index];
	u32 lines;

	/* Pairs with rfence.c: who finds v nowhere has marked it before. */
	__atomic_store_n(&v->arch.cpu, cpu->index + 1, __ATOMIC_SEQ_CST);
	v->arch.regs->cpu = cpu;
	if (cpu->arch.guest_hgatp != g->arch.hgatp)
		change_guest(g);
	if (unlikely(__atomic_exchange_n(&v->arch.stale, false,
					 __ATOMIC_SEQ_CST) ||
		     v->arch.ran_on != cpu->index + 1 ||
		     *last != v->index + 1))
		fence_all(v, last);
	csr_write(CSR_HENVCFG, v->arch.henvcfg);
	csrs_load(v->arch.vs);
	lines = __atomic_fetch_and(&v->arch.lines, ~HVIP_SOFT,
				   __ATOMIC_ACQUIRE);
	csr_write(CSR_HVIP, v->arch.hvip | lines);
	top_set(lines & HVIP_EXT);
	csr_write(CSR_HTIMEDELTA, -g->clock.offset_cycles);
	if (timer_has_sstc())
		csr_write(CSR_VSTIMECMP, v->arch.timecmp);
	if (!timer_has_sstc() || has_rest(v))
		load_rest(v);
	else
		float_load_used(v);
}

static NO_INLINE void put_rest(struct vcpu *v)
{
	struct vpic_files *files = v->guest->files;

	if (vcpu_has_select) {
		v->arch.vsiselect = csr_read(CSR_VSISELECT);
		if (has_slot(v))
			files->ops->put(files, v);
	}
	if (v->arch.steal.gpa != ~0ull)
		sbi_steal_put(v);
	if (v->arch.debug)
		csr_set(CSR_HEDELEG, BIT(CAUSE_BREAKPOINT));
	__atomic_store_n(&v->arch.cpu, 0, __ATOMIC_RELEASE);
	float_put_live(v);
}

void arch_vcpu_put(struct vcpu *v)
{
	if (timer_has_sstc())
		v->arch.timecmp = csr_read(CSR_VSTIMECMP);
	csrs_save(v->arch.vs);
	v->arch.hvip = csr_read(CSR_HVIP) & HVIP_SOFT;
	csr_write(CSR_VSIE, 0);		/* nothing of v's ends our sleep */
	if (has_rest(v)) {
		put_rest(v);
		return;
	}
	__atomic_store_n(&v->arch.cpu, 0, __ATOMIC_RELEASE);
	float_put_live(v);
}

/* ---- guests ---- */

int arch_guests_init(void)
{
	aia = isa_has(ISA_SSAIA);
	files_init();
	vpic_pins = &pins;
	return 0;
}

/* Identifier 0 is nobody's, or everybody's where there are no others. */
#define VMID_COUNT	256u
static BITMAP_DECLARE(vmids, VMID_COUNT);	/* vmid_lock */
static struct spinlock vmid_lock = SPINLOCK_INIT(LOCK_PAGETABLE);

static int vmid_get(u64 *vmid)
{
	unsigned count = MIN(vcpu_vmid_max + 1, VMID_COUNT);
	size_t n;

	*vmid = 0;
	if (!vcpu_vmid_max)
		return 0;
	SCOPED_LOCK(&vmid_lock);
	n = bitmap_next_zero(vmids, count, 1);
	if (n == count)
		return -ENOSPC;
	bitmap_set(vmids, n);
	*vmid = n;
	return 0;
}

static void vmid_put(u64 vmid)
{
	SCOPED_LOCK(&vmid_lock);
	bitmap_clear(vmids, vmid);
}

int arch_guest_init(struct guest *g)
{
	const struct pt_geometry *geometry = &g->stage2.geometry;
	u64 mode = (u64)ATP_MODE_39 + geometry->levels - 3, vmid;

	if (vmid_get(&vmid))
		return fail(-ENOSPC, "guest: all %u identifiers that the CPU "
			    "has for guests are taken: destroy one first",
			    MIN(vcpu_vmid_max, VMID_COUNT - 1));
	g->arch.hgatp = mode << ATP_MODE_SHIFT | vmid << HGATP_VMID_SHIFT |
			g->stage2.root.v >> PAGE_SHIFT;
	arch_guest_tlb_flush(g, GPA(0), 0);
	return 0;
}

/* Its tables are about to be freed. */
static void leave_guest(void *arg)
{
	const struct guest *g = arg;
	struct arch_cpu *cpu = &this_cpu()->arch;

	if (cpu->guest_hgatp != g->arch.hgatp)
		return;
	csr_write(CSR_HGATP, 0);
	cpu->guest_hgatp = 0;
}

/* The identifier's next owner must not meet translations of this one. */
void arch_guest_fini(struct guest *g)
{
	smp_call(CPU_MASK_ALL, leave_guest, g);
	arch_guest_tlb_flush(g, GPA(0), 0);
	vmid_put((g->arch.hgatp & HGATP_VMID) >> HGATP_VMID_SHIFT);
}

/* ---- state by name ---- */

#define STATE_X(n)	{ "x" #n, 8, n }
enum { STATE_PC = 64, STATE_MODE, STATE_HVIP, STATE_TIMECMP, STATE_SELECT,
       STATE_CSR = 128, STATE_F = 256 };

const struct arch_state_row arch_vcpu_state[] = {
	STATE_X(1), STATE_X(2), STATE_X(3), STATE_X(4), STATE_X(5),
	STATE_X(6), STATE_X(7), STATE_X(8), STATE_X(9), STATE_X(10),
	STATE_X(11), STATE_X(12), STATE_X(13), STATE_X(14), STATE_X(15),
	STATE_X(16), STATE_X(17), STATE_X(18), STATE_X(19), STATE_X(20),
	STATE_X(21), STATE_X(22), STATE_X(23), STATE_X(24), STATE_X(25),
	STATE_X(26), STATE_X(27), STATE_X(28), STATE_X(29), STATE_X(30),
	STATE_X(31), { "pc", 8, STATE_PC }, { "mode", 8, STATE_MODE },
#define ROW(number, name)	{ #name, 8, STATE_CSR + VS_##number },
	SWITCHED(ROW)
#undef ROW
	{ "hvip", 8, STATE_HVIP }, { "vstimecmp", 8, STATE_TIMECMP },
	{ "vsiselect", 8, STATE_SELECT },
	{ "fp", sizeof(struct arch_fp), STATE_F },
};
const size_t arch_vcpu_state_count = ARRAY_LEN(arch_vcpu_state);

void *arch_vcpu_state_at(struct vcpu *v, size_t id)
{
	const unsigned offset = arch_vcpu_state[id].offset;
	struct arch_vcpu *a = &v->arch;

	if (offset == STATE_F)
		return &a->fp;
	if (offset >= STATE_CSR)
		return &a->vs[offset - STATE_CSR];
	switch (offset) {
	case STATE_PC:
		return &a->pc;
	case STATE_MODE:
		return &a->mode;
	case STATE_HVIP:
		return &a->hvip;
	case STATE_TIMECMP:
		return &a->timecmp;
	case STATE_SELECT:
		return &a->vsiselect;
	}
	return &a->regs->x[offset];
}
