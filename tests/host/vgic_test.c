// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The models of guests' GICs against a reference that knows no slots: random
 * devices, guests and CPUs; what a guest acknowledges must be the best there
 * is, each time.
 */

#include "vgic_fake.h"

#include <libs/string.h>
#include <vmm/test.h>

#define CPUS		FAKE_GIC_CPUS
#define VCPUS		3
#define IDS		48
#define PPI_LEVEL	30
#define PRIVATE		32
#define DEPTH		32

/* What the manual says an interrupt is. */
struct ref {
	bool enabled, edge, line, latch, active, group1;
	u8 priority, senders;
	int target;		/* VCPU, or < 0 */
};

static struct {
	struct ref own[VCPUS][PRIVATE], shared[IDS];
	struct { u32 id; u8 priority; } stack[VCPUS][DEPTH];
	unsigned depth[VCPUS];
	bool on;
	u64 seed;
	u32 acks;
} m;

static u32 random_below(u32 n)
{
	m.seed = m.seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(m.seed >> 33) % n;
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

	return m.on && r->enabled && ref_pends(v, id) && !r->active &&
	       r->target == (int)v;
}

static u32 ref_best(unsigned v)
{
	u32 best = 0xf8;

	if (m.depth[v])
		best = m.stack[v][m.depth[v] - 1].priority;
	for (u32 id = 0; id < IDS; id++)
		if (ref_delivers(v, id) && ref_at(v, id)->priority < best)
			best = ref_at(v, id)->priority;
	return best;
}

static u32 ref_running(unsigned v)
{
	return m.depth[v] ? m.stack[v][m.depth[v] - 1].priority : 0xf8;
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

static void send(unsigned from, u32 id, u32 list)
{
	struct vpic *p = fake_gic.guest.pic;

	if (is_v3())
		p->ops->send_ipi(p, &fake_gic.vcpus[from], 1,
				 (u64)id << 24 | list);
	else
		fake_gic_write(from, 0, 0xf00, 4, list << 16 | id);
	for (unsigned v = 0; v < VCPUS; v++) {
		if (!(list >> v & 1))
			continue;
		m.own[v][id].latch = true;
		m.own[v][id].senders |= (u8)BIT(from);
	}
}

/* ---- one step ---- */

static u32 random_id(void)
{
	static const u32 own[] = { 0, 1, 2, 3, FAKE_TIMER, PPI_LEVEL };

	if (random_below(3) == 0)
		return own[random_below(ARRAY_LEN(own))];
	return 32 + random_below(IDS - 32);
}

static void set_line(u32 id, bool level)
{
	struct vpic *p = fake_gic.guest.pic;
	struct ref *r = &m.shared[id];

	if (r->edge && level && !r->line)
		r->latch = true;
	r->line = level;
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
		return best == ref_running(v);
	if (best == ref_running(v) || !is_of(v, got) ||
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
	struct vpic *p = fake_gic.guest.pic;

	switch (random_below(4)) {
	case 0:
		m.own[v][PPI_LEVEL].line = random_below(2);
		p->ops->set_private(p, &fake_gic.vcpus[v], PPI_LEVEL,
				    m.own[v][PPI_LEVEL].line);
		break;
	case 1:
		fake_gic.due[v] = true;
		break;
	default:
		set_line(32 + random_below(IDS - 32), random_below(2));
	}
}

static void register_step(unsigned v)
{
	const u32 id = random_id();

	switch (random_below(6)) {
	case 0:
		set_enabled(v, id, random_below(3));
		break;
	case 1:
		set_priority(v, id, (u8)random_below(0xf0));
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
	default:
		send(v, random_below(4), random_below(BIT(VCPUS)));
	}
}

static void switch_step(unsigned cpu)
{
	fake_gic_switch(cpu, (int)random_below(VCPUS + 1) - 1);
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
	else
		switch_step(cpu);
	fake_gic_settle();
	return good;
}

/* ---- set up ---- */

static void start(void)
{
	memset(&m.own, 0, sizeof(m.own));
	memset(&m.shared, 0, sizeof(m.shared));
	memset(&m.depth, 0, sizeof(m.depth));
	fake_gic_on(0);
	fake_gic_write(0, 0, 0, 4, 3);
	m.on = true;
	for (u32 id = 0; id < IDS; id++)
		m.shared[id].target = is_v3() ? 0 : -1;
	for (unsigned v = 0; v < VCPUS; v++) {
		for (u32 id = 0; id < PRIVATE; id++) {
			m.own[v][id].edge = id < 16;
			m.own[v][id].enabled = !is_v3() && id < 16;
			m.own[v][id].target = (int)v;
		}
		fake_gic_switch(0, (int)v);
		fake_gic.cpus[0].mask = 0xf8u << 24 | 3;
	}
	for (u32 id = 40; id < IDS; id++)
		m.shared[id].edge = true;
	fake_gic_write(0, 0, 0xc00 + 40 / 16 * 4, 4, 0xaaaa0000);
}

/* Everything pending comes to its VCPU in the end, and nothing else. */
static bool drain(unsigned v)
{
	fake_gic_switch(0, (int)v);
	fake_gic_settle();
	for (unsigned round = 0; round < 1000; round++) {
		while (m.depth[v]) {
			guest_ends(0);
			fake_gic_settle();
		}
		for (u32 id = 32; id < 40; id++)
			set_line(id, false);
		fake_gic_settle();
		if (ref_best(v) == 0xf8)
			return fake_gic_ack(0) == FAKE_NOTHING;
		if (!guest_acks(0))
			return false;
		m.own[v][PPI_LEVEL].line = false;
		fake_gic.guest.pic->ops->set_private(fake_gic.guest.pic,
			&fake_gic.vcpus[v], PPI_LEVEL, false);
		fake_gic_settle();
	}
	return false;
}

static bool run(unsigned version, u64 seed)
{
	bool good = fake_gic_create(version, VCPUS);

	m.seed = seed;
	if (good)
		start();
	for (unsigned i = 0; good && i < 3000; i++)
		good = step();
	for (unsigned v = 0; good && v < VCPUS; v++)
		good = drain(v);
	fake_gic_destroy();
	return good;
}

static void random_v3(void)
{
	m.acks = 0;
	for (u64 seed = 1; seed <= 60; seed++)
		EXPECT_EQ(run(3, seed) ? 0 : seed, 0);
	EXPECT(m.acks > 1000);
}

static void random_v2(void)
{
	m.acks = 0;
	for (u64 seed = 1; seed <= 60; seed++)
		EXPECT_EQ(run(2, seed) ? 0 : seed, 0);
	EXPECT(m.acks > 1000);
}

SUITE(vgic, TEST(random_v3), TEST(random_v2));
