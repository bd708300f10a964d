// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A GIC as its manual has it, without slots (IHI 0048B 3, IHI 0069H 4): what
 * the models in emulators/pic are held against: vgic_ref.h.
 */

#include "vgic_ref.h"

#include "vgic_fake.h"

#include <libs/string.h>

#define CPUS		FAKE_GIC_CPUS
#define VCPUS		3
#define IDS		48
#define PPI_LEVEL	30
#define PRIVATE		32
#define DEPTH		32
#define ALL_PASS	0xf8	/* a priority mask */
#define LOWEST		0xf0	/* a priority that no other one has */

/* What the manual says an interrupt is. */
struct ref {
	bool enabled, edge, line, latch, active, group1;
	bool made;		/* active by a register, not acknowledged */
	u8 priority, senders;
	int target;		/* VCPU, or < 0 */
};

static struct {
	struct ref own[VCPUS][PRIVATE], shared[IDS];
	struct { u32 id; u8 priority; } stack[VCPUS][DEPTH];
	unsigned depth[VCPUS];
	u8 groups;		/* that are on */
	u8 pmr[VCPUS];		/* interfaces' priority masks */
	struct story *story;
	u32 acks;
} m;

static u32 random_below(u32 n)
{
	return story_below(m.story, n);
}

static struct ref *ref_at(unsigned v, u32 id)
{
	return id < PRIVATE ? &m.own[v][id] : &m.shared[id];
}

static bool ref_pends(unsigned v, u32 id)
{
	const struct ref *r = ref_at(v, id);

	return r->latch || (!r->edge && r->line) ||
	       (id == FAKE_TIMER && fake_gic.due[v]);
}

static bool ref_delivers(unsigned v, u32 id)
{
	const struct ref *r = ref_at(v, id);

	return (m.groups >> r->group1 & 1) && r->enabled &&
	       ref_pends(v, id) && !r->active && r->target == (int)v;
}

/* Only what is below comes to the VCPU now. */
static u32 ref_limit(unsigned v)
{
	u32 limit = m.pmr[v];

	if (m.depth[v])
		limit = MIN(limit, m.stack[v][m.depth[v] - 1].priority);
	return limit;
}

/* The priority of what it must see next; ref_limit(): nothing. */
static u32 ref_best(unsigned v)
{
	u32 best = ref_limit(v);

	for (u32 id = 0; id < IDS; id++)
		if (ref_delivers(v, id) && ref_at(v, id)->priority < best)
			best = ref_at(v, id)->priority;
	return best;
}

/* ---- registers of both versions ---- */

static bool is_v3(void)
{
	return fake_gic.version == 3;
}

/* Register for id, size bytes for each `per` interrupts. */
static void reg(unsigned v, u32 id, u64 base, unsigned per,
		unsigned *region, u64 *offset)
{
	*region = 0;
	*offset = base + id / per * 4;
	if (!is_v3() || id >= PRIVATE)
		return;
	*region = 1;
	*offset += v * 0x20000ull + 0x10000;
}

static void bit_store(unsigned v, u32 id, u64 base)
{
	unsigned region;
	u64 offset;

	reg(v, id, base, 32, &region, &offset);
	fake_gic_write(v, region, offset, 4, BIT(id % 32));
}

static bool bit_load(unsigned v, u32 id, u64 base)
{
	unsigned region;
	u64 offset;

	reg(v, id, base, 32, &region, &offset);
	return fake_gic_read(v, region, offset, 4) >> id % 32 & 1;
}

static void set_enabled(unsigned v, u32 id, bool on)
{
	if (!is_v3() && id < 16)
		return;
	bit_store(v, id, on ? 0x100 : 0x180);
	ref_at(v, id)->enabled = on;
}

static void set_priority(unsigned v, u32 id, u8 priority)
{
	unsigned region;
	u64 offset;

	/* Which of those without slots ended is told by priorities. */
	if (ref_at(v, id)->active)
		return;
	reg(v, id, 0x400, 4, &region, &offset);
	fake_gic_write(v, region, offset + id % 4, 1, priority);
	ref_at(v, id)->priority = priority & 0xf8;
}

static void set_target(unsigned v, u32 id, unsigned target)
{
	if (is_v3())
		fake_gic_write(v, 0, 0x6000 + 8ull * id, 8, target);
	else
		fake_gic_write(v, 0, 0x800 + id, 1, BIT(target));
	m.shared[id].target = target < VCPUS ? (int)target : -1;
}

static void set_latch(unsigned v, u32 id, bool on)
{
	if (id == FAKE_TIMER || (!is_v3() && id < 16))
		return;
	bit_store(v, id, on ? 0x200 : 0x280);
	ref_at(v, id)->latch = on;
}

static void set_group(unsigned v, u32 id)
{
	struct ref *r = ref_at(v, id);
	unsigned region;
	u64 offset;
	u32 all;

	reg(v, id, 0x80, 32, &region, &offset);
	all = (u32)fake_gic_read(v, region, offset, 4);
	fake_gic_write(v, region, offset, 4, all ^ BIT(id % 32));
	r->group1 = !r->group1;
}

/* As the manual bids: while it is disabled, and wants nothing. */
static void set_edge(unsigned v, u32 id, bool edge)
{
	struct ref *r = ref_at(v, id);
	unsigned region;
	u64 offset;
	u32 all;

	if (id < 16 || id == FAKE_TIMER || r->enabled || r->active ||
	    ref_pends(v, id))
		return;
	reg(v, id, 0xc00, 16, &region, &offset);
	all = (u32)fake_gic_read(v, region, offset, 4) & ~(2u << id % 16 * 2);
	fake_gic_write(v, region, offset, 4, all | (u32)edge << id % 16 * 2
					     << 1);
	r->edge = edge;
}

/* Of a priority that only such have: see set_priority(). */
static void set_active(unsigned v, u32 id, bool on)
{
	struct ref *r = ref_at(v, id);

	if (id == FAKE_TIMER || r->active != r->made || on == r->made)
		return;
	if (on)
		set_priority(v, id, LOWEST);
	bit_store(v, id, on ? 0x300 : 0x380);
	r->active = r->made = on;
	if (!on)
		set_priority(v, id, 0);
}

static void send(unsigned from, u32 id, u32 list, bool group0)
{
	struct vpic *p = fake_gic.guest.pic;

	if (is_v3())
		p->ops->send_ipi(p, &fake_gic.vcpus[from], !group0,
				 (u64)id << 24 | list);
	else
		fake_gic_write(from, 0, 0xf00, 4, list << 16 | id);
	for (unsigned v = 0; v < VCPUS; v++) {
		if (!(list >> v & 1) ||
		    (is_v3() && group0 && m.own[v][id].group1))
			continue;
		m.own[v][id].latch = true;
		m.own[v][id].senders |= (u8)BIT(from);
	}
}

/* Version 2's registers of who sent an SGI. */
static void set_senders(unsigned v, u32 id, u8 senders, bool on)
{
	struct ref *r = ref_at(v, id);

	if (is_v3() || id >= 16)
		return;
	if (fake_gic_where(v) >= 0)
		fake_gic_on((unsigned)fake_gic_where(v));
	fake_gic_write(v, 0, (on ? 0xf20 : 0xf10) + id, 1, senders);
	r->senders = on ? r->senders | senders : r->senders & (u8)~senders;
	r->latch = r->senders;
}

static void set_groups(u8 groups)
{
	fake_gic_write(0, 0, 0, 4, groups);
	m.groups = groups;
}

/* ---- one step ---- */

static u32 random_id(void)
{
	static const u32 own[] = { 0, 1, 2, 3, FAKE_TIMER, PPI_LEVEL };

	if (random_below(3) == 0)
		return own[random_below(ARRAY_LEN(own))];
	return 32 + random_below(IDS - 32);
}

/* v matters for private ones only. */
static void set_line(unsigned v, u32 id, bool level)
{
	struct vpic *p = fake_gic.guest.pic;
	struct ref *r = ref_at(v, id);

	if (r->edge && level && !r->line)
		r->latch = true;
	r->line = level;
	if (id < PRIVATE)
		p->ops->set_private(p, &fake_gic.vcpus[v], id, level);
	else
		p->ops->set_line(p, id, level);
}

static bool is_of(unsigned v, u32 got)
{
	const u32 id = got & 0x3ff;
	struct ref *r = ref_at(v, id);

	if (id >= IDS || !ref_delivers(v, id))
		return false;
	return is_v3() || id >= 16 || (r->senders >> (got >> 10) & 1);
}

static void ref_ack(unsigned v, u32 got)
{
	const u32 id = got & 0x3ff;
	struct ref *r = ref_at(v, id);

	m.acks++;
	m.stack[v][m.depth[v]].id = id;
	m.stack[v][m.depth[v]++].priority = r->priority;
	r->active = true;
	r->senders &= (u8)~BIT(got >> 10);
	r->latch = !is_v3() && id < 16 && r->senders;
	if (id == FAKE_TIMER)
		fake_gic.due[v] = false;
}

static bool guest_acks(unsigned cpu)
{
	struct vcpu *loaded = fake_gic.cpus[cpu].loaded;
	const unsigned v = loaded ? loaded->index : 0;
	u32 best, got;

	if (!loaded || m.depth[v] == DEPTH)
		return true;
	best = ref_best(v);
	got = fake_gic_ack(cpu);
	if (got == FAKE_NOTHING)
		return best == ref_limit(v);
	if (best == ref_limit(v) || !is_of(v, got) ||
	    ref_at(v, got & 0x3ff)->priority != best)
		return false;
	ref_ack(v, got);
	return true;
}

static void guest_ends(unsigned cpu)
{
	struct vcpu *loaded = fake_gic.cpus[cpu].loaded;
	const unsigned v = loaded ? loaded->index : 0;
	u32 id;

	if (!loaded || !m.depth[v])
		return;
	id = m.stack[v][--m.depth[v]].id;
	ref_at(v, id)->active = false;
	fake_gic_end(cpu, id);
}

static bool read_agrees(unsigned v, u32 id)
{
	bool pending, active;

	if (id == FAKE_TIMER || (id < PRIVATE && !is_v3() &&
				 fake_gic_where(v) < 0))
		return true;
	pending = bit_load(v, id, 0x200);
	active = bit_load(v, id, 0x300);
	fake_gic_settle();
	pending = bit_load(v, id, 0x200);
	active = bit_load(v, id, 0x300);
	return pending == ref_pends(v, id) &&
	       active == ref_at(v, id)->active;
}

static void device_step(unsigned v)
{
	switch (random_below(4)) {
	case 0:
		set_line(v, PPI_LEVEL, random_below(2));
		break;
	case 1:
		fake_gic.due[v] = true;
		break;
	default:
		set_line(v, PRIVATE + random_below(IDS - PRIVATE),
			 random_below(2));
	}
}

static void send_step(unsigned v)
{
	const u32 id = random_below(4);

	if (random_below(4))
		send(v, id, random_below(BIT(VCPUS)), !random_below(4));
	else
		set_senders(v, id, (u8)random_below(BIT(VCPUS)),
			    random_below(2));
}

static void register_step(unsigned v)
{
	const u32 id = random_id();

	switch (random_below(9)) {
	case 0:
		set_enabled(v, id, random_below(3));
		break;
	case 1:
		set_priority(v, id, (u8)random_below(LOWEST));
		break;
	case 2:
		set_latch(v, id, random_below(2));
		break;
	case 3:
		if (id >= PRIVATE)
			set_target(v, id, random_below(VCPUS + 1));
		break;
	case 4:
		set_group(v, id);
		break;
	case 5:
		set_edge(v, id, random_below(2));
		break;
	case 6:
		set_active(v, id, random_below(2));
		break;
	case 7:
		if (!random_below(4))
			set_groups((u8)random_below(4));
		break;
	default:
		send_step(v);
	}
}

/* The guest on cpu says which priorities it takes. */
static void mask_step(unsigned cpu)
{
	const struct vcpu *loaded = fake_gic.cpus[cpu].loaded;
	const u8 pmr = (u8)(random_below(4) ? ALL_PASS : random_below(32) << 3);

	if (!loaded)
		return;
	fake_gic_look(loaded->index);
	m.pmr[loaded->index] = pmr;
	fake_gic.cpus[cpu].mask = (u32)pmr << 24 | 3;
}

/* What changes nothing by being looked at. */
static bool registers_agree(unsigned v, u32 id)
{
	const struct ref *r = ref_at(v, id);
	unsigned region;
	u64 offset;

	if (bit_load(v, id, 0x100) != r->enabled ||
	    bit_load(v, id, 0x80) != r->group1)
		return false;
	reg(v, id, 0x400, 4, &region, &offset);
	if (fake_gic_read(v, region, offset + id % 4, 1) != r->priority)
		return false;
	reg(v, id, 0xc00, 16, &region, &offset);
	return (fake_gic_read(v, region, offset, 4) >> id % 16 * 2 & 3) ==
	       (r->edge ? 2 : 0);
}

/* What comes to a VCPU at once must wake it. */
static bool wakes(unsigned v)
{
	struct vpic *p = fake_gic.guest.pic;
	const int where = fake_gic_where(v);
	bool expected = false;

	for (u32 id = 0; id < IDS; id++)
		expected |= id != FAKE_TIMER && ref_delivers(v, id) &&
			    ref_at(v, id)->priority < m.pmr[v];
	if (where >= 0)
		fake_gic_on((unsigned)where);
	return !expected || p->ops->pending(p, &fake_gic.vcpus[v]);
}

static void switch_step(unsigned cpu)
{
	fake_gic_switch(cpu, (int)random_below(VCPUS + 1) - 1);
	if (fake_gic_where(0) < 0)
		fake_gic_look(0);
}

static bool step(void)
{
	const unsigned cpu = random_below(CPUS), v = random_below(VCPUS);
	const u32 what = random_below(32);
	bool good = true;

	fake_gic_on(cpu);
	if (what < 8)
		device_step(v);
	else if (what < 13)
		register_step(v);
	else if (what < 21)
		good = guest_acks(cpu);
	else if (what < 29)
		guest_ends(cpu);
	else if (what < 30)
		good = read_agrees(v, random_id());
	else if (what < 31)
		mask_step(cpu);
	else
		switch_step(cpu);
	fake_gic_settle();
	return good && registers_agree(v, random_id()) && wakes(v);
}

/* ---- set up ---- */

static void start(void)
{
	memset(&m.own, 0, sizeof(m.own));
	memset(&m.shared, 0, sizeof(m.shared));
	memset(&m.depth, 0, sizeof(m.depth));
	fake_gic_on(0);
	set_groups(3);
	for (u32 id = 0; id < IDS; id++)
		m.shared[id].target = is_v3() ? 0 : -1;
	for (unsigned v = 0; v < VCPUS; v++) {
		for (u32 id = 0; id < PRIVATE; id++) {
			m.own[v][id].edge = id < 16;
			m.own[v][id].enabled = !is_v3() && id < 16;
			m.own[v][id].target = (int)v;
		}
		fake_gic_switch(0, (int)v);
		m.pmr[v] = ALL_PASS;
		fake_gic.cpus[0].mask = (u32)ALL_PASS << 24 | 3;
	}
	for (u32 id = 40; id < IDS; id++)
		m.shared[id].edge = true;
	fake_gic_write(0, 0, 0xc00 + 40 / 16 * 4, 4, 0xaaaa0000);
}

/* Everything pending comes to its VCPU in the end, and nothing else. */
static bool drain(unsigned v)
{
	fake_gic_switch(0, (int)v);
	m.pmr[v] = ALL_PASS;
	fake_gic.cpus[0].mask = (u32)ALL_PASS << 24 | 3;
	set_groups(3);
	for (u32 id = 0; id < IDS; id++)
		if (ref_at(v, id)->made)
			set_active(v, id, false);
	fake_gic_settle();
	for (unsigned round = 0; round < 1000; round++) {
		while (m.depth[v]) {
			guest_ends(0);
			fake_gic_settle();
		}
		for (u32 id = PPI_LEVEL; id < IDS; id++)
			if (id == PPI_LEVEL || id >= PRIVATE)
				set_line(v, id, false);
		fake_gic_settle();
		if (ref_best(v) == ALL_PASS)
			return fake_gic_ack(0) == FAKE_NOTHING;
		if (!guest_acks(0))
			return false;
		fake_gic_settle();
	}
	return false;
}

bool vgic_ref_run(unsigned version, struct story *s, unsigned steps)
{
	bool good = fake_gic_create(version, VCPUS);

	m.story = s;
	m.acks = 0;
	if (good)
		start();
	for (; good && steps && story_goes_on(s); steps--)
		good = step();
	for (unsigned v = 0; good && v < VCPUS; v++)
		good = drain(v);
	fake_gic_destroy();
	return good;
}

u32 vgic_ref_acknowledged(void)
{
	return m.acks;
}
