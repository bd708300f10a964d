/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drivers of virtio devices (Virtual I/O Device 1.2): split queues of buffers
 * of one descriptor each (2.7), and the transport by registers (4.2).
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_H
#define DRIVERS_VIRTIO_VIRTIO_H

#include <vmm/device.h>
#include <vmm/types.h>

#define VIRTIO_QUEUE_SIZE	16	/* buffers, numbered from 0 on */

/* In two pages: descriptors and what is available, what was used. */
struct virtio_queue {
	struct virtio_device *device;	/* c */
	unsigned index;			/* c: of the device */
	u8 *pages;			/* c */
	u16 next, seen;			/* our counts of both rings */
};

struct virtio_driver {
	u32 id;				/* table of 5: 3 is a console */
	size_t state_size;		/* zeroed; struct virtio_device first */
	/* The device is reset and knows us; queues are to be made. */
	int (*probe)(struct virtio_device *d);
	/* After that, or half of it: the device is reset, and not used. */
	void (*remove)(struct virtio_device *d);
	void (*start)(struct virtio_device *d);	/* it works from now on */
	void (*interrupt)(struct virtio_device *d);
};

/* First in a driver's state. */
struct virtio_device {
	const struct virtio_driver *driver;	/* c */
	u8 *regs;				/* c */
	bool legacy;				/* c: 4.2.4 */
	const char *name;			/* c: the node's path */
};

/* Memory for queue `index`, and the device is told.  -errno, reported. */
int virtio_queue_init(struct virtio_queue *q, struct virtio_device *d,
		      unsigned index);
/* The device is reset; also of one that was not made. */
void virtio_queue_fini(struct virtio_queue *q);
/* Gives buffer `id` to the device, for it to read or to write. */
void virtio_queue_add(struct virtio_queue *q, u16 id, const void *data,
		      u32 size, bool device_writes);
/* After buffers were added. */
void virtio_queue_notify(struct virtio_queue *q);
/* A buffer that the device is done with, and how much it wrote. */
bool virtio_queue_take(struct virtio_queue *q, u16 *id, u32 *size);

extern const struct virtio_driver virtio_console;

#endif
