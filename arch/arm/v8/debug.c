// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests under a debugger: breakpoints, watchpoints and software step of the
 * CPU (Arm ARM D2), which come to EL2 while MDCR_EL2.TDE is set; and guests'
 * tables walked by hand (D8).  Guests use none of the debug registers.
 */

#include "exits.h"
#include "vcpu.h"

#include <libs/string.h>
#include <vmm/cpu.h>
#include <vmm/errno.h>
#include <vmm/guest_debug.h>
#include <vmm/heap.h>

#define PSTATE_SS	BIT64(21)
#define MDCR_TDE	BIT64(8)
#define MDSCR_SS	BIT64(0)
#define MDSCR_MDE	BIT64(15)

/* DBGBCR, DBGWCR: enabled, at EL1 and EL0 */
#define CONTROL_ON	7ull
#define CONTROL_CODE	(CONTROL_ON | 0xfull << 5)
#define WCR_KIND_SHIFT	3
#define WCR_BYTES_SHIFT	5
#define WCR_MASK_SHIFT	24

/* ---- in and out ---- */

static unsigned code_count(void)
{
	unsigned count = (unsigned)(sysreg_read(id_aa64dfr0_el1) >> 12 & 15);

	return MIN(count + 1, (unsigned)ARCH_DEBUG_CODE);
}

static unsigned data_count(void)
{
	unsigned count = (unsigned)(sysreg_read(id_aa64dfr0_el1) >> 20 & 15);

	return MIN(count + 1, (unsigned)ARCH_DEBUG_DATA);
}

#define CODE(n)								\
	case n:								\
		sysreg_write(dbgbvr##n##_el1, value);			\
		sysreg_write(dbgbcr##n##_el1, control);			\
		break;
#define DATA(n)								\
	case n:								\
		sysreg_write(dbgwvr##n##_el1, value);			\
		sysreg_write(dbgwcr##n##_el1, control);			\
		break;

static void code_write(unsigned n, u64 value, u64 control)
{
	switch (n) {
	CODE(0) CODE(1) CODE(2) CODE(3) CODE(4) CODE(5)
	}
}

static void data_write(unsigned n, u64 value, u64 control)
{
	switch (n) {
	DATA(0) DATA(1) DATA(2) DATA(3)
	}
}

NO_INLINE void debug_load(const struct arch_debug *d)
{
	sysreg_write(oslar_el1, 0);
	for (unsigned i = 0; i < code_count(); i++)
		code_write(i, d->code[i].value, d->code[i].control);
	for (unsigned i = 0; i < data_count(); i++)
		data_write(i, d->data[i].value, d->data[i].control);
	sysreg_write(mdscr_el1, d->mdscr);
	sysreg_write(mdcr_el2, sysreg_read(mdcr_el2) | MDCR_TDE);
}

NO_INLINE void debug_put(void)
{
	sysreg_write(mdscr_el1, 0);
	sysreg_write(mdcr_el2, sysreg_read(mdcr_el2) & ~MDCR_TDE);
}

/*
 * v goes on from v->arch.pc, and steps: an instruction that traps ends its
 * step here, when it was done by hand, so the next exit comes here as well.
 */
NO_INLINE void debug_service(struct vcpu *v)
{
	struct arch_debug *d = v->arch.debug;

	if (!(d->mdscr & MDSCR_SS))
		return;
	if (v->arch.pc == d->from)
		v->arch.pstate |= PSTATE_SS;
	else
		v->arch.pstate &= ~PSTATE_SS;
	__atomic_fetch_or(&v->requests, VCPU_REQUEST_STOP, __ATOMIC_RELAXED);
	__atomic_fetch_or(&this_cpu()->requests, CPU_SERVICE,
			  __ATOMIC_RELAXED);
}

/* ---- what to stop for ---- */

/*
 * Up to 8 bytes of one doubleword are chosen one by one; more are a power of
 * two, aligned (D2.10.5).
 */
static int data_control(const struct debug_point *p, u64 *control)
{
	static const u8 kinds[] = {
		[DEBUG_READ] = 1, [DEBUG_WRITE] = 2, [DEBUG_ACCESS] = 3,
	};
	const u64 size = p->size, offset = p->address % 8;
	u64 bytes = 0xff, mask = 0;

	if (size <= 8 && offset + size <= 8)
		bytes = ((1ull << size) - 1) << offset;
	else if (size & (size - 1) || p->address % size || size > GIB(2))
		return -EINVAL;
	else
		mask = (u64)__builtin_ctzll(size);
	*control = CONTROL_ON | (u64)kinds[p->kind] << WCR_KIND_SHIFT |
		   bytes << WCR_BYTES_SHIFT | mask << WCR_MASK_SHIFT;
	return 0;
}

static int point_add(struct arch_debug *d, const struct debug_point *p,
		     unsigned used[2])
{
	const bool code = p->kind == DEBUG_EXECUTE;
	struct arch_debug_point *to;
	u64 control = CONTROL_CODE;
	int rc = code ? 0 : data_control(p, &control);

	if (rc)
		return rc;
	if (used[code] == (code ? code_count() : data_count()))
		return -ENOSPC;
	to = code ? &d->code[used[1]] : &d->data[used[0]];
	*to = (struct arch_debug_point){
		.value = ALIGN_DOWN(p->address, code ? 4ull : 8ull),
		.control = control,
	};
	used[code]++;
	return 0;
}

static int points_set(struct arch_debug *d, const struct vcpu_debug *from)
{
	unsigned used[2] = { 0, 0 };
	int rc = 0;

	for (unsigned i = 0; i < from->count && !rc; i++)
		rc = point_add(d, &from->points[i], used);
	return rc;
}

static int debug_off(struct vcpu *v)
{
	heap_free(v->arch.debug);
	v->arch.debug = NULL;
	v->arch.also &= ~(u32)ARCH_ALSO_DEBUG;
	v->arch.pstate &= ~PSTATE_SS;
	return 0;
}

int arch_vcpu_debug_set(struct vcpu *v, const struct vcpu_debug *from)
{
	struct arch_debug d = {
		.mdscr = MDSCR_MDE | (from->step ? MDSCR_SS : 0),
		.from = v->arch.pc,
	};
	int rc = points_set(&d, from);

	if (rc)
		return rc;
	if (!from->on)
		return debug_off(v);
	if (!v->arch.debug)
		v->arch.debug = heap_alloc(sizeof(d));
	if (!v->arch.debug)
		return -ENOMEM;
	*v->arch.debug = d;
	v->arch.also |= ARCH_ALSO_DEBUG;
	v->arch.pstate &= ~PSTATE_SS;
	return 0;
}

unsigned arch_vcpu_step(struct vcpu *v, u64 next[2])
{
	(void)v, (void)next;
	return 0;
}

const void *arch_breakpoint(u64 size)
{
	static const u32 brk = 0xd4200000u;

	return size == sizeof(brk) ? &brk : NULL;
}

/* ---- exits ---- */

#define EC_BREAKPOINT	0x30
#define EC_STEP		0x32
#define EC_WATCHPOINT	0x34

void exit_debug(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc = sysreg_read(elr_el2);

	switch (ESR_EC(esr)) {
	case EC_BREAKPOINT:
		vcpu_debug_event(v, DEBUG_EVENT_BREAK, pc);
		break;
	case EC_STEP:
		vcpu_debug_event(v, DEBUG_EVENT_STEP, pc);
		break;
	case EC_WATCHPOINT:
		vcpu_debug_event(v, DEBUG_EVENT_WATCH, sysreg_read(far_el2));
		break;
	default:			/* BRK, AArch32's BKPT */
		if (!vcpu_debug_break(v, pc))
			fault_debug(esr);
	}
	exit_account(v, EXIT_FAULT, begin, pc);
}

/* ---- addresses ---- */

#define SCTLR_M		BIT64(0)
#define SCTLR_EE	BIT64(25)
#define DESCRIPTOR	GENMASK64(47, 12)

/* One of the two halves of TCR_EL1 (D19.2.131). */
struct half {
	u64 table;
	unsigned page;			/* log2 of the granule */
	unsigned bits;			/* of addresses */
	bool off, ignores_top;
};

static struct half half_of(const u64 *sysregs, bool upper)
{
	static const u8 pages[2][4] = {
		{ 12, 16, 14, 12 }, { 12, 14, 12, 16 },
	};
	const u64 tcr = sysregs[SR_TCR_EL1], own = tcr >> (upper ? 16 : 0);

	return (struct half){
		.table = sysregs[upper ? SR_TTBR1_EL1 : SR_TTBR0_EL1] &
			 GENMASK64(47, 1),
		.page = pages[upper][own >> 14 & 3],
		.bits = 64u - (unsigned)(own & 63),
		.off = own & BIT(7),
		.ignores_top = tcr >> (upper ? 38 : 37) & 1,
	};
}

/* Are the bits above those that are translated what they must be? */
static bool is_canonical(const struct half *h, u64 va, bool upper)
{
	u64 above = GENMASK64(h->ignores_top ? 55 : 63, 0);

	above &= h->bits < 64 ? ~0ull << h->bits : 0;
	return (va & above) == (upper ? above : 0);
}

static int walk(struct vcpu *v, const struct half *h, u64 va, gpa_t *out)
{
	const unsigned stride = h->page - 3;
	unsigned shift = h->page, bits = h->bits;
	u64 table = h->table, entry, index;

	while (shift + stride < bits)
		shift += stride;
	for (;; shift -= stride, bits = shift + stride) {
		index = va >> shift & GENMASK64(bits - shift - 1, 0);
		if (guest_read(v->guest, GPA(table + 8 * index), &entry, 8))
			return -EFAULT;
		if (v->arch.sysregs[SR_SCTLR_EL1] & SCTLR_EE)
			entry = __builtin_bswap64(entry);
		if (!(entry & 1) || (shift == h->page && !(entry & 2)))
			return -EFAULT;
		if (shift == h->page || !(entry & 2))
			break;
		table = entry & DESCRIPTOR & ~0ull << h->page;
	}
	*out = GPA((entry & DESCRIPTOR & ~0ull << shift) |
		   (va & ~(~0ull << shift)));
	return 0;
}

int arch_vcpu_translate(struct vcpu *v, u64 va, gpa_t *out)
{
	const bool upper = va & BIT64(55);
	struct half h = half_of(v->arch.sysregs, upper);

	if (!(v->arch.sysregs[SR_SCTLR_EL1] & SCTLR_M)) {
		*out = GPA(va);
		return 0;
	}
	if (h.off || h.bits <= h.page || h.bits > 52 ||
	    !is_canonical(&h, va, upper))
		return -EFAULT;
	return walk(v, &h, va, out);
}

/* ---- registers ---- */

enum { RUN_X, RUN_SP, RUN_PC, RUN_CPSR, RUN_V, RUN_FPSR, RUN_FPCR, RUN_ROWS };

/* Rows of arch_vcpu_state[]: x0 to x30, pc, pstate, the rest but the last. */
#define ROWS_FIRST	33

#define CORE	"org.gnu.gdb.aarch64.core"
#define FPU	"org.gnu.gdb.aarch64.fpu"

const char arch_gdb_name[] = "aarch64";
const struct arch_gdb_run arch_gdb_runs[] = {
	[RUN_X] = { CORE, "x", NULL, 64, 31, 0 },
	[RUN_SP] = { CORE, "sp", "data_ptr", 64, 1, 0 },
	[RUN_PC] = { CORE, "pc", "code_ptr", 64, 1, 0 },
	[RUN_CPSR] = { CORE, "cpsr", NULL, 32, 1, 0 },
	[RUN_V] = { FPU, "v", "uint128", 128, 32, 0 },
	[RUN_FPSR] = { FPU, "fpsr", NULL, 32, 1, 0 },
	[RUN_FPCR] = { FPU, "fpcr", NULL, 32, 1, 0 },
	[RUN_ROWS] = { "org.monovisor.system", NULL, NULL, 64, SR_COUNT - 1,
		       ROWS_FIRST },
};
const size_t arch_gdb_run_count = ARRAY_LEN(arch_gdb_runs);

/* The stack pointer in use: SP_EL1 in EL1h, else SP_EL0. */
static u64 *stack_pointer(struct vcpu *v)
{
	return &v->arch.sysregs[(v->arch.pstate & 0x1f) == 5 ? SR_SP_EL1 :
				SR_SP_EL0];
}

static void *register_at(struct vcpu *v, size_t run, unsigned n)
{
	struct arch_fpsimd *fp = &v->arch.fp;

	switch (run) {
	case RUN_X:
		return &v->arch.regs->x[n];
	case RUN_SP:
		return stack_pointer(v);
	case RUN_PC:
		return &v->arch.pc;
	case RUN_CPSR:
		return &v->arch.pstate;
	case RUN_V:
		return &fp->v[2 * n];
	case RUN_FPSR:
		return &fp->fpsr;
	}
	return &fp->fpcr;
}

const void *arch_gdb_at(struct vcpu *v, size_t run, unsigned n)
{
	return register_at(v, run, n);
}

/* Whoever could change a guest's exception level could leave it. */
#define PSTATE_WRITABLE	(0xf0000000ull | 0xfull << 6)	/* NZCV, DAIF */

void arch_gdb_write(struct vcpu *v, size_t run, unsigned n, const void *value)
{
	u32 pstate;

	if (run != RUN_CPSR) {
		memcpy(register_at(v, run, n), value,
		       arch_gdb_runs[run].bits / 8);
		return;
	}
	memcpy(&pstate, value, sizeof(pstate));
	v->arch.pstate = (v->arch.pstate & ~PSTATE_WRITABLE) |
			 (pstate & PSTATE_WRITABLE);
}
