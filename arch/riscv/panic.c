// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults of our own code: registers and return addresses for the panic. */

#include "boot.h"

#include <arch/csr.h>
#include <arch/frame.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/io_guard.h>
#include <vmm/symbols.h>

/* What lies below a frame pointer (RISC-V ELF psABI 1.4). */
struct frame_record {
	const struct frame_record *next;	/* the end of that one */
	u64 pc;
};

static bool is_readable(const struct frame_record *end)
{
	hpa_t ignored;

	return IS_ALIGNED((u64)end, 8) && !hostmap_translate(end - 1, &ignored);
}

/* A function that calls none keeps the frame pointer alone, on top. */
static bool is_leaf(const struct frame_record *end)
{
	const u64 pc = end[-1].pc;

	return (pc < (u64)image_start || pc >= (u64)image_end) &&
	       is_readable((const struct frame_record *)pc);
}

/*
 * Bounded by max: a fault's records go on from the panic stack to the stack
 * that faulted.
 */
size_t arch_backtrace(u64 *pcs, size_t max)
{
	const struct frame_record *end = __builtin_frame_address(0);
	size_t n = 0;

	for (size_t i = 0; i < 2 * max && n < max && end && is_readable(end) &&
	     end[-1].pc; i++) {
		if (is_leaf(end)) {
			end = (const void *)end[-1].pc;
		} else {
			pcs[n++] = end[-1].pc;
			end = end[-1].next;
		}
	}
	return n;
}

static const char *cause_name(u64 cause)
{
	static const char *const names[] = {
		[0] = "misaligned fetch", [1] = "fetch access",
		[2] = "illegal instruction", [3] = "breakpoint",
		[4] = "misaligned load", [5] = "load access",
		[6] = "misaligned store", [7] = "store access",
		[12] = "fetch page fault", [13] = "load page fault",
		[15] = "store page fault", [19] = "hardware error",
	};

	return cause < ARRAY_LEN(names) && names[cause] ? names[cause] :
							  "unknown";
}

void arch_frame_dump(const struct arch_frame *f, struct console *con)
{
	static const char *const names[32] = {
		"  ", "ra", "sp", "gp", "tp", "t0", "t1", "t2",
		"s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
		"a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7",
		"s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};

	con_printf(con, "sepc %016llx  sstatus %016llx\n"
		   "scause %02llx (%s)  stval %016llx\n",
		   (unsigned long long)f->sepc, (unsigned long long)f->sstatus,
		   (unsigned long long)f->scause, cause_name(f->scause),
		   (unsigned long long)f->stval);
	for (unsigned i = 1; i < ARRAY_LEN(names); i++)
		con_printf(con, "%3s %016llx%s", names[i],
			   (unsigned long long)f->x[i],
			   i % 4 == 0 || i == 31 ? "\n" : "  ");
	con_printf(con, "sepc and ra are in:\n");
	symbols_print(f->sepc, con);
	symbols_print_return(f->x[1], con);
}

const void *arch_frame_at(const struct arch_frame *f, size_t run, unsigned n)
{
	if (run)
		return &f->sepc;
	return n ? &f->x[n] : NULL;
}

_Noreturn void panic_own_fault(const struct arch_frame *f)
{
	trap_panic(f, f->x[2]);
}

/* Skips a load or store that the bus refused; it may be a compressed one. */
void panic_guarded_fault(struct arch_frame *f)
{
	const u16 *code = (const u16 *)f->sepc;

	if (f->scause != CAUSE_LOAD_ACCESS && f->scause != CAUSE_STORE_ACCESS)
		panic_own_fault(f);
	io_guard.skipped++;
	f->sepc += (*code & 3) == 3 ? 4 : 2;
}
