/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the architecture must know of the host's IMSICs to give guests
 * interrupt files of the hardware's (AIA 1.0, 3.1 and 6.1).
 */
#ifndef DRIVERS_IMSIC_H
#define DRIVERS_IMSIC_H

#include <vmm/types.h>

struct imsic_host {
	u32 id_count;			/* of each file, with 0 */
	/* Each CPU's first guest file, mapped. */
	u8 *guest_files[CONFIG_CPU_MAX];
};

/* From the end of the probe on; NULL: not all CPUs have guest files. */
const struct imsic_host *imsic_host_info(void);

#endif
