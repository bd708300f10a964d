// SPDX-License-Identifier: GPL-2.0-or-later
/* What suites of emulated devices share. */
#include "emulated.h"
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/heap.h>
#include <vmm/vpic.h>

bool emulated_line;
unsigned emulated_line_changes;

static void set_line(struct vpic *p, u32 pin, bool level)
{
	emulated_line = level;
	emulated_line_changes++;
}

static const struct vpic_ops ops = { .name = "test", .set_line = set_line };
static struct vpic pic = { .ops = &ops };

struct emu *emulated_create_at(const struct emulator *type,
			       struct dt_node node)
{
	const struct irq_line line = { .pic = &pic };
	const struct emu_config config = {
		.type = type, .node = node, .name = "test@0",
		.lines = &line, .line_count = 1,
	};
	struct emu *e;

	emulated_line = false;
	return emu_create(&config, &e) ? NULL : e;
}

struct emu *emulated_create(const char *type)
{
	set_for_each(emulator, t)
		if (string_equal(t->name, type))
			return emulated_create_at(t, DT_NONE);
	return NULL;
}

static u64 access(struct emu *e, struct access *a)
{
	u64 flags = irq_save();

	emu_access(e, a);
	irq_restore(flags);
	return a->value;
}

u64 emulated_read(struct emu *e, u64 offset, unsigned size)
{
	struct access a = {
		.offset = offset, .size = (u8)size, .value = ~0ull,
	};

	return access(e, &a);
}

void emulated_write(struct emu *e, u64 offset, u64 value, unsigned size)
{
	struct access a = {
		.offset = offset, .size = (u8)size, .value = value,
		.write = true,
	};

	access(e, &a);
}

void emulated_ring(struct emu *e)
{
	u64 flags = irq_save();

	e->timer.fn(&e->timer);
	irq_restore(flags);
}

struct emu *emulated_move(struct emu *e)
{
	const struct emulator *type = e->type;
	struct dt_node node = e->node;
	size_t size = emu_save(e, NULL);
	u8 *before HEAP_SCOPED = heap_alloc(size);
	u8 *after HEAP_SCOPED = heap_alloc(size);
	struct emu *copy;

	if (!before || !after || emu_save(e, before) != size)
		return NULL;
	emu_destroy(e);
	copy = emulated_create_at(type, node);
	if (!copy || emu_restore(copy, before, size))
		return NULL;
	if (emu_save(copy, NULL) != size || emu_save(copy, after) != size)
		return NULL;
	return memcmp(before, after, size) ? NULL : copy;
}
