// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What emulated devices ask of the framework: lines, time, console, memory.
 * The device's lock is held.
 */
#include <vmm/emulator.h>

#include <arch/cycles.h>
#include <arch/irqflags.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/trace.h>

#include "emulator_state.h"

#define INPUT_CHUNK	32

static void count_line(struct irq_line *l)
{
	u64 now = cycles_read();

	if (l->level) {
		l->rises++;
		l->raised_at = now;
	} else {
		l->raised_cycles += now - l->raised_at;
	}
}

void emu_irq_set(struct emu *e, unsigned line, bool level)
{
	struct irq_line *l;

	if (line >= e->line_count || e->lines[line].level == level)
		return;
	l = &e->lines[line];
	l->level = level;
	count_line(l);
	if (trace_is_on(TRACE_INJECT))
		trace_line(e->guest, l->pin, level);
	if (l->pic)
		l->pic->ops->set_line(l->pic, l->pin, level);
}

/* A stopped clock reaches no deadline: emu_clock_changed() comes later. */
static bool clock_stands(const struct guest *g)
{
	return g && g->clock.paused_at_cycles;
}

void emulator_timer_arm(struct emu *e)
{
	u64 deadline = e->deadline_ns;

	if (deadline == EMU_NEVER || clock_stands(e->guest))
		return;
	if (e->guest)
		deadline = guest_clock_to_host_ns(e->guest, deadline);
	timer_set(&e->timer, deadline);
}

void emu_timer_set(struct emu *e, u64 deadline_ns)
{
	e->deadline_ns = deadline_ns;
	emulator_timer_arm(e);
}

/* The host's timer rings in vain: cancelling could wait for this lock. */
void emu_timer_stop(struct emu *e)
{
	e->deadline_ns = EMU_NEVER;
}

u64 emu_clock_ns(struct emu *e)
{
	return e->guest ? guest_clock_ns(e->guest) : clock_now();
}

u64 emu_wall_ns(struct emu *e)
{
	return clock_wall();
}

void emu_output(struct emu *e, u8 byte)
{
	if (e->console)
		guest_console_output(e->console, &byte, 1);
}

static void give_bytes(struct emu *e)
{
	u8 bytes[INPUT_CHUNK];
	size_t count, taken;

	do {
		count = guest_console_input_peek(e->console, bytes,
						 sizeof(bytes));
		taken = count ? e->type->input(e, bytes, count) : 0;
		guest_console_input_skip(e->console, taken);
	} while (taken == sizeof(bytes));
}

/* A device that knows none loses it; false: there is none, or no room. */
static bool give_break(struct emu *e)
{
	if (!guest_console_break_is_next(e->console) ||
	    (e->type->input_break && !e->type->input_break(e)))
		return false;
	guest_console_break_skip(e->console);
	return true;
}

void emu_input_ready(struct emu *e)
{
	if (!e->console || !e->type->input)
		return;
	do
		give_bytes(e);
	while (unlikely(give_break(e)));
}

struct emu *emu_by_phandle(struct emu *e, u32 phandle)
{
	const struct guest *g = e->guest;

	if (!g || !phandle)
		return NULL;
	for (size_t i = 0; i < g->device_count; i++)
		if (g->devices[i]->phandle == phandle)
			return g->devices[i];
	return NULL;
}

/* One of a device's regions; false: not in the address space (yet). */
static bool find_region(const struct emu *e, unsigned index,
			struct region *out)
{
	const u64 flags = irq_save();
	const struct region *r = NULL;

	for (size_t n = 0; e->guest; n++) {
		r = aspace_nth(&e->guest->memory, n);
		if (!r || (r->emu == e && r->index == index))
			break;
	}
	if (r)
		*out = *r;
	irq_restore(flags);
	return r;
}

int emu_map(struct emu *e, unsigned region, u64 offset, hpa_t pa, u64 size)
{
	struct region r;

	if (!find_region(e, region, &r))
		return -ENOENT;
	return guest_map(e->guest, &(struct pt_range){
		.base = r.base.v + offset, .size = size, .pa = pa,
		.prot = PT_READ | PT_EXEC,
	});
}

void emu_unmap(struct emu *e, unsigned region)
{
	struct region r;

	if (find_region(e, region, &r))
		guest_unmap(e->guest, r.base, r.size);
}
