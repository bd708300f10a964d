// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a VCPU did last.  Exits are kept by their reasons, the last of each, so
 * that those that come often push no others out; here they are put in order.
 */
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/guest.h>
#include <vmm/vcpu.h>

#include "emulator_access.h"

/* The newest so far, oldest first. */
struct newest {
	struct vcpu_exit *exits;
	unsigned count, max;
};

static void insert(struct newest *n, const struct vcpu_exit *e)
{
	unsigned at = n->count;

	while (at && n->exits[at - 1].cycles > e->cycles)
		at--;
	if (n->count < n->max) {
		memmove(&n->exits[at + 1], &n->exits[at],
			(n->count++ - at) * sizeof(*e));
		n->exits[at] = *e;
	} else if (at) {
		memmove(&n->exits[0], &n->exits[1],
			(at - 1) * sizeof(*e));
		n->exits[at - 1] = *e;
	}
}

/*
 * v counts before it writes, so who was written over while being copied is
 * seen by the count.
 */
static void insert_reason(struct newest *n, const struct exit_stats *s,
			  unsigned reason)
{
	u64 count = __atomic_load_n(&s->count, __ATOMIC_ACQUIRE);
	u64 first = count < EXIT_LAST ? 0 : count - EXIT_LAST;

	for (u64 i = first; i < count; i++) {
		const struct vcpu_exit e = {
			.cycles = s->last[i % EXIT_LAST].cycles,
			.pc = s->last[i % EXIT_LAST].pc,
			.reason = (u8)reason,
		};

		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&s->count, __ATOMIC_RELAXED) - i <=
		    EXIT_LAST)
			insert(n, &e);
	}
}

unsigned vcpu_last_exits(const struct vcpu *v, struct vcpu_exit *out,
			 unsigned max)
{
	struct newest n = { .exits = out, .max = MIN(max, EXIT_LAST) };

	for (unsigned reason = 0; n.max && reason < ARCH_EXIT_COUNT; reason++)
		insert_reason(&n, &v->stats[reason], reason);
	return n.count;
}

/* Interrupts are masked, as the snapshot of the address space asks for. */
static void name(const struct vcpu *v, struct vcpu_last_access *a)
{
	const struct region *r = aspace_find_byte(&v->guest->memory,
						  GPA(a->address));
	struct emu_place p;

	if (!r)
		return;
	a->offset = a->address - r->base.v;
	a->where = r->emu ? r->emu->name : r->name;
	if (!r->emu || !r->emu->index)
		return;
	emulator_locate(r->emu, r->index, a->offset, a->size, &p);
	if (!p.row->width)
		return;
	a->reg = p.row->reg;
	a->index = p.index;
}

bool vcpu_last_access(const struct vcpu *v, struct vcpu_last_access *out)
{
	const struct vcpu_access a = v->access;
	u64 flags;

	if (!a.how)
		return false;
	*out = (struct vcpu_last_access){
		.address = a.address, .value = a.value,
		.size = a.how & (VCPU_ACCESS_STORE - 1),
		.store = a.how & VCPU_ACCESS_STORE,
	};
	flags = irq_save();
	name(v, out);
	irq_restore(flags);
	return true;
}
