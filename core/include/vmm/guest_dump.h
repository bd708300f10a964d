/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's registers and memory as text, which tools/guest-core makes a core
 * file of.  Lines, each ended by a newline:
 *
 *	guest-core 1 ARCHITECTURE GUEST
 *	ram BASE SIZE
 *	r VCPU REGISTER BYTES
 *	m ADDRESS DATA
 *	end LINES CRC
 *
 * Numbers are hexadecimal; BYTES are digits in memory's order, DATA is base64
 * (RFC 4648) of 1 KiB, left out where all of it is 0.  LINES and CRC (CRC-32 of
 * IEEE 802.3) are of all lines between the first and the last.
 */
#ifndef VMM_GUEST_DUMP_H
#define VMM_GUEST_DUMP_H

#include <vmm/guest.h>

struct console;

/*
 * Writes g to con while it stands still.  Ctrl-C on the host console ends it:
 * -ECANCELED; -ENOMEM; both reported.  g->lock is not held.
 */
int guest_dump(struct guest *g, struct console *con);
/* The same for one that stands, by who holds its lock. */
int guest_dump_stopped(struct guest *g, struct console *con);

#endif
