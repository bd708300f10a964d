// SPDX-License-Identifier: GPL-2.0-or-later
/* Where models of interrupt controllers find the architecture's slots. */

#include <vmm/vpic.h>

const struct vpic_slots *vpic_slots;
