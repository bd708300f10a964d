// SPDX-License-Identifier: GPL-2.0-or-later
/* RISC-V's part of the smallest user of KVM: SBI and timer are the kernel's. */
#include "kvm_user.h"

#include <linux/kvm.h>
#include <stddef.h>

const uint64_t ram_base = 0x80000000, uart_base = 0x10000000;
const uint64_t raw_offset = 0x200000;

#define REGISTER(type, number)						\
	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (type) | (uint64_t)(number))
#define CORE_REGISTER(name)						\
	REGISTER(KVM_REG_RISCV_CORE, KVM_REG_RISCV_CORE_REG(regs.name))

uint64_t counter_now(void)
{
	uint64_t v;

	__asm__ volatile("rdtime %0" : "=r"(v) :: "memory");
	return v;
}

/* The guest's tree has none; timer and IPIs are SBI's. */
void irqchip_create(const struct vm *vm)
{
	(void)vm;
}

/* KVM itself turns on the first only. */
void vcpus_setup(const struct vm *vm, uint64_t entry)
{
	register_set(vm, CORE_REGISTER(pc), entry);
	register_set(vm, CORE_REGISTER(a0), 0);
	register_set(vm, CORE_REGISTER(a1), ram_base + TREE_OFFSET);
}

void clock_setup(const struct vm *vm)
{
	register_set(vm, REGISTER(KVM_REG_RISCV_TIMER,
				  KVM_REG_RISCV_TIMER_REG(time)),
		     COUNTER_START);
}

/* A 16550: its line status. */
uint8_t uart_read(uint64_t offset)
{
	return offset == 5 ? 0x60 : 0;
}
