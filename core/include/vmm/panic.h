/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others need of a panic, besides panic() itself in <vmm/log.h>. */
#ifndef VMM_PANIC_H
#define VMM_PANIC_H

/*
 * Where the IPI arrives: does not return when another CPU panicked.
 * Interrupts masked.
 */
void panic_stop_others(void);

/* Where that CPU stands for ever; NULL: not known. */
struct arch_frame;
const struct arch_frame *panic_frame(unsigned cpu);

#endif
