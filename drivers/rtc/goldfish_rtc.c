// SPDX-License-Identifier: GPL-2.0-or-later
/* Goldfish real-time clock (QEMU, Android emulator): read once, at boot. */
#include <arch/io.h>
#include <vmm/clock.h>
#include <vmm/device.h>

enum { TIME_LOW = 0x00, TIME_HIGH = 0x04 };	/* ns; LOW latches HIGH */

static int probe(struct device *dev)
{
	void *regs;
	int rc = device_map(dev, 0, &regs);
	u64 ns;

	if (rc)
		return rc;
	ns = io_read32((u8 *)regs + TIME_LOW);
	ns |= (u64)io_read32((u8 *)regs + TIME_HIGH) << 32;
	clock_set_wall(ns);
	return 0;
}

static const struct driver goldfish_rtc = {
	.name = "goldfish_rtc",
	.match = (const struct dt_match[]){
		{ "google,goldfish-rtc", NULL }, { 0 },
	},
	.probe = probe,
};
DRIVER(goldfish_rtc);
