/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's GIC, whichever version it has (IHI 0048, IHI 0069).  Interrupts
 * stay masked in PSTATE: gic_ack() looks for one.
 */
#ifndef GIC_H
#define GIC_H

#include "guest.h"

#define GIC_SPURIOUS	1023u
#define GIC_SPI		32u		/* the first shared one */

/* Offsets, the same for a distributor and a redistributor's SGI frame. */
enum {
	GIC_GROUP = 0x80, GIC_ENABLE = 0x100, GIC_DISABLE = 0x180,
	GIC_PEND = 0x200, GIC_UNPEND = 0x280, GIC_ACTIVATE = 0x300,
	GIC_DEACTIVATE = 0x380, GIC_PRIORITY = 0x400, GIC_CONFIG = 0xc00,
};

/* Where it is: as on QEMU, unless a guest knows better. */
extern uintptr_t gicd_base, gicr_base;

bool gic_is_v3(void);
/* The distributor, by one VCPU; then each VCPU its own interface. */
void gic_init(void);
void gic_init_cpu(void);
/* Where the register block for interrupt id of this VCPU is. */
uintptr_t gic_block(uint32_t id);
/* Writes, or reads, id's bit in the registers at that offset. */
void gic_bit_set(uint32_t offset, uint32_t id);
bool gic_bit(uint32_t offset, uint32_t id);
void gic_priority(uint32_t id, uint8_t priority);
/* id: a shared one */
void gic_route(uint32_t id, uint64_t vcpu);
void gic_edge(uint32_t id, bool edge);
/* Enabled, in the group that is signalled as IRQ, with a priority. */
void gic_use(uint32_t id, uint8_t priority);

/* What IAR gives: the interrupt, or 1020 and up if there is none. */
uint32_t gic_ack(void);
void gic_eoi(uint32_t ack);
/* With gic_eoi_mode(true), EOI only drops the priority. */
void gic_eoi_mode(bool split);
void gic_dir(uint32_t ack);
void gic_mask(uint8_t priority);
uint32_t gic_running_priority(void);
/* To those VCPUs (a bit each), or to all but this one. */
void gic_sgi(uint32_t id, uint32_t vcpus);
void gic_sgi_others(uint32_t id);

#endif
