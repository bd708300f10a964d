/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Incoming message-signaled interrupt controllers of the CPUs (AIA 1.0, 3):
 * where they lie, and identities for who sends them messages.
 */
#ifndef DRIVERS_IRQCHIP_IMSIC_H
#define DRIVERS_IRQCHIP_IMSIC_H

#include <vmm/cpu.h>
#include <vmm/dt.h>
#include <vmm/types.h>

/* Bits of an interrupt file's address that say whose it is: 3.6. */
struct imsic_layout {
	u32 guest_bits;			/* files of a CPU's guests, log2 */
	u32 hart_bits;			/* CPUs of a group, log2 */
	u32 group_bits, group_shift;
};

/*
 * Of a node with files of file_count CPUs.  -EINVAL: fields that overlap or
 * are too wide.  Not reported.
 */
int imsic_layout_read(struct dt_node n, u32 file_count,
		      struct imsic_layout *out);
/* The hart index by which an APLIC knows whose file is at pa: AIA 4.9.1. */
u32 imsic_layout_index(const struct imsic_layout *l, u64 pa);
/*
 * Address of the file of entry i of interrupts-extended.  -ENOENT: the
 * node's reg ends before it.
 */
int imsic_layout_file(struct dt_node n, const struct imsic_layout *l, u32 i,
		      u64 *pa);

/* Whether n, an IMSIC's node, is the one that is driven. */
bool imsic_is_node(struct dt_node n);

/*
 * An identity, the same on all CPUs, that arrives as a call of fn(arg),
 * masked, which makes it an interrupt.  0: there is none left.  From boot.
 */
u32 imsic_alloc(void (*fn)(u32 arg), u32 arg);

/* What an APLIC's target must name to reach cpu. */
u32 imsic_index(const struct cpu *cpu);

#endif
