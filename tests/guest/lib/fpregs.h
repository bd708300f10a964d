/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FP and vector registers, by each architecture. */
#ifndef FPREGS_H
#define FPREGS_H

#include "guest.h"

void fp_fill(uint64_t seed);
/* 0 if all are as fp_fill() left them. */
uint64_t fp_differ(uint64_t seed);
/* Something that the hypervisor does for the guest, or a yield. */
#define EXIT_KINDS	4
void exit_of_kind(uint64_t kind);

#endif
