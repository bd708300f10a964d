// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of our own code: registers and return addresses for the panic. */

#include "exits.h"

#include <arch/frame.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/page.h>

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

static size_t walk(const struct frame_record *r, u64 *pcs, size_t max)
{
	size_t n = 0;

	while (n < max && r && is_readable(r) && r->pc) {
		pcs[n++] = r->pc;
		if (r->next <= r)	/* stacks grow down */
			break;
		r = r->next;
	}
	return n;
}

size_t arch_backtrace(u64 *pcs, size_t max)
{
	return walk(__builtin_frame_address(0), pcs, max);
}

size_t arch_frame_backtrace(const struct arch_frame *f, u64 *pcs, size_t max)
{
	if (!max)
		return 0;
	pcs[0] = f->elr;
	return 1 + walk((const struct frame_record *)f->x[29], pcs + 1,
			max - 1);
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
}

_Noreturn void exit_own_fault(const struct arch_frame *f)
{
	u64 guard = f->sp - 512;
	hpa_t ignored;

	if (hostmap_translate((const void *)guard, &ignored))
		trap_panic(f, "stack overflow in the hypervisor");
	trap_panic(f, "exception in the hypervisor");
}
