/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a guest's offset to a register row in constant time: a table of two
 * levels for each region of a device type.  The first says which leaf covers
 * a stretch of INDEX_LEAF slots, the leaf which row each slot belongs to.
 */
#ifndef CORE_GUEST_EMULATOR_INDEX_H
#define CORE_GUEST_EMULATOR_INDEX_H

#include <libs/list.h>
#include <vmm/emulator.h>

#define INDEX_LEAF	64u

struct emu_span {
	u64 mask;		/* leaves covers a power of two of bytes */
	u16 *leaves;		/* number of the leaf; 0: nothing but holes */
};

/* A row of the type's table, as look-ups want it; [0] is no register. */
struct emu_row {
	u64 (*read)(void *state, const struct reg_context *c);
	const struct emu_reg *reg;
	u32 offset;
	u32 width;		/* 0: no register, which holds no byte */
	u32 slot;
	u8 stride_shift;
	bool whole_only;	/* as the type's */
} ALIGNED(32);

struct emu_index {
	struct emu_span spans[EMU_REGION_MAX];
	const u8 *slots;	/* leaves: numbers of rows */
	const struct emu_row *rows;
	u32 slot_shift;		/* log2 of the bytes of a slot */
	u32 references;
	const struct emulator *type;
	struct list entry;
};

/* The type's index, made for its first device.  -ENOMEM, reported. */
int emulator_index_get(const struct emulator *type,
		       const struct emu_index **out);
/* NULL is allowed. */
void emulator_index_put(const struct emu_index *index);

/*
 * The row that holds the byte at *offset, or rows[0].  Masks *offset, so that
 * no misprediction leads outside the tables.
 */
static ALWAYS_INLINE const struct emu_row *
emulator_index_find(const struct emu_index *x, unsigned region, u64 *offset)
{
	const struct emu_span *span = &x->spans[region];
	const u64 inside = *offset & span->mask;
	u64 slot;

	if (unlikely(inside != *offset))
		return x->rows;
	*offset = inside;
	slot = inside >> x->slot_shift;
	slot = (u64)span->leaves[slot / INDEX_LEAF] * INDEX_LEAF |
	       slot % INDEX_LEAF;
	return x->rows + x->slots[slot];
}

static inline u32 emulator_reg_stride(const struct emu_reg *r)
{
	return r->stride ? r->stride : r->width;
}

static inline u32 emulator_reg_count(const struct emu_reg *r)
{
	return r->count ? r->count : 1;
}

/* Types without a table are fine. */
#define for_each_emu_reg(t, r)						\
	for (const struct emu_reg *r = (t)->regs,			\
	     *r##_end = r ? r + (t)->reg_count : NULL; r != r##_end; r++)

#endif
