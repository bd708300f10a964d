// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests' serial ports: the last bytes of each, also after its end.  A ring
 * of a living guest is memory of that guest; those of the last destroyed
 * ones are copied to a pool that boot reserved.
 */
#include <vmm/console.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define KEPT_COUNT	8
#define COPY_MAX	1024		/* bytes on end, interrupts masked */

static struct list living = LIST_INIT(living);
static struct list kept = LIST_INIT(kept);	/* oldest first */
static struct mutex list_lock = MUTEX_INIT(list_lock);

static struct guest_console *object_new(size_t size)
{
	struct guest_console *c = heap_alloc(sizeof(*c));
	u8 *bytes = heap_alloc(size);

	if (!c || !bytes) {
		heap_free(bytes);
		heap_free(c);
		return NULL;
	}
	ring_init(&c->ring, bytes, size);
	ring_init(&c->pending, c->pending_bytes, GUEST_CONSOLE_INPUT);
	list_init(&c->entry);
	spin_init(&c->lock, LOCK_CONSOLE);
	wait_init(&c->output);
	mutex_init(&c->input_lock);
	return c;
}

static void object_free(struct guest_console *c)
{
	heap_free(c->ring.buffer);
	heap_free(c);
}

int guest_console_init(void)
{
	for (unsigned i = 0; i < KEPT_COUNT; i++) {
		struct guest_console *c = object_new(GUEST_CONSOLE_RING);

		if (!c)
			return fail(-ENOMEM, "console: no room for rings");
		c->pooled = true;
		list_add_tail(&kept, &c->entry);
	}
	return 0;
}

static struct guest_console *find_on(struct list *head, const char *name)
{
	struct guest_console *c;

	list_for_each(c, head, entry)
		if (string_equal(c->name, name))
			return c;
	return NULL;
}

/* Bytes from position to->head on, the newest that fit; 0: that is all. */
static size_t copy_some(struct ring *to, struct guest_console *from)
{
	const u8 *data;
	size_t size;
	u64 first;
	SCOPED_LOCK(&from->lock);

	first = from->ring.head - MIN(ring_fill(&from->ring), to->size);
	if (to->head < first)
		to->head = to->tail = first;
	size = MIN(ring_look(&from->ring, to->head, &data), (size_t)COPY_MAX);
	ring_write_over(to, data, size);
	return size;
}

/* And their positions. */
static void ring_copy(struct guest_console *to, struct guest_console *from)
{
	to->ring.head = to->ring.tail = 0;
	while (copy_some(&to->ring, from))
		;
}

/* The pool's object of that name, if any, gives its bytes and is free. */
static void kept_take(struct guest_console *c)
{
	struct guest_console *old = find_on(&kept, c->name);

	if (!old)
		return;
	ring_copy(c, old);
	if (old->references)
		return;
	old->name[0] = '\0';
	list_remove(&old->entry);
	list_add_head(&kept, &old->entry);
}

int guest_console_get(const char *name, size_t size,
		      struct guest_console **out)
{
	struct guest_console *c;
	SCOPED_MUTEX(&list_lock);

	if (find_on(&living, name))
		return fail(-EEXIST, "guest: %s: the last one is still "
			    "ending, try again", name);
	c = object_new(size);
	if (!c)
		return fail(-ENOMEM, "guest: %s: no memory for its console",
			    name);
	string_copy(c->name, name, sizeof(c->name));
	c->living = true;
	c->references = 1;
	kept_take(c);
	list_add_tail(&living, &c->entry);
	*out = c;
	return 0;
}

/* Same name first, then the oldest that nobody reads. */
static struct guest_console *kept_place(const char *name)
{
	struct guest_console *c = find_on(&kept, name);

	if (c && !c->references)
		return c;
	list_for_each(c, &kept, entry)
		if (!c->references)
			return c;
	return NULL;
}

static void keep(struct guest_console *c)
{
	struct guest_console *place = kept_place(c->name);

	if (!place)
		return;
	string_copy(place->name, c->name, sizeof(place->name));
	ring_copy(place, c);
	list_remove(&place->entry);
	list_add_tail(&kept, &place->entry);
}

static void put_locked(struct guest_console *c)
{
	if (--c->references || c->pooled)
		return;
	list_remove(&c->entry);
	object_free(c);
}

void guest_console_put(struct guest_console *c)
{
	SCOPED_MUTEX(&list_lock);

	put_locked(c);
}

void guest_console_end(struct guest_console *c)
{
	guest_console_set_input(c, NULL, NULL);
	SCOPED_MUTEX(&list_lock);
	keep(c);
	list_remove(&c->entry);
	__atomic_store_n(&c->living, false, __ATOMIC_RELEASE);
	wait_wake_all(&c->output);
	put_locked(c);
}

struct guest_console *guest_console_find(const char *name)
{
	struct guest_console *c;
	SCOPED_MUTEX(&list_lock);

	if (!*name)
		return NULL;
	c = find_on(&living, name);
	if (!c)
		c = find_on(&kept, name);
	if (c)
		c->references++;
	return c;
}

struct guest_console *guest_console_nth(unsigned n)
{
	struct guest_console *c;
	SCOPED_MUTEX(&list_lock);

	list_for_each(c, &living, entry) {
		if (--n)
			continue;
		c->references++;
		return c;
	}
	return NULL;
}

void guest_console_set_input(struct guest_console *c, void *device,
			     void (*notify)(void *device))
{
	SCOPED_MUTEX(&c->input_lock);

	c->device = device;
	c->notify = notify;
}

void guest_console_output(struct guest_console *c, const u8 *data, size_t size)
{
	u64 flags = spin_lock_irq(&c->lock);

	ring_write_over(&c->ring, data, size);
	spin_unlock_irq(&c->lock, flags);
	wait_wake_all(&c->output);
}

size_t guest_console_input(struct guest_console *c, const u8 *data, size_t size)
{
	size_t queued;
	u64 flags;
	SCOPED_MUTEX(&c->input_lock);

	if (!c->notify)
		return 0;
	flags = spin_lock_irq(&c->lock);
	queued = ring_write(&c->pending, data, size);
	spin_unlock_irq(&c->lock, flags);
	c->notify(c->device);
	return queued;
}

int guest_console_break(struct guest_console *c)
{
	u64 flags;
	bool busy;
	SCOPED_MUTEX(&c->input_lock);

	if (!c->notify)
		return -ENODEV;
	flags = spin_lock_irq(&c->lock);
	busy = c->break_waits;
	if (!busy)
		c->break_at = c->pending.head;
	__atomic_store_n(&c->break_waits, true, __ATOMIC_RELAXED);
	spin_unlock_irq(&c->lock, flags);
	c->notify(c->device);
	return busy ? -EBUSY : 0;
}

size_t guest_console_input_peek(struct guest_console *c, u8 *buf, size_t size)
{
	u64 from;
	SCOPED_LOCK(&c->lock);

	from = c->pending.tail;
	if (c->break_waits)
		size = (size_t)MIN((u64)size, c->break_at - from);
	return ring_read_at(&c->pending, &from, buf, size);
}

void guest_console_input_skip(struct guest_console *c, size_t size)
{
	SCOPED_LOCK(&c->lock);

	ring_skip(&c->pending, size);
}

u64 guest_console_end_of(struct guest_console *c)
{
	SCOPED_LOCK(&c->lock);

	return c->ring.head;
}

bool guest_console_break_is_next(struct guest_console *c)
{
	/* Whoever sets it notifies the device afterwards. */
	if (likely(!__atomic_load_n(&c->break_waits, __ATOMIC_RELAXED)))
		return false;
	SCOPED_LOCK(&c->lock);
	return c->pending.tail == c->break_at;
}

void guest_console_break_skip(struct guest_console *c)
{
	SCOPED_LOCK(&c->lock);

	__atomic_store_n(&c->break_waits, false, __ATOMIC_RELAXED);
}

size_t guest_console_read(struct guest_console *c, u64 *pos, u8 *buf,
			  size_t size)
{
	SCOPED_LOCK(&c->lock);

	return ring_read_at(&c->ring, pos, buf, size);
}
