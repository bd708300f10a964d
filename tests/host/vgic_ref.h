/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The models of guests' GICs against a reference that knows no slots: devices,
 * guests and CPUs do what a story says; what a guest acknowledges must be the
 * best there is, each time, and registers must read what they should.
 */
#ifndef TESTS_HOST_VGIC_REF_H
#define TESTS_HOST_VGIC_REF_H

#include "../suites/story.h"

/*
 * A guest with a GIC of that version, and that many steps, or until the story
 * ends; then all that is pending is served.  False: there was a difference.
 */
bool vgic_ref_run(unsigned version, struct story *s, unsigned steps);
/* How many interrupts guests acknowledged in the last run. */
u32 vgic_ref_acknowledged(void);

#endif
