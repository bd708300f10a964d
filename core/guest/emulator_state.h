/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the framework's own files share about a device's state. */
#ifndef CORE_GUEST_EMULATOR_STATE_H
#define CORE_GUEST_EMULATOR_STATE_H

#include <vmm/emulator.h>

/*
 * Rows to their reset values: large ones first, each with the device's lock
 * for itself, then all others, with the lock held or nobody else.
 */
void emulator_large_rows_reset(struct emu *e);
void emulator_rows_reset(struct emu *e);

/* The host's timer for e->deadline_ns.  Device lock held. */
void emulator_timer_arm(struct emu *e);

#endif
