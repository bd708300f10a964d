/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Catches what a case prints: between begin and end, this thread's errors
 * and commands write to capture_text.
 */
#ifndef TESTS_SUITES_CAPTURE_H
#define TESTS_SUITES_CAPTURE_H

#include <vmm/console.h>
#include <vmm/types.h>

/* NUL-ended; what is over is lost, but a whole log fits. */
extern char capture_text[20 * 1024];
extern struct console capture;

void capture_begin(void);
void capture_end(void);

#endif
