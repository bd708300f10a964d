/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What whole guests need of the host that suites run on. */
#ifndef TESTS_SUITES_GUEST_HOST_H
#define TESTS_SUITES_GUEST_HOST_H

#include <vmm/types.h>

/*
 * Runs fn to its end in a thread: inside the hypervisor at once, natively on
 * the first of two simulated CPUs.  False: it did not come to its end.
 */
bool in_thread(void (*fn)(void));

/*
 * For round 0, 1...: interrupt controllers for guests, natively one kind of
 * host after the other.  False after the last one.
 */
bool guest_host_begin(unsigned round);

#endif
