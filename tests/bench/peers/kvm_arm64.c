// SPDX-License-Identifier: GPL-2.0-or-later
/* ARMv8's part of the smallest user of KVM: a GICv3 and PSCI in the kernel. */
#include "kvm_user.h"

#include <linux/kvm.h>
#include <stddef.h>
#include <sys/ioctl.h>

const uint64_t ram_base = 0x40000000, uart_base = 0x09000000;
const uint64_t raw_offset = 0x80000;

#define GICD_BASE	0x08000000ull
#define GICR_BASE	0x080a0000ull
#define IRQ_COUNT	96u
#define CORE_REGISTER(name)						\
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |		\
	 KVM_REG_ARM_CORE_REG(regs.name))

uint64_t counter_now(void)
{
	uint64_t v;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v) :: "memory");
	return v;
}

static void gic_set(int gic, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)value,
	};

	need(ioctl(gic, KVM_SET_DEVICE_ATTR, &a), "GIC");
}

void irqchip_create(const struct vm *vm)
{
	const uint64_t gicd = GICD_BASE, gicr = GICR_BASE;
	const uint32_t count = IRQ_COUNT;
	struct kvm_create_device gic = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	need(ioctl(vm->fd, KVM_CREATE_DEVICE, &gic), "GIC");
	gic_set((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		KVM_VGIC_V3_ADDR_TYPE_DIST, &gicd);
	gic_set((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_ADDR,
		KVM_VGIC_V3_ADDR_TYPE_REDIST, &gicr);
	gic_set((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &count);
	gic_set((int)gic.fd, KVM_DEV_ARM_VGIC_GRP_CTRL,
		KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

void vcpus_setup(const struct vm *vm, uint64_t entry)
{
	struct kvm_vcpu_init init;

	need(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init), "target");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	for (unsigned i = 0; i < vm->cpu_count; i++) {
		need(ioctl(vm->cpus[i], KVM_ARM_VCPU_INIT, &init),
		     "KVM_ARM_VCPU_INIT");
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	}
	register_set(vm, CORE_REGISTER(pc), entry);
	register_set(vm, CORE_REGISTER(regs[0]), ram_base + TREE_OFFSET);
}

void clock_setup(const struct vm *vm)
{
	register_set(vm, KVM_REG_ARM_TIMER_CNT, COUNTER_START);
}

/* A PL011 (Arm DDI 0183): flags and identification. */
uint8_t uart_read(uint64_t offset)
{
	static const uint8_t id[] = {
		0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
	};

	if (offset == 0x18)
		return 0x90;
	if (offset < 0xfe0 || offset >= 0x1000)
		return 0;
	return id[(offset - 0xfe0) / 4];
}
