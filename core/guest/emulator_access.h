/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The short way of a load or store into a register: all inline, since most
 * exits of a guest at work come through here.
 */
#ifndef CORE_GUEST_EMULATOR_ACCESS_H
#define CORE_GUEST_EMULATOR_ACCESS_H

#include "emulator_index.h"

/* A value of n bytes, 1 to 8. */
static ALWAYS_INLINE u64 emulator_mask(unsigned n)
{
	return ~0ull >> (64 - 8 * n);
}

/* Where an access goes: bytes from `byte` on of one register of a row. */
struct emu_place {
	const struct emu_row *row;
	unsigned byte, size;
	u32 index;		/* which of the row's registers */
};

static ALWAYS_INLINE void
emulator_locate(const struct emu *e, unsigned region, u64 offset,
		unsigned size, struct emu_place *place)
{
	const struct emu_row *row = emulator_index_find(e->index, region,
							&offset);

	offset -= row->offset;
	place->row = row;
	place->byte = (unsigned)offset & (row->width - 1);
	place->size = size;
	place->index = (u32)(offset >> row->stride_shift);
}

/* The access is all of one register, or lies in one that allows for that. */
static ALWAYS_INLINE bool emulator_is_whole(const struct emu_place *p)
{
	return p->size == p->row->width && !p->byte;
}

static ALWAYS_INLINE bool emulator_is_within(const struct emu_place *p)
{
	return emulator_is_whole(p) || (!p->row->whole_only &&
					p->byte + p->size <= p->row->width);
}

static ALWAYS_INLINE u64 emulator_slot_load(const void *slot, unsigned width)
{
	if (likely(width == 4))
		return *(const u32 *)slot;
	if (width == 8)
		return *(const u64 *)slot;
	return width == 2 ? *(const u16 *)slot : *(const u8 *)slot;
}

/* Storage of a row's register. */
static ALWAYS_INLINE void *emulator_slot(struct emu *e,
					 const struct emu_row *row, u32 index)
{
	return (u8 *)e + row->slot + (size_t)index * row->width;
}

/* A whole register; c->lanes means nothing.  e->lock is held. */
static ALWAYS_INLINE u64 emulator_read(struct emu *e,
				       const struct emu_row *row,
				       const struct reg_context *c)
{
	if (row->read)
		return row->read(e, c);
	if (row->slot == EMU_NO_SLOT)
		return row->reg->reset;
	return emulator_slot_load(emulator_slot(e, row, c->index), row->width);
}

/* What the place holds; e->lock is held. */
static ALWAYS_INLINE u64 emulator_load(struct emu *e, struct vcpu *v,
				       const struct emu_place *p)
{
	struct reg_context c;

	c.vcpu = v;
	c.index = p->index;
	return emulator_read(e, p->row, &c) >> 8 * p->byte &
	       emulator_mask(p->size);
}

/* Stores value, of which only the place's bytes count; e->lock is held. */
void emulator_store(struct emu *e, struct vcpu *v, const struct emu_place *p,
		    u64 value);

#endif
