/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random bytes for guests' seeds: a library's generator (HMAC_DRBG). */
#ifndef VMM_RANDOM_H
#define VMM_RANDOM_H

#include <vmm/types.h>

/* Reads and wipes /chosen/rng-seed; without one, timer jitter and a warning. */
void random_init(void *host_tree);
void random_bytes(void *buf, size_t size);

#endif
