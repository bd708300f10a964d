/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between boot code, entries in assembly, and C. */
#ifndef BOOT_H
#define BOOT_H

#include <arch/boot.h>
#include <vmm/types.h>

struct arch_frame;
struct console;
struct cpu;

/* Entry of other CPUs, called by firmware without translation. */
extern char secondary_start[];

/* The CPU that is being started. */
extern struct cpu *boot_next;

/*
 * What start.S runs on: tables of the image and the host's tree with Sv39,
 * and room above their root.
 */
extern u64 boot_tables[BOOT_TABLE_COUNT][512];

/* satp of our own tables, for CPUs that come up. */
extern u64 boot_satp;

_Noreturn void boot_main(u64 hwid, u64 dtb, u64 image);
_Noreturn void boot_secondary(struct cpu *cpu);

/* What the host's tree says; before anything asks for it. */
void cache_init(void);
void pagetable_init_host(void);
int pagetable_init_cpu(const struct cpu *cpu);
void pagetable_describe(struct console *con);

/* Called by entry.S. */
_Noreturn void panic_own_fault(const struct arch_frame *frame);
/* The same, or goes on where the frame says. */
void panic_guarded_fault(struct arch_frame *frame);
void trace_own_irq(void);

#endif
