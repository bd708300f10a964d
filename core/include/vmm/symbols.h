/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of our own functions, embedded by the build (CONFIG_SYMBOLS). */
#ifndef VMM_SYMBOLS_H
#define VMM_SYMBOLS_H

#include <vmm/types.h>

/*
 * The function that address lies in, and how far behind its start; NULL when
 * it is none of ours or names were left out.  Any context.
 */
const char *symbols_lookup(u64 address, u64 *offset);

#endif
