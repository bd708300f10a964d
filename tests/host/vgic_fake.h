/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two CPUs with four list registers each, and guests that acknowledge and
 * end interrupts there, as the GIC's virtual CPU interface does it (IHI
 * 0069H 6, 12.4): for suites of the models in emulators/pic.
 */
#ifndef TESTS_HOST_VGIC_FAKE_H
#define TESTS_HOST_VGIC_FAKE_H

#include <vmm/emulator.h>
#include <vmm/guest.h>
#include <vmm/vpic.h>

#define FAKE_SLOTS	4	/* unless fake_gic_use_slots() */
#define FAKE_GIC_CPUS	2
#define FAKE_VCPUS	4
#define FAKE_TIMER	27	/* linked to the host's FAKE_TIMER_HOST */
#define FAKE_TIMER_HOST	29
#define FAKE_NOTHING	1023

struct fake_gic_cpu {
	u64 slots[VPIC_SLOT_MAX];
	u32 mask, active, attention, outside;
	bool host_active;
	struct vcpu *loaded;
};

struct fake_gic {
	struct guest guest;
	struct emu *emu;
	struct vcpu vcpus[FAKE_VCPUS];
	unsigned vcpu_count, version;
	bool due[FAKE_VCPUS];	/* the virtual timer asserts */
	struct fake_gic_cpu cpus[FAKE_GIC_CPUS];
	u32 sync_count;
	u32 slot_uses;
	u32 most_uses;		/* by what masks interrupts on end */
};
extern struct fake_gic fake_gic;

/* False when the model could not be made. */
bool fake_gic_create(unsigned version, unsigned vcpu_count);
void fake_gic_destroy(void);
/* Before anybody uses any. */
void fake_gic_use_slots(unsigned count);

/* What follows happens on that CPU. */
void fake_gic_on(unsigned cpu);
/* Out with who is there; vcpu < 0: nobody comes in. */
void fake_gic_switch(unsigned cpu, int vcpu);
/* Where vcpu is loaded, or < 0. */
int fake_gic_where(unsigned vcpu);

/* Interrupts of the host: kicks, attention, the timer; until all is quiet. */
void fake_gic_settle(void);

/* The guest on cpu: interrupt and sender << 10; FAKE_NOTHING. */
u32 fake_gic_ack(unsigned cpu);
void fake_gic_end(unsigned cpu, u32 id);

/* What people are told of a VCPU's interrupts; it is put, or this CPU's. */
void fake_gic_look(unsigned vcpu);

/* On whatever CPU we are: an access by vcpu. */
u64 fake_gic_read(unsigned vcpu, unsigned region, u64 offset, unsigned size);
void fake_gic_write(unsigned vcpu, unsigned region, u64 offset,
		    unsigned size, u64 value);
/* The same, four bytes to the distributor, by an interruptible exit. */
void fake_gic_exit_write(unsigned vcpu, u64 offset, u64 value);

#endif
