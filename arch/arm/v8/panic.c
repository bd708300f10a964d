// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of our own code: registers and return addresses for the panic. */

#include "exits.h"

#include <arch/frame.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/io_guard.h>
#include <vmm/page.h>
#include <vmm/symbols.h>

#define EC_OWN_ABORT	0x25		/* a data abort of our own level */
#define DFSC_MASK	0x3f
#define DFSC_EXTERNAL	0x10

/* A frame record (AAPCS64 6.4.6): the caller's, and the return address. */
struct frame_record {
	const struct frame_record *next;
	u64 pc;
};

static bool is_readable(const void *p)
{
	hpa_t ignored;

	return IS_ALIGNED((u64)p, 8) && !hostmap_translate(p, &ignored);
}

/*
 * Bounded by max alone: a fault's records go on from the panic stack to the
 * stack that faulted.
 */
size_t arch_backtrace(u64 *pcs, size_t max)
{
	const struct frame_record *r = __builtin_frame_address(0);
	size_t n = 0;

	for (; n < max && r && is_readable(r) && r->pc; r = r->next)
		pcs[n++] = r->pc;
	return n;
}

void arch_frame_dump(const struct arch_frame *f, struct console *con)
{
	con_printf(con, "pc %016llx  sp %016llx  pstate %08llx\n"
		   "ESR_EL2 %08llx  FAR_EL2 %016llx\n",
		   (unsigned long long)f->elr, (unsigned long long)f->sp,
		   (unsigned long long)f->spsr, (unsigned long long)f->esr,
		   (unsigned long long)f->far);
	for (unsigned i = 0; i < ARRAY_LEN(f->x); i++)
		con_printf(con, "%s%u %016llx%s", i < 10 ? " x" : "x", i,
			   (unsigned long long)f->x[i],
			   i % 4 == 3 || i == 30 ? "\n" : "  ");
	con_printf(con, "pc and x30 are in:\n");
	symbols_print(f->elr, con);
	symbols_print_return(f->x[30], con);
}

const void *arch_frame_at(const struct arch_frame *f, size_t run, unsigned n)
{
	const u64 *const single[] = { &f->x[n], &f->sp, &f->elr, &f->spsr };

	return single[run];
}

/* A load or store that the bus refused (Arm ARM D19.2.37, ISS of aborts). */
static bool is_refused(const struct arch_frame *f)
{
	return ESR_EC(f->esr) == EC_OWN_ABORT &&
	       (f->esr & DFSC_MASK) == DFSC_EXTERNAL;
}

void exit_own_fault(struct arch_frame *f)
{
	if (!io_guard.on || !is_refused(f))
		trap_panic(f, f->sp);
	io_guard.skipped++;
	f->elr += 4;
}
