/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An emulated device by itself, its line and its registers, for suites. */
#ifndef TESTS_SUITES_EMULATED_H
#define TESTS_SUITES_EMULATED_H

#include <vmm/emulator.h>
#include <vmm/types.h>

/* What the device last told its interrupt controller, and how often. */
extern bool emulated_line;
extern unsigned emulated_line_changes;

/* A device of the type with that name, its lines connected; NULL: none. */
struct emu *emulated_create(const char *type);
struct emu *emulated_create_at(const struct emulator *type,
			       struct dt_node node);

u64 emulated_read(struct emu *e, u64 offset, unsigned size);
void emulated_write(struct emu *e, u64 offset, u64 value, unsigned size);

/* 32-bit registers. */
static inline u32 emulated_get(struct emu *e, u64 offset)
{
	return (u32)emulated_read(e, offset, 4);
}

static inline void emulated_put(struct emu *e, u64 offset, u32 value)
{
	emulated_write(e, offset, value, 4);
}

/* Rings the alarm if it is due. */
void emulated_ring(struct emu *e);

/* A device that differs in nothing saved from e, and e is gone. */
struct emu *emulated_move(struct emu *e);

/*
 * Reads data as what a guest and the world do to devices, one after the
 * other: accesses of every size anywhere, by two VCPUs, input, alarms, pins,
 * messages, resets, moves to another host, damaged ones as well.  False: a
 * device got lost, or answered more than asked.
 */
bool emulated_drive(const u8 *data, size_t size);

#endif
