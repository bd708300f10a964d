// SPDX-License-Identifier: GPL-2.0-or-later
/* GICv2 by its two frames, GICv3 by redistributors and system registers. */
#include "gic.h"

#define GICR_STRIDE	0x20000ul
#define GICR_SGI_FRAME	0x10000ul

uintptr_t gicd_base = GICD_BASE, gicr_base = GICR_BASE;

bool gic_is_v3(void)
{
	return sysreg_read(id_aa64pfr0_el1) >> 24 & 0xf;
}

uintptr_t gic_block(uint32_t id)
{
	if (id < GIC_SPI && gic_is_v3())
		return gicr_base + vcpu_index() * GICR_STRIDE + GICR_SGI_FRAME;
	return gicd_base;
}

void gic_init(void)
{
	mmio_write32(gicd_base, gic_is_v3() ? 2 : 3);
}

void gic_init_cpu(void)
{
	if (!gic_is_v3()) {
		mmio_write32(GICC_BASE, 1);
		gic_mask(0xff);
		return;
	}
	sysreg_write(S3_0_C12_C12_5, 1);
	mmio_write32(gicr_base + vcpu_index() * GICR_STRIDE + 0x14, 0);
	gic_mask(0xff);
	sysreg_write(S3_0_C12_C12_7, 1);
}

void gic_bit_set(uint32_t offset, uint32_t id)
{
	mmio_write32(gic_block(id) + offset + id / 32 * 4, 1u << id % 32);
}

bool gic_bit(uint32_t offset, uint32_t id)
{
	return mmio_read32(gic_block(id) + offset + id / 32 * 4) >> id % 32 & 1;
}

void gic_priority(uint32_t id, uint8_t priority)
{
	mmio_write8(gic_block(id) + GIC_PRIORITY + id, priority);
}

void gic_route(uint32_t id, uint64_t vcpu)
{
	if (gic_is_v3())
		mmio_write64(gicd_base + 0x6000 + 8 * id, vcpu);
	else
		mmio_write8(gicd_base + 0x800 + id, (uint8_t)(1u << vcpu));
}

void gic_edge(uint32_t id, bool edge)
{
	const uintptr_t at = gic_block(id) + GIC_CONFIG + id / 16 * 4;
	const uint32_t bit = 2u << id % 16 * 2;
	const uint32_t was = mmio_read32(at);

	mmio_write32(at, edge ? was | bit : was & ~bit);
}

void gic_use(uint32_t id, uint8_t priority)
{
	const uintptr_t group = gic_block(id) + GIC_GROUP + id / 32 * 4;

	if (gic_is_v3())
		mmio_write32(group, mmio_read32(group) | 1u << id % 32);
	gic_priority(id, priority);
	gic_bit_set(GIC_ENABLE, id);
}

uint32_t gic_ack(void)
{
	uint32_t ack;

	if (!gic_is_v3())
		return mmio_read32(GICC_BASE + 0xc);
	ack = (uint32_t)sysreg_read(S3_0_C12_C12_0);
	__asm__ volatile("dsb sy\n\tisb" ::: "memory");
	return ack;
}

void gic_eoi(uint32_t ack)
{
	if (gic_is_v3())
		sysreg_write(S3_0_C12_C12_1, ack);
	else
		mmio_write32(GICC_BASE + 0x10, ack);
}

void gic_eoi_mode(bool split)
{
	if (gic_is_v3())
		sysreg_write(S3_0_C12_C12_4, split ? 2 : 0);
	else
		mmio_write32(GICC_BASE, split ? 1 | 1u << 9 : 1);
}

void gic_dir(uint32_t ack)
{
	if (gic_is_v3())
		sysreg_write(S3_0_C12_C11_1, ack);
	else
		mmio_write32(GICC_BASE + 0x1000, ack);
}

void gic_mask(uint8_t priority)
{
	if (gic_is_v3())
		sysreg_write(S3_0_C4_C6_0, priority);
	else
		mmio_write32(GICC_BASE + 4, priority);
}

uint32_t gic_running_priority(void)
{
	if (gic_is_v3())
		return (uint32_t)sysreg_read(S3_0_C12_C11_3) & 0xff;
	return mmio_read32(GICC_BASE + 0x14) & 0xff;
}

void gic_sgi(uint32_t id, uint32_t vcpus)
{
	__asm__ volatile("dsb sy" ::: "memory");
	if (gic_is_v3())
		sysreg_write(S3_0_C12_C11_5, (uint64_t)id << 24 | vcpus);
	else
		mmio_write32(gicd_base + 0xf00, vcpus << 16 | id);
}

void gic_sgi_others(uint32_t id)
{
	__asm__ volatile("dsb sy" ::: "memory");
	if (gic_is_v3())
		sysreg_write(S3_0_C12_C11_5, (uint64_t)id << 24 | 1ul << 40);
	else
		mmio_write32(gicd_base + 0xf00, 1u << 24 | id);
}
