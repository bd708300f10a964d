/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest whose VCPUs have pins, and the interrupt controllers of a built-in
 * tree that drive them: for suites of the models in emulators/pic.
 */
#ifndef TESTS_HOST_PINS_FAKE_H
#define TESTS_HOST_PINS_FAKE_H

#include <arch/guest.h>
#include <vmm/emulator.h>
#include <vmm/guest.h>
#include <vmm/vpic.h>

struct fake_pins {
	struct guest guest;
	struct vcpu vcpus[GUEST_CPU_MAX];
	unsigned count;
	bool level[GUEST_CPU_MAX];	/* of external interrupts */
	unsigned changes;		/* how often any was set */
	unsigned wrong;		/* pins that VCPUs have not */
	struct emu *pic, *files;	/* files: NULL where there are none */
	void *tree;
};
extern struct fake_pins fake_pins;

/* Interrupts are masked until destroyed; false: something was refused. */
bool fake_pins_create(enum fake_variant variant, unsigned vcpu_count);
void fake_pins_destroy(void);
/* The controllers, saved, made anew and restored. */
bool fake_pins_move(void);

/* 32-bit registers, of the controller and of the files. */
u32 fake_pins_get(u64 offset);
void fake_pins_put(u64 offset, u32 value);
void fake_pins_files_put(u64 offset, u32 value);
/* What people are told of a VCPU's interrupts. */
void fake_pins_look(unsigned vcpu);
/* A device's wire. */
void fake_pins_line(u32 pin, bool level);

#endif
