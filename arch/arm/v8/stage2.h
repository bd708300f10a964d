/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about stage 2 translation on this machine. */
#ifndef STAGE2_H
#define STAGE2_H

/* Widest guest physical address, in bits. */
unsigned stage2_address_bits(void);

#endif
