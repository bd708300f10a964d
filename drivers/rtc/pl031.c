// SPDX-License-Identifier: GPL-2.0-or-later
/* Arm PrimeCell real-time clock (PL031, DDI 0224): read once, at boot. */
#include <arch/io.h>
#include <vmm/clock.h>
#include <vmm/device.h>

enum { RTCDR = 0x00 };		/* seconds since 1970 */

static int probe(struct device *dev)
{
	void *regs;
	int rc = device_map(dev, 0, &regs);

	if (!rc)
		clock_set_wall(io_read32((u8 *)regs + RTCDR) * 1000000000ull);
	return rc;
}

static const struct driver pl031 = {
	.name = "pl031",
	.match = (const struct dt_match[]){ { "arm,pl031", NULL }, { 0 } },
	.probe = probe,
};
DRIVER(pl031);
