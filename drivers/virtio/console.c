// SPDX-License-Identifier: GPL-2.0-or-later
/* A console (Virtual I/O Device 1.2, 5.3): its first port, as a UART. */
#include "virtio.h"
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

enum { QUEUE_RECEIVE, QUEUE_SEND };

#define BUFFER_SIZE	128u
_Static_assert(2 * VIRTIO_QUEUE_SIZE * BUFFER_SIZE <= 4096, "one page");

struct port {
	struct virtio_device device;
	struct uart uart;
	struct virtio_queue receive, send;
	u8 *buffers;			/* receive's, then send's */
	u32 free;			/* of send's, a bit each */
	bool reads;			/* one that came, and which: */
	u16 id;
	u32 at, end;			/* what is left of it */
};

static struct port *of(struct uart *u)
{
	return container_of(u, struct port, uart);
}

static u8 *buffer(const struct port *c, unsigned queue, u16 id)
{
	return c->buffers + (queue * VIRTIO_QUEUE_SIZE + id) * BUFFER_SIZE;
}

static void give(struct port *c, u16 id)
{
	virtio_queue_add(&c->receive, id, buffer(c, QUEUE_RECEIVE, id),
			 BUFFER_SIZE, true);
}

static size_t send(struct uart *u, const u8 *data, size_t size)
{
	struct port *c = of(u);
	size_t sent = 0, step;
	u32 length;
	u16 id;

	while (virtio_queue_take(&c->send, &id, &length))
		c->free |= BIT(id);
	while (sent < size && c->free) {
		id = (u16)__builtin_ctz(c->free);
		c->free &= c->free - 1;
		step = MIN(size - sent, (size_t)BUFFER_SIZE);
		memcpy(buffer(c, QUEUE_SEND, id), data + sent, step);
		virtio_queue_add(&c->send, id, buffer(c, QUEUE_SEND, id),
				 (u32)step, false);
		sent += step;
	}
	if (sent)
		virtio_queue_notify(&c->send);
	return sent;
}

/* The next buffer that came, once the one before was read to its end. */
static bool next(struct port *c)
{
	if (c->at < c->end)
		return true;
	if (c->reads) {
		give(c, c->id);
		virtio_queue_notify(&c->receive);
	}
	c->at = c->end = 0;
	c->reads = virtio_queue_take(&c->receive, &c->id, &c->end);
	c->end = MIN(c->end, BUFFER_SIZE);
	return c->reads;
}

static size_t receive(struct uart *u, u8 *data, size_t max)
{
	struct port *c = of(u);
	size_t came = 0, step;

	while (came < max && next(c)) {
		step = MIN(max - came, (size_t)(c->end - c->at));
		memcpy(data + came,
		       buffer(c, QUEUE_RECEIVE, c->id) + c->at, step);
		c->at += (u32)step;
		came += step;
	}
	return came;
}

/* Both queues interrupt as buffers are used, and not otherwise. */
static void no_irq(struct uart *u, bool on)
{
}

static void interrupt(struct virtio_device *d)
{
	host_console_interrupt(&container_of(d, struct port,
					     device)->uart);
}

static int probe(struct virtio_device *d)
{
	static const struct uart_ops ops = {
		.send = send, .receive = receive,
		.send_irq = no_irq, .receive_irq = no_irq,
	};
	struct port *c = container_of(d, struct port, device);
	hpa_t page;
	int rc;

	if (page_alloc(0, PAGE_CONSOLE, &page))
		return fail(-ENOMEM, "virtio: %s: no memory", d->name);
	c->buffers = hpa_to_ptr(page);
	c->free = BIT(VIRTIO_QUEUE_SIZE) - 1;
	c->uart.ops = &ops;
	c->uart.name = d->name;
	if ((rc = virtio_queue_init(&c->receive, d, QUEUE_RECEIVE)) ||
	    (rc = virtio_queue_init(&c->send, d, QUEUE_SEND)))
		return rc;
	for (u16 id = 0; id < VIRTIO_QUEUE_SIZE; id++)
		give(c, id);
	return 0;
}

static void remove(struct virtio_device *d)
{
	struct port *c = container_of(d, struct port, device);

	virtio_queue_fini(&c->receive);
	virtio_queue_fini(&c->send);
	if (c->buffers)
		page_free(ptr_to_hpa(c->buffers), 0, PAGE_CONSOLE);
}

static void start(struct virtio_device *d)
{
	struct port *c = container_of(d, struct port, device);

	virtio_queue_notify(&c->receive);
	host_console_register(&c->uart);
}

const struct virtio_driver virtio_console = {
	.id = 3, .state_size = sizeof(struct port), .probe = probe,
	.remove = remove, .start = start, .interrupt = interrupt,
};
