// SPDX-License-Identifier: GPL-2.0-or-later
/* Split queues: Virtual I/O Device 1.2, 2.7; where they lie: 4.2.3.2, 4.2.4. */
#include "virtio.h"
#include "mmio.h"
#include <arch/barrier.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define QUEUE_ORDER	1
#define DEVICE_WRITES	2		/* of a descriptor's flags */

/* 2.7.5, 2.7.6, 2.7.8 */
struct descriptor {
	u64 address;
	u32 size;
	u16 flags, next;
};
struct available {
	u16 flags, count;
	u16 ring[VIRTIO_QUEUE_SIZE];
};
struct used {
	u16 flags, count;
	struct {
		u32 id, size;
	} ring[VIRTIO_QUEUE_SIZE];
};

static struct descriptor *descriptors(const struct virtio_queue *q)
{
	return (struct descriptor *)(void *)q->pages;
}

static struct available *available(const struct virtio_queue *q)
{
	return (struct available *)(void *)(descriptors(q) +
					    VIRTIO_QUEUE_SIZE);
}

static struct used *used(const struct virtio_queue *q)
{
	return (struct used *)(void *)(q->pages + PAGE_SIZE);
}

static void write_address(struct virtio_device *d, unsigned reg,
			  const void *part)
{
	const u64 at = ptr_to_hpa(part).v;

	mmio_write(d, reg, (u32)at);
	mmio_write(d, reg + 4, (u32)(at >> 32));
}

static void place(const struct virtio_queue *q)
{
	struct virtio_device *d = q->device;

	mmio_write(d, QUEUE_NUM, VIRTIO_QUEUE_SIZE);
	if (d->legacy) {
		mmio_write(d, QUEUE_ALIGN, PAGE_SIZE);
		mmio_write(d, QUEUE_PFN,
			   (u32)(ptr_to_hpa(q->pages).v >> PAGE_SHIFT));
		return;
	}
	write_address(d, QUEUE_DESC, descriptors(q));
	write_address(d, QUEUE_DRIVER, available(q));
	write_address(d, QUEUE_DEVICE, used(q));
	mmio_write(d, QUEUE_READY, 1);
}

int virtio_queue_init(struct virtio_queue *q, struct virtio_device *d,
		      unsigned index)
{
	hpa_t pages;

	mmio_write(d, QUEUE_SEL, index);
	if (mmio_read(d, QUEUE_NUM_MAX) < VIRTIO_QUEUE_SIZE)
		return fail(-ENOTSUP, "virtio: %s: queue %u holds less than "
			    "%u buffers", d->name, index, VIRTIO_QUEUE_SIZE);
	if (page_alloc(QUEUE_ORDER, PAGE_CONSOLE, &pages))
		return fail(-ENOMEM, "virtio: %s: no memory for queues",
			    d->name);
	*q = (struct virtio_queue){
		.device = d, .index = index, .pages = hpa_to_ptr(pages),
	};
	memset(q->pages, 0, PAGE_SIZE << QUEUE_ORDER);
	place(q);
	return 0;
}

void virtio_queue_fini(struct virtio_queue *q)
{
	if (q->pages)
		page_free(ptr_to_hpa(q->pages), QUEUE_ORDER, PAGE_CONSOLE);
	q->pages = NULL;
}

void virtio_queue_add(struct virtio_queue *q, u16 id, const void *data,
		      u32 size, bool device_writes)
{
	struct available *a = available(q);

	descriptors(q)[id] = (struct descriptor){
		.address = ptr_to_hpa(data).v, .size = size,
		.flags = device_writes ? DEVICE_WRITES : 0,
	};
	a->ring[q->next++ % VIRTIO_QUEUE_SIZE] = id;
	wmb();
	__atomic_store_n(&a->count, q->next, __ATOMIC_RELEASE);
}

void virtio_queue_notify(struct virtio_queue *q)
{
	mb();
	mmio_write(q->device, QUEUE_NOTIFY, q->index);
}

/* What a device says is any value. */
bool virtio_queue_take(struct virtio_queue *q, u16 *id, u32 *size)
{
	struct used *u = used(q);
	unsigned at = q->seen % VIRTIO_QUEUE_SIZE;

	if (__atomic_load_n(&u->count, __ATOMIC_ACQUIRE) == q->seen)
		return false;
	rmb();
	*id = (u16)(u->ring[at].id % VIRTIO_QUEUE_SIZE);
	*size = u->ring[at].size;
	q->seen++;
	return true;
}
