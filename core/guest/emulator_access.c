// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest's loads and stores to registers: every width, every alignment. */
#include <vmm/emulator.h>
#include <vmm/vcpu.h>

#include "emulator_access.h"

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

void emulator_store(struct emu *e, struct vcpu *v, const struct emu_place *p,
		    u64 value)
{
	const struct emu_reg *r = p->row->reg;
	void *slot = r->slot == EMU_NO_SLOT ? NULL :
		     emulator_slot(e, p->row, p->index);
	u64 lanes = emulator_mask(p->size) << 8 * p->byte;
	const struct reg_context c = {
		.vcpu = v, .index = p->index, .lanes = lanes,
	};

	if (!r->write)
		lanes &= r->wmask;
	value = value << 8 * p->byte & lanes;
	if (slot)
		value |= emulator_slot_load(slot, r->width) & ~lanes;
	if (r->write) {
		r->write(e, &c, value);
		return;
	}
	if (!slot)
		return;
	slot_store(slot, r->width, value);
	if (r->after)
		r->after(e, &c);
}

void emu_interruptible_begin(struct emu *e, struct vcpu *v)
{
	if (!v)
		return;
	spin_unlock(&e->lock);
	vcpu_interruptible_begin(v);
}

void emu_interruptible_end(struct emu *e, struct vcpu *v)
{
	if (!v)
		return;
	vcpu_interruptible_end(v);
	spin_lock(&e->lock);
}

void emu_preempt_point(struct emu *e, struct vcpu *v)
{
	emu_interruptible_begin(e, v);
	emu_interruptible_end(e, v);
}

/* All of a within the register that holds its first byte; false: it isn't. */
static bool access_one(struct emu *e, struct access *a)
{
	struct emu_place p;

	emulator_locate(e, a->region, a->offset, a->size, &p);
	if (!emulator_is_within(&p))
		return false;
	if (a->write)
		emulator_store(e, a->vcpu, &p, a->value);
	else
		a->value = emulator_load(e, a->vcpu, &p);
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
 * has no rows but an access hook.  Registers are accessed one by one, with
 * interrupts in between.
 */
static void access_parts(struct emu *e, struct access *a)
{
	bool unknown = false;
	u64 value = 0;

	if (e->type->access) {
		e->type->access(e, a);
		return;
	}
	if (e->type->whole_only) {
		a->value = a->write ? a->value : 0;
		e->unknown_count++;
		return;
	}
	for (unsigned done = 0, size; done < a->size; done += size) {
		struct access part = *a;

		if (done)
			emu_preempt_point(e, a->vcpu);
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
