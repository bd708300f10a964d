// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Virtio devices behind registers (Virtual I/O Device 1.2, 4.2; binding
 * virtio,mmio), also as they were before version 1.  Devices are coherent.
 */
#include "mmio.h"
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/io_guard.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define MAGIC_VALUE	0x74726976u
#define VERSION_LEGACY	1
#define VERSION_1	2

/* Of STATUS: 2.1 */
#define ACKNOWLEDGE	1u
#define DRIVER_THERE	2u
#define DRIVER_OK	4u
#define FEATURES_OK	8u

#define RESET_POLLS	1000000u

#define FEATURE_VERSION_1	BIT(0)	/* bit 32 */

static const struct virtio_driver *const drivers[] = { &virtio_console };

static void interrupt(void *arg)
{
	struct virtio_device *d = arg;

	mmio_write(d, IRQ_ACK, mmio_read(d, IRQ_STATUS));
	d->driver->interrupt(d);
}

/* No driver uses a feature but that of version 1. */
static int negotiate(struct virtio_device *d)
{
	u32 status = ACKNOWLEDGE | DRIVER_THERE;

	mmio_write(d, STATUS, 0);
	mmio_write(d, STATUS, status);
	for (u32 half = 0; half < 2; half++) {
		mmio_write(d, DRIVER_FEATURES_SEL, half);
		mmio_write(d, DRIVER_FEATURES,
			   half && !d->legacy ? FEATURE_VERSION_1 : 0);
	}
	if (d->legacy) {
		mmio_write(d, PAGE_SIZE_LEGACY, PAGE_SIZE);
		return 0;
	}
	mmio_write(d, STATUS, status | FEATURES_OK);
	return mmio_read(d, STATUS) & FEATURES_OK ? 0 :
	       fail(-ENOTSUP, "virtio: %s: wants features", d->name);
}

/*
 * Memory that a device may still write to is not given back (2.4): it says
 * when it is reset.
 */
static void give_up(struct virtio_device *d)
{
	unsigned polls = 0;

	mmio_write(d, STATUS, 0);
	while (mmio_read(d, STATUS) && polls++ < RESET_POLLS)
		;
	if (polls < RESET_POLLS)
		d->driver->remove(d);
	else
		log_error("virtio: %s: is never reset", d->name);
}

static int start(struct device *dev, struct virtio_device *d)
{
	int rc = negotiate(d);

	if (!rc)
		rc = d->driver->probe(d);
	if (!rc)
		rc = device_irq(dev, 0, interrupt, d);
	if (!rc)
		rc = io_guard_check(d->name);
	if (rc) {
		give_up(d);
		return rc;
	}
	mmio_write(d, STATUS, mmio_read(d, STATUS) | DRIVER_OK);
	d->driver->start(d);
	return 0;
}

static const struct virtio_driver *driver_of(u32 id)
{
	for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
		if (drivers[i]->id == id)
			return drivers[i];
	return NULL;
}

/* The device stays for ever, and so does its state. */
static int probe(struct device *dev)
{
	const struct virtio_driver *driver;
	struct virtio_device *d;
	void *regs;
	u32 version;
	int rc = device_map(dev, 0, &regs);

	if (rc)
		return rc;
	version = io_read32((u8 *)regs + VERSION);
	driver = driver_of(io_read32((u8 *)regs + DEVICE_ID));
	if (io_read32((u8 *)regs + MAGIC) != MAGIC_VALUE || !driver ||
	    (version != VERSION_1 && version != VERSION_LEGACY))
		return -ENODEV;
	d = heap_alloc(driver->state_size);
	if (!d)
		return fail(-ENOMEM, "virtio: %s: no memory", dev->path);
	d->driver = driver;
	d->regs = regs;
	d->legacy = version == VERSION_LEGACY;
	d->name = dev->path;
	rc = start(dev, d);
	if (rc)
		heap_free(d);
	return rc;
}

static const struct driver virtio_mmio = {
	.name = "virtio_mmio",
	.match = (const struct dt_match[]){ { "virtio,mmio", NULL }, { 0 } },
	.probe = probe,
};
DRIVER(virtio_mmio);
