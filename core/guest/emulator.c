// SPDX-License-Identifier: GPL-2.0-or-later
/* Emulated devices: their life, and what the rest of core asks of them. */
#include <vmm/emulator.h>

#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#include "emulator_index.h"
#include "emulator_state.h"

SET_DEFINE(emulator);

static bool knows(const struct emulator *t, const char *compatible)
{
	for (const char *const *c = t->compatible; c && *c; c++)
		if (string_equal(*c, compatible))
			return true;
	return false;
}

/* The node lists the most particular name first. */
const struct emulator *emu_find(struct dt_node node)
{
	const char *name;

	for (unsigned i = 0; (name = dt_string(node, "compatible", i)); i++)
		set_for_each(emulator, t)
			if (knows(t, name))
				return t->pick ? t->pick(node) : t;
	return NULL;
}

/*
 * A device may have set its alarm anew, or stopped it, while this waited
 * for the lock: what counts is the deadline that stands there now.
 */
static void ring(struct timer *t)
{
	struct emu *e = container_of(t, struct emu, timer);
	SCOPED_LOCK_RAW(&e->lock);

	if (e->deadline_ns == EMU_NEVER)
		return;
	if (emu_clock_ns(e) < e->deadline_ns) {
		emulator_timer_arm(e);
		return;
	}
	e->deadline_ns = EMU_NEVER;
	e->type->alarm(e);
}

static void reset_locked(struct emu *e)
{
	e->deadline_ns = EMU_NEVER;
	for (unsigned i = 0; i < e->line_count; i++)
		emu_irq_set(e, i, false);
	emulator_rows_reset(e);
	if (e->type->reset && !e->type->resets_unlocked)
		e->type->reset(e);
}

/* The console has bytes for it. */
static void input_waits(void *device)
{
	struct emu *e = device;
	SCOPED_LOCK(&e->lock);

	emu_input_ready(e);
}

static void fill(struct emu *e, const struct emu_config *config)
{
	e->type = config->type;
	e->guest = config->guest;
	e->node = config->node;
	e->name = config->name;
	if (dt_exists(e->node))
		dt_u32(e->node, "phandle", 0, &e->phandle);
	e->console = config->console;
	e->line_count = MIN(config->line_count, (unsigned)EMU_LINE_MAX);
	for (unsigned i = 0; i < e->line_count; i++)
		e->lines[i] = config->lines[i];
	spin_init(&e->lock, config->type->pin ? LOCK_DEVICE_PINS : LOCK_DEVICE);
	timer_init(&e->timer, ring);
	e->deadline_ns = EMU_NEVER;
}

int emu_try(const struct emu_config *config)
{
	struct emu *e = heap_alloc(config->type->state_size);
	int rc = 0;

	if (!e)
		return fail(-ENOMEM, "%s: no memory for its state",
			    config->name);
	fill(e, config);
	emulator_large_rows_reset(e);
	emulator_rows_reset(e);
	if (e->type->probe)
		rc = e->type->probe(e);
	emu_destroy(e);
	return rc;
}

int emu_create(const struct emu_config *config, struct emu **out)
{
	struct emu *e = heap_alloc(config->type->state_size);
	int rc;

	if (!e)
		return fail(-ENOMEM, "%s: no memory for its state",
			    config->name);
	fill(e, config);
	emulator_large_rows_reset(e);
	emulator_rows_reset(e);
	rc = emulator_index_get(e->type, &e->index);
	if (!rc && e->type->probe)
		rc = e->type->probe(e);
	if (rc) {
		emu_destroy(e);
		return rc;
	}
	emu_reset(e);
	if (e->console && e->type->input)
		guest_console_set_input(e->console, e, input_waits);
	*out = e;
	return 0;
}

void emu_quiet(struct emu *e)
{
	u64 flags;

	if (e->console && e->type->input)
		guest_console_set_input(e->console, NULL, NULL);
	/* An alarm that rings right now may set the next one until here. */
	flags = spin_lock_irq(&e->lock);
	e->deadline_ns = EMU_NEVER;
	spin_unlock_irq(&e->lock, flags);
	timer_cancel(&e->timer);
}

void emu_destroy(struct emu *e)
{
	if (!e)
		return;
	emu_quiet(e);
	if (e->type->remove)
		e->type->remove(e);
	emulator_index_put(e->index);
	heap_free(e);
}

void emu_reset(struct emu *e)
{
	emulator_large_rows_reset(e);
	{
		SCOPED_LOCK(&e->lock);
		reset_locked(e);
	}
	if (e->type->resets_unlocked)
		e->type->reset(e);
}

void emu_settle(struct emu *e)
{
	SCOPED_LOCK(&e->lock);

	if (e->type->settle)
		e->type->settle(e);
}

size_t emu_input(struct emu *e, const u8 *data, size_t size)
{
	SCOPED_LOCK(&e->lock);

	return e->type->input ? e->type->input(e, data, size) : 0;
}

bool emu_power_button(struct emu *e)
{
	SCOPED_LOCK(&e->lock);

	if (!e->type->power_button)
		return false;
	e->type->power_button(e);
	return true;
}

void emu_pin_set(struct emu *e, u32 pin, bool level)
{
	/* A tree may name any device as a GPIO controller, the caller too. */
	if (!e->type->pin)
		return;
	SCOPED_LOCK(&e->lock);
	e->type->pin(e, pin, level);
}

void emu_clock_changed(struct emu *e)
{
	SCOPED_LOCK(&e->lock);

	emulator_timer_arm(e);
}
