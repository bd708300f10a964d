// SPDX-License-Identifier: GPL-2.0-or-later
/* A device's state as its table describes it: reset, save, restore, dump. */
#include "emulator_state.h"

#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#include "emulator_index.h"

/* What the framework itself keeps, at the head of a saved state. */
struct head {
	u64 deadline_ns;
	u8 levels[EMU_LINE_MAX];
};

#define ROW_LARGE	512u

/* Bytes of storage behind a row. */
static size_t row_size(const struct emu_reg *r)
{
	if (r->slot == EMU_NO_SLOT)
		return 0;
	return r->width ? (size_t)emulator_reg_count(r) * r->width : r->size;
}

static u8 *row_bytes(struct emu *e, const struct emu_reg *r)
{
	return (u8 *)e + r->slot;
}

/* Hosts are little-endian: the low bytes of a value come first. */
static void row_reset(struct emu *e, const struct emu_reg *r, size_t size)
{
	u8 *to = row_bytes(e, r);

	if (!r->reset)
		memset(to, 0, size);
	for (size_t at = 0; r->reset && at < size; at += r->width)
		memcpy(to + at, &r->reset, r->width);
}

void emulator_rows_reset(struct emu *e)
{
	for_each_emu_reg(e->type, r) {
		size_t size = r->slot == EMU_NO_SLOT ? 0 : row_size(r);

		if (size && size < ROW_LARGE)
			row_reset(e, r, size);
	}
}

void emulator_large_rows_reset(struct emu *e)
{
	for_each_emu_reg(e->type, r) {
		size_t size = row_size(r);

		if (size >= ROW_LARGE) {
			SCOPED_LOCK(&e->lock);
			row_reset(e, r, size);
		}
	}
}

static size_t rows_size(const struct emu *e)
{
	size_t size = 0;

	for_each_emu_reg(e->type, r)
		size += row_size(r);
	return size;
}

static void rows_save(struct emu *e, u8 *out)
{
	for_each_emu_reg(e->type, r) {
		size_t size = row_size(r);

		if (size)
			memcpy(out, row_bytes(e, r), size);
		out += size;
	}
}

static void rows_restore(struct emu *e, const u8 *data)
{
	for_each_emu_reg(e->type, r) {
		size_t size = row_size(r);

		if (size)
			memcpy(row_bytes(e, r), data, size);
		data += size;
	}
}

size_t emu_save(struct emu *e, u8 *out)
{
	const size_t size = sizeof(struct head) + rows_size(e);
	u8 *rest = out ? out + size : NULL;
	struct head head = { 0 };
	SCOPED_LOCK(&e->lock);

	head.deadline_ns = e->deadline_ns;
	for (unsigned i = 0; i < e->line_count; i++)
		head.levels[i] = e->lines[i].level;
	if (out) {
		memcpy(out, &head, sizeof(head));
		rows_save(e, out + sizeof(head));
	}
	return size + (e->type->save ? e->type->save(e, rest) : 0);
}

int emu_restore(struct emu *e, const u8 *data, size_t size)
{
	const size_t fixed = sizeof(struct head) + rows_size(e);
	struct head head;
	SCOPED_LOCK(&e->lock);

	if (size < fixed || (size > fixed && !e->type->restore))
		return -EBADMSG;
	memcpy(&head, data, sizeof(head));
	rows_restore(e, data + sizeof(head));
	for (unsigned i = 0; i < e->line_count; i++)
		emu_irq_set(e, i, head.levels[i] != 0);
	e->deadline_ns = e->type->alarm ? head.deadline_ns : EMU_NEVER;
	emulator_timer_arm(e);
	if (!e->type->restore)
		return 0;
	return e->type->restore(e, data + fixed, size - fixed);
}

static void dump_value(struct console *con, const u8 *bytes, size_t width)
{
	u64 value = 0;

	memcpy(&value, bytes, width);
	con_printf(con, " %0*llx", (int)width * 2, (unsigned long long)value);
}

/* A row's values, eight on a line. */
static void dump_row(struct console *con, const struct emu_reg *r,
		     const u8 *bytes)
{
	size_t step = r->width ? r->width : r->size <= 8 ? r->size : 1;
	size_t count = row_size(r) / step;

	for (size_t i = 0; i < count; i++) {
		if (i % 8 == 0)
			con_printf(con, "%s%-10s", i ? "\n" : "",
				   i ? "" : r->name);
		dump_value(con, bytes + i * step, step);
	}
	if (count)
		con_printf(con, "\n");
}

/* Printing may sleep, so it works on a copy. */
int emu_dump(struct emu *e, struct console *con)
{
	u8 *copy HEAP_SCOPED = heap_alloc(rows_size(e) + 1);
	const u8 *at = copy;
	u64 flags, unknown_count;

	if (!copy)
		return fail(-ENOMEM, "device: %s: no memory", e->name);
	flags = spin_lock_irq(&e->lock);
	rows_save(e, copy);
	unknown_count = e->unknown_count;
	spin_unlock_irq(&e->lock, flags);
	con_printf(con, "%s: %s, %llu accesses to no register\n", e->name,
		   e->type->name, (unsigned long long)unknown_count);
	for_each_emu_reg(e->type, r) {
		dump_row(con, r, at);
		at += row_size(r);
	}
	return 0;
}
