// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds the index of a device type; shared by all devices of that type. */
#include "emulator_index.h"

#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/wait.h>

#define SPAN_MAX	MIB(64)

static struct list indexes = LIST_INIT(indexes);
static struct mutex lock = MUTEX_INIT(lock);

/* Bytes that one leaf covers. */
static u64 leaf_bytes(const struct emu_index *x)
{
	return (u64)INDEX_LEAF << x->slot_shift;
}

static u64 row_end(const struct emu_reg *r)
{
	return r->offset + (u64)(emulator_reg_count(r) - 1) *
	       emulator_reg_stride(r) + r->width;
}

static bool is_power_of_two(u32 n)
{
	return n && !(n & (n - 1));
}

/* The table is ours; what it must keep to is what the look-up relies on. */
static void row_check(const struct emu_reg *r)
{
	assert(is_power_of_two(r->width) && r->width <= 8);
	assert(is_power_of_two(emulator_reg_stride(r)));
	assert(emulator_reg_stride(r) >= r->width);
	assert(IS_ALIGNED(r->offset, r->width));
	assert(r->region < EMU_REGION_MAX && row_end(r) <= SPAN_MAX);
}

/* Slots as small as the narrowest register, spans up to the last one. */
static void measure(struct emu_index *x)
{
	const struct emulator *t = x->type;

	assert(t->reg_count <= UINT8_MAX);
	x->slot_shift = 3;
	for_each_emu_reg(t, r)
		while (r->width && r->width < 1u << x->slot_shift)
			x->slot_shift--;
	for (unsigned i = 0; i < EMU_REGION_MAX; i++)
		x->spans[i].mask = leaf_bytes(x) - 1;
	for_each_emu_reg(t, r) {
		u64 *mask;

		if (!r->width) {
			assert(!r->reset);
			continue;
		}
		row_check(r);
		mask = &x->spans[r->region].mask;
		while (*mask < row_end(r) - 1)
			*mask = 2 * *mask + 1;
	}
}

/* Calls fn for each slot that holds a register. */
static void for_each_slot(struct emu_index *x, void (*fn)(struct emu_index *x,
							  size_t row, u64 slot))
{
	const struct emulator *t = x->type;

	for (size_t row = 0; row < t->reg_count; row++) {
		const struct emu_reg *r = &t->regs[row];
		u64 at = r->offset;

		if (!r->width)
			continue;
		for (u32 i = 0; i < emulator_reg_count(r); i++) {
			for (u32 byte = 0; byte < r->width;
			     byte += 1u << x->slot_shift)
				fn(x, row, (at + byte) >> x->slot_shift);
			at += emulator_reg_stride(r);
		}
	}
}

static u16 *leaf_of(struct emu_index *x, size_t row, u64 slot)
{
	return &x->spans[x->type->regs[row].region]
		.leaves[slot / INDEX_LEAF];
}

/* Marks leaves that are needed. */
static void mark(struct emu_index *x, size_t row, u64 slot)
{
	*leaf_of(x, row, slot) = 1;
}

static void fill(struct emu_index *x, size_t row, u64 slot)
{
	u8 *slots = (u8 *)x->slots + *leaf_of(x, row, slot) * INDEX_LEAF;

	assert(!slots[slot % INDEX_LEAF]);	/* rows overlap */
	slots[slot % INDEX_LEAF] = (u8)(row + 1);
}

/* Numbers the marked leaves from 1; how many there are with leaf 0. */
static u32 number(struct emu_index *x)
{
	u32 count = 1;

	for (unsigned i = 0; i < EMU_REGION_MAX; i++) {
		struct emu_span *s = &x->spans[i];

		for (u64 n = 0; n <= s->mask / leaf_bytes(x); n++)
			if (s->leaves[n])
				s->leaves[n] = (u16)count++;
	}
	assert(count <= UINT16_MAX);
	return count;
}

static void destroy(struct emu_index *x)
{
	for (unsigned i = 0; i < EMU_REGION_MAX; i++)
		heap_free(x->spans[i].leaves);
	heap_free((void *)x->slots);
	heap_free((void *)x->rows);
	heap_free(x);
}

static int spans_alloc(struct emu_index *x)
{
	for (unsigned i = 0; i < EMU_REGION_MAX; i++) {
		struct emu_span *s = &x->spans[i];

		s->leaves = heap_alloc((s->mask / leaf_bytes(x) + 1) *
				       sizeof(u16));
		if (!s->leaves)
			return -ENOMEM;
	}
	return 0;
}

static struct emu_row *rows_new(const struct emulator *t)
{
	struct emu_row *rows = heap_alloc((t->reg_count + 1) * sizeof(*rows));

	for (size_t i = 0; rows && i < t->reg_count; i++) {
		const struct emu_reg *r = &t->regs[i];

		if (!r->width)
			continue;
		rows[i + 1] = (struct emu_row){
			.read = r->read, .reg = r, .offset = r->offset,
			.width = r->width, .slot = r->slot, .stride_shift = (u8)
				__builtin_ctz(emulator_reg_stride(r)),
			.whole_only = t->whole_only,
		};
	}
	return rows;
}

static int build(struct emu_index *x)
{
	measure(x);
	x->rows = rows_new(x->type);
	if (!x->rows || spans_alloc(x))
		return -ENOMEM;
	for_each_slot(x, mark);
	x->slots = heap_alloc((size_t)number(x) * INDEX_LEAF);
	if (!x->slots)
		return -ENOMEM;
	for_each_slot(x, fill);
	return 0;
}

static struct emu_index *find(const struct emulator *type)
{
	struct emu_index *x;

	list_for_each(x, &indexes, entry)
		if (x->type == type)
			return x;
	return NULL;
}

static struct emu_index *create(const struct emulator *type)
{
	struct emu_index *x = heap_alloc(sizeof(*x));

	if (!x)
		return NULL;
	x->type = type;
	if (build(x)) {
		destroy(x);
		return NULL;
	}
	list_add_tail(&indexes, &x->entry);
	return x;
}

int emulator_index_get(const struct emulator *type,
		       const struct emu_index **out)
{
	struct emu_index *x;
	SCOPED_MUTEX(&lock);

	x = find(type);
	if (!x)
		x = create(type);
	if (!x)
		return fail(-ENOMEM, "%s: no memory for its registers' index",
			    type->name);
	x->references++;
	*out = x;
	return 0;
}

void emulator_index_put(const struct emu_index *index)
{
	struct emu_index *x;

	if (!index)
		return;
	SCOPED_MUTEX(&lock);
	x = find(index->type);
	if (--x->references)
		return;
	list_remove(&x->entry);
	destroy(x);
}
