/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the smallest user of KVM asks of an architecture. */
#ifndef KVM_USER_H
#define KVM_USER_H

#include <stdint.h>

/* What the measuring guest expects its counter to begin at. */
#define COUNTER_START	(1ull << 48)

#define MAX_CPUS	2

struct vm {
	int kvm, fd;		/* descriptors of KVM and the VM */
	int cpus[MAX_CPUS];	/* of its VCPUs */
	unsigned cpu_count;
};

/* Where the guest finds RAM and UART, and where in RAM a raw kernel is. */
extern const uint64_t ram_base, uart_base, raw_offset;
#define TREE_OFFSET	(48ull << 20)

/* The counter of this machine, which guests have, too, with an offset. */
uint64_t counter_now(void);
/* An interrupt controller inside the kernel, as the guest expects one. */
void irqchip_create(const struct vm *vm);
/*
 * Sets all VCPUs up: the first begins at this address, with the tree's as its
 * argument, others are off.
 */
void vcpus_setup(const struct vm *vm, uint64_t entry);
/* The guest's counter is COUNTER_START now. */
void clock_setup(const struct vm *vm);

/* What the guest reads from its UART, which is always ready to send. */
uint8_t uart_read(uint64_t offset);

/* Ends the machine, unless result is 0 or more; gives it. */
int need(int result, const char *what);
/* Sets a register of the first VCPU. */
void register_set(const struct vm *vm, uint64_t id, uint64_t value);

#endif
