// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest's loads and stores to registers: every width, every alignment. */
#include <vmm/emulator.h>

#include "emulator_index.h"

/* A value of n bytes, 1 to 8. */
static ALWAYS_INLINE u64 bytes_mask(unsigned n)
{
	return ~0ull >> (-8u * n & 63);
}

/* Storage of register c->index of a row. */
static ALWAYS_INLINE void *slot_of(struct emu *e, const struct emu_reg *r,
				   const struct reg_context *c)
{
	return (u8 *)e + r->slot + (size_t)c->index * r->width;
}

static ALWAYS_INLINE u64 slot_load(const void *slot, unsigned width)
{
	if (likely(width == 4))
		return *(const u32 *)slot;
	if (width == 8)
		return *(const u64 *)slot;
	return width == 2 ? *(const u16 *)slot : *(const u8 *)slot;
}

static void slot_store(void *slot, unsigned width, u64 value)
{
	if (likely(width == 4))
		*(u32 *)slot = (u32)value;
	else if (width == 8)
		*(u64 *)slot = value;
	else if (width == 2)
		*(u16 *)slot = (u16)value;
	else
		*(u8 *)slot = (u8)value;
}

static u64 reg_load(struct emu *e, const struct emu_reg *r,
		    const struct reg_context *c)
{
	if (r->slot == EMU_NO_SLOT)
		return r->reset;
	return slot_load(slot_of(e, r, c), r->width);
}

static NO_INLINE void reg_write(struct emu *e, const struct emu_reg *r,
		      const struct reg_context *c, u64 value)
{
	void *slot = r->slot == EMU_NO_SLOT ? NULL : slot_of(e, r, c);
	u64 lanes = r->write ? c->lanes : c->lanes & r->wmask;

	value &= lanes;
	if (slot)
		value |= slot_load(slot, r->width) & ~lanes;
	if (r->write) {
		r->write(e, c, value);
		return;
	}
	if (!slot)
		return;
	slot_store(slot, r->width, value);
	if (r->after)
		r->after(e, c);
}

/* All of a within the register that holds its first byte; false: it isn't. */
static ALWAYS_INLINE bool access_one(struct emu *e, struct access *a)
{
	u64 offset = a->offset, value;
	const struct emu_row *row = emulator_index_find(e->index, a->region,
							&offset);
	struct reg_context c;
	unsigned byte;

	offset -= row->offset;
	byte = (unsigned)offset & (row->width - 1);
	if (unlikely(byte + a->size > row->width))
		return false;
	c.vcpu = a->vcpu;
	c.index = (u32)(offset >> row->stride_shift);
	if (a->write) {
		c.lanes = bytes_mask(a->size) << 8 * byte;
		reg_write(e, row->reg, &c, a->value << 8 * byte);
		return true;
	}
	value = row->read ? row->read(e, &c) : reg_load(e, row->reg, &c);
	a->value = value >> 8 * byte & bytes_mask(a->size);
	return true;
}

/* Bytes up to the next one that may belong to another register. */
static unsigned part_size(const struct emu *e, const struct access *a,
			  unsigned done)
{
	u64 offset = a->offset + done;
	u32 width = emulator_index_find(e->index, a->region, &offset)->width;
	u32 grain = width ? width : 1u << e->index->slot_shift;

	return MIN(grain - ((unsigned)(a->offset + done) & (grain - 1)),
		   a->size - done);
}

/*
 * It straddles registers, or touches something that is none, or the device
 * has no rows but an access hook.
 */
static NO_INLINE void access_parts(struct emu *e, struct access *a)
{
	bool unknown = false;
	u64 value = 0;

	if (e->type->access) {
		e->type->access(e, a);
		return;
	}
	for (unsigned done = 0, size; done < a->size; done += size) {
		struct access part = *a;

		size = part_size(e, a, done);
		part.offset = a->offset + done;
		part.size = (u8)size;
		part.value = a->write ? a->value >> 8 * done : 0;
		if (access_one(e, &part))
			value |= part.value << 8 * done;
		else
			unknown = true;
	}
	if (!a->write)
		a->value = value;
	e->unknown_count += unknown;
}

void emu_access(struct emu *e, struct access *a)
{
	SCOPED_LOCK_RAW(&e->lock);

	if (unlikely(!access_one(e, a)))
		access_parts(e, a);
}
