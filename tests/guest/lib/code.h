/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that is made at run time, by one VCPU for others. */
#ifndef CODE_H
#define CODE_H

#include "guest.h"

/* Two words: a function that gives n, below 2048. */
void code_make(volatile uint32_t *to, uint32_t n);
/* What the writer does, and who runs it. */
void code_publish(volatile uint32_t *to);
void code_arrive(void);
/* Maintenance of caches that loses nothing, near there. */
void code_disturb(uintptr_t at);
/* Has nothing to do for a moment. */
void code_relax(void);

#endif
