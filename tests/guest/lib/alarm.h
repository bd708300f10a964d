/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual timer as an alarm: interrupts stay masked, wait() sees it. */
#ifndef ALARM_H
#define ALARM_H

#include "guest.h"

/* On each VCPU that sets one. */
void alarm_init(void);
/* wait() comes back when the counter is there, until alarm_end(). */
void alarm_set(uint64_t due);
void alarm_end(void);

#endif
