/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transport's registers: Virtual I/O Device 1.2, 4.2.2 and 4.2.4. */
#ifndef DRIVERS_VIRTIO_MMIO_H
#define DRIVERS_VIRTIO_MMIO_H

#include "virtio.h"
#include <arch/io.h>

enum {
	MAGIC = 0x00, VERSION = 0x04, DEVICE_ID = 0x08,
	DRIVER_FEATURES = 0x20, DRIVER_FEATURES_SEL = 0x24,
	PAGE_SIZE_LEGACY = 0x28, QUEUE_SEL = 0x30, QUEUE_NUM_MAX = 0x34,
	QUEUE_NUM = 0x38, QUEUE_ALIGN = 0x3c, QUEUE_PFN = 0x40,
	QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50, IRQ_STATUS = 0x60,
	IRQ_ACK = 0x64, STATUS = 0x70, QUEUE_DESC = 0x80,
	QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0,
};

static inline u32 mmio_read(const struct virtio_device *d, unsigned reg)
{
	return io_read32(d->regs + reg);
}

static inline void mmio_write(const struct virtio_device *d, unsigned reg,
			      u32 value)
{
	io_write32(d->regs + reg, value);
}

#endif
