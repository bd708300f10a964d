/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes for guests' seeds: a library's generator (HMAC_DRBG). */
#ifndef VMM_RANDOM_H
#define VMM_RANDOM_H

#include <vmm/types.h>

/*
 * Reads and wipes /chosen/rng-seed; without one, timer jitter and a warning.
 * Once, at boot, when the heap is there.
 */
void random_init(void *host_tree);
/* Any context, after random_init(). */
void random_bytes(void *buf, size_t size);

#endif
