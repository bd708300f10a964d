/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is in the address space of a guest of 64 MiB. */
#ifndef HOLES_H
#define HOLES_H

#include "guest.h"

struct hole_present {
	uintptr_t base, size;
};

/* What the tree says of it. */
void holes_init(const void *tree);
/* In order, memory last; size 0 ends it. */
const struct hole_present *holes_present(void);

#endif
