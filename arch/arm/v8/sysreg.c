// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Trapped system registers (exception class 0x18, Arm ARM D19.2.37).  A row
 * says what a guest gets; what has no row is undefined to it.
 */

#include "exits.h"
#include "vcpu.h"

#include <vmm/guest.h>
#include <vmm/log.h>

/* A register as the syndrome's ISS names it, Rt and direction left out. */
#define KEY(op0, op1, crn, crm, op2)					\
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define KEY_MASK	0x3ffc1eu
#define ISS_READ	BIT64(0)

/* op0 3, op1 0, CRn 0: the identification registers. */
#define KEY_ID_MASK	KEY(3, 7, 15, 0, 0)
#define KEY_ID		KEY(3, 0, 0, 0, 0)

struct row {
	u32 key;
	u32 arg;
	u64 (*read)(struct vcpu *v, u32 arg);
	void (*write)(struct vcpu *v, u32 arg, u64 value);
	enum arch_exit reason;
};

static u64 read_value(struct vcpu *v, u32 value)
{
	(void)v;
	return value;
}

static void write_ignored(struct vcpu *v, u32 arg, u64 value)
{
	(void)v, (void)arg, (void)value;
}

static void write_sgi(struct vcpu *v, u32 which, u64 value)
{
	struct vpic *p = v->guest->pic;

	p->ops->send_ipi(p, v, which, value);
}

static u64 read_counter(struct vcpu *v, u32 arg)
{
	(void)arg;
	return guest_clock_cycles(v->guest);
}

/*
 * A perfect hash of the keys: multiplying by HASH_FACTOR spreads them over
 * the buckets.  Two rows in one place do not compile: try other factors.
 */
#define HASH_BITS	7
#define HASH_FACTOR	0xa648a7ddu
#define HASH(key)	((u32)(key) * HASH_FACTOR >> (32 - HASH_BITS))

#define ROW(key, ...)	[HASH(key)] = { key, __VA_ARGS__ }
#define CONSTANT_ROW(op0, op1, crn, crm, op2, value)			\
	ROW(KEY(op0, op1, crn, crm, op2), value, read_value,		\
	    write_ignored, EXIT_SYSREG)
#define READ_ONLY_ROW(op0, op1, crn, crm, op2, value)			\
	ROW(KEY(op0, op1, crn, crm, op2), value, read_value, NULL,	\
	    EXIT_SYSREG)
#define WRITE_ONLY_ROW(op0, op1, crn, crm, op2)				\
	ROW(KEY(op0, op1, crn, crm, op2), 0, NULL, write_ignored,	\
	    EXIT_SYSREG)
#define SGI_ROW(op2, which)						\
	ROW(KEY(3, 0, 12, 11, op2), which, NULL, write_sgi, EXIT_SGI)
#define TIMER_ROW(op2, reg)						\
	ROW(KEY(3, 3, 14, 2, op2), reg, timer_physical_read,		\
	    timer_physical_write, EXIT_SYSREG)
/* A breakpoint and a watchpoint: value and control registers. */
#define DEBUG_ROWS(n)							\
	CONSTANT_ROW(2, 0, 0, n, 4, 0), CONSTANT_ROW(2, 0, 0, n, 5, 0),	\
	CONSTANT_ROW(2, 0, 0, n, 6, 0), CONSTANT_ROW(2, 0, 0, n, 7, 0)

static const struct row rows[1 << HASH_BITS] = {
	CONSTANT_ROW(3, 0, 1, 0, 1, 0),		/* ACTLR_EL1 */

	SGI_ROW(5, 1),				/* ICC_SGI1R_EL1 */
	SGI_ROW(6, 2),				/* ICC_ASGI1R_EL1 */
	SGI_ROW(7, 0),				/* ICC_SGI0R_EL1 */
	CONSTANT_ROW(3, 0, 12, 12, 5, 7),	/* ICC_SRE_EL1: always on */

	ROW(KEY(3, 3, 14, 0, 1), 0, read_counter, NULL, EXIT_SYSREG),
	TIMER_ROW(0, TIMER_TVAL), TIMER_ROW(1, TIMER_CTL),
	TIMER_ROW(2, TIMER_CVAL),

	/* Debug: the least that the architecture allows, inert. */
	CONSTANT_ROW(2, 0, 0, 0, 2, 0),		/* OSDTRRX_EL1 */
	CONSTANT_ROW(2, 0, 0, 2, 0, 0),		/* MDCCINT_EL1 */
	CONSTANT_ROW(2, 0, 0, 2, 2, 0),		/* MDSCR_EL1 */
	CONSTANT_ROW(2, 0, 0, 3, 2, 0),		/* OSDTRTX_EL1 */
	CONSTANT_ROW(2, 0, 0, 6, 2, 0),		/* OSECCR_EL1 */
	READ_ONLY_ROW(2, 3, 0, 1, 0, 0),	/* MDCCSR_EL0 */
	CONSTANT_ROW(2, 3, 0, 4, 0, 0),		/* DBGDTR_EL0 */
	CONSTANT_ROW(2, 3, 0, 5, 0, 0),		/* DBGDTRTX_EL0, RX */
	READ_ONLY_ROW(2, 0, 1, 0, 0, 0),	/* MDRAR_EL1 */
	WRITE_ONLY_ROW(2, 0, 1, 0, 4),		/* OSLAR_EL1 */
	READ_ONLY_ROW(2, 0, 1, 1, 4, 8),	/* OSLSR_EL1: unlocked */
	CONSTANT_ROW(2, 0, 1, 3, 4, 0),		/* OSDLR_EL1 */
	CONSTANT_ROW(2, 0, 1, 4, 4, 0),		/* DBGPRCR_EL1 */
	CONSTANT_ROW(2, 0, 7, 8, 6, 0),		/* DBGCLAIMSET_EL1 */
	CONSTANT_ROW(2, 0, 7, 9, 6, 0),		/* DBGCLAIMCLR_EL1 */
	READ_ONLY_ROW(2, 0, 7, 14, 6, 0),	/* DBGAUTHSTATUS_EL1 */
	DEBUG_ROWS(0), DEBUG_ROWS(1),
};

static const struct row *row_of(u32 key)
{
	return &rows[HASH(key)];
}

static NO_INLINE void exit_unknown(struct vcpu *v, u64 begin)
{
	u64 pc = exit_pc();

	fault_undefined(v);
	exit_account(v, EXIT_UNDEFINED, begin, pc);
}

static NO_INLINE void exit_write(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc;
	u32 key = (u32)esr & KEY_MASK;
	const struct row *r = row_of(key);

	if (unlikely(r->key != key || !r->write)) {
		exit_unknown(v, begin);
		return;
	}
	pc = exit_step();
	r->write(v, r->arg, exit_register(v, esr >> 5 & 31));
	exit_account(v, r->reason, begin, pc);
}

static NO_INLINE void exit_read(struct vcpu *v, u64 esr)
{
	u64 begin = cycles_read(), pc, value;
	u32 key = (u32)esr & KEY_MASK;
	const struct row *r = row_of(key);

	if ((key & KEY_ID_MASK) == KEY_ID) {
		value = idregs_read((u32)((esr & 0x1e) << 2 |
					  (esr >> 17 & 7)));
	} else if (likely(r->key == key && r->read)) {
		value = r->read(v, r->arg);
	} else {
		exit_unknown(v, begin);
		return;
	}
	pc = exit_step();
	exit_register_set(v, esr >> 5 & 31, value);
	exit_account(v, EXIT_SYSREG, begin, pc);
}

void exit_sysreg(struct vcpu *v, u64 esr)
{
	if (esr & ISS_READ)
		exit_read(v, esr);
	else
		exit_write(v, esr);
}
