/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RISC-V's interrupt controllers as their specifications have them, in the
 * plainest way: what the models in emulators/pic are held against, whatever a
 * story does to both.
 */
#ifndef TESTS_HOST_PINS_REF_H
#define TESTS_HOST_PINS_REF_H

#include "../suites/story.h"

#define PINS_REF_HARTS	4

/*
 * A guest, and that many steps, or until the story ends.  After each, all that
 * the step can have changed and VCPUs can see is compared; false: there was a
 * difference.
 */
bool plic_ref_run(struct story *s, unsigned steps);
/* Delivery to harts; by messages, with the files that take them. */
bool aplic_ref_run(struct story *s, unsigned steps);
bool imsic_ref_run(struct story *s, unsigned steps);

#endif
