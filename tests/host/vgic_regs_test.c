// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers, SGIs and overload of the models of guests' GICs. */

#include "vgic_fake.h"

#include <vmm/test.h>

#define GROUP1		0x80
#define ENABLE		0x100
#define PENDING_SET	0x200
#define ACTIVE_SET	0x300
#define PRIORITY	0x400
#define OWN(v)		((v) * 0x20000ull + 0x10000)

static void start(unsigned version, unsigned vcpu_count)
{
	if (!fake_gic_create(version, vcpu_count))
		return;
	fake_gic_write(0, 0, 0, 4, 3);
	for (unsigned v = 0; v < vcpu_count; v++) {
		fake_gic_write(v, version == 3, version == 3 ?
			       OWN(v) + ENABLE : ENABLE, 4, 0xffff);
		fake_gic_switch(0, (int)v);
		fake_gic.cpus[0].mask = 0xf8u << 24 | 3;
	}
	fake_gic_switch(0, 0);
	if (vcpu_count > 1)
		fake_gic_switch(1, 1);
	fake_gic_on(0);
}

static void send(unsigned v, u32 which, u64 request)
{
	struct vpic *p = fake_gic.guest.pic;

	p->ops->send_ipi(p, &fake_gic.vcpus[v], which, request);
	fake_gic_settle();
}

static bool takes(unsigned cpu, u32 id)
{
	if (fake_gic_ack(cpu) != id)
		return false;
	fake_gic_end(cpu, id & 0x3ff);
	fake_gic_settle();
	return fake_gic_ack(cpu) == FAKE_NOTHING;
}

static bool sgis_go_where_named(void)
{
	bool good;

	send(0, 1, 3ull << 24 | 1);		/* itself */
	good = takes(0, 3);
	send(0, 1, 3ull << 24 | 2);		/* the other */
	good &= takes(1, 3) && fake_gic_ack(0) == FAKE_NOTHING;
	send(0, 1, 4ull << 24 | 0xffff);	/* all, and absent ones */
	good &= takes(0, 4) && takes(1, 4);
	send(1, 1, BIT64(40) | 5ull << 24 | 3);	/* all others */
	good &= takes(0, 5) && fake_gic_ack(1) == FAKE_NOTHING;
	send(0, 1, 6ull << 24 | 1 << 16 | 1);	/* nobody's affinity */
	send(0, 1, 6ull << 24 | BIT64(44) | 1);
	good &= fake_gic_ack(0) == FAKE_NOTHING;
	fake_gic_write(0, 1, OWN(0) + GROUP1, 4, 0xffff);
	send(0, 0, 7ull << 24 | 1);		/* group 0 only */
	good &= fake_gic_ack(0) == FAKE_NOTHING;
	send(0, 1, 7ull << 24 | 1);
	return good && takes(0, 7);
}

static void v3_sgis(void)
{
	bool good;

	start(3, 2);
	good = sgis_go_where_named();
	fake_gic_destroy();
	EXPECT(good);
}

static void v3_identity(void)
{
	u64 ctlr, typer, pidr, first, last, absent;

	start(3, 2);
	ctlr = fake_gic_read(0, 0, 0, 4);
	typer = fake_gic_read(0, 0, 4, 4);
	pidr = fake_gic_read(0, 0, 0xffe8, 4);
	first = fake_gic_read(0, 1, 8, 8);
	last = fake_gic_read(0, 1, 0x20008, 8);
	absent = fake_gic_read(0, 1, 0x40008, 8);
	fake_gic_destroy();
	EXPECT_EQ(ctlr, BIT(6) | BIT(4) | 3);
	EXPECT_EQ(typer & 0x1f, 8);
	EXPECT_EQ(pidr >> 4 & 0xf, 3);
	EXPECT_EQ(first, 0);
	EXPECT_EQ(last, 1ull << 32 | 1 << 8 | BIT(4));
	EXPECT_EQ(absent, 0);
}

/* Two senders of one SGI are served one after the other. */
static void v2_senders(void)
{
	u32 first, second, third;
	u64 pending, mask;

	start(2, 3);
	fake_gic_write(1, 0, 0xf00, 4, 1 << 16 | 2);
	fake_gic_write(2, 0, 0xf00, 4, 1 << 16 | 2);
	fake_gic_settle();
	pending = fake_gic_read(0, 0, 0xf20, 4);
	mask = fake_gic_read(1, 0, 0x800, 4);
	first = fake_gic_ack(0);
	fake_gic_end(0, 2);
	fake_gic_settle();
	second = fake_gic_ack(0);
	fake_gic_end(0, 2);
	fake_gic_settle();
	third = fake_gic_ack(0);
	fake_gic_destroy();
	EXPECT_EQ(pending, 6 << 16);
	EXPECT_EQ(mask, 0x02020202);
	EXPECT_EQ(first, 1 << 10 | 2);
	EXPECT_EQ(second, 2 << 10 | 2);
	EXPECT_EQ(third, FAKE_NOTHING);
}

/* Ten interrupts, each better than the one in service; four slots. */
static bool nests(void)
{
	u64 active;

	for (u32 i = 0; i < 10; i++) {
		const u32 id = 41 - i;

		fake_gic_write(0, 0, PRIORITY + id, 1, (10 - i) * 16);
		fake_gic_write(0, 0, ENABLE + 4, 4, BIT(id % 32));
		fake_gic_write(0, 0, PENDING_SET + 4, 4, BIT(id % 32));
		fake_gic_settle();
		if (fake_gic_ack(0) != id)
			return false;
		fake_gic_settle();
	}
	for (u32 i = 10; i-- > 0; ) {
		fake_gic_end(0, 41 - i);
		fake_gic_settle();
		active = fake_gic_read(0, 0, ACTIVE_SET + 4, 4);
		if (active != (0x3ffull >> (9 - i + 1) << (9 - i + 1)))
			return false;
	}
	return true;
}

static void nesting_beyond_slots(void)
{
	bool good;

	start(3, 1);
	good = nests();
	fake_gic_destroy();
	EXPECT(good);
}

static u64 seed;

static u32 random_below(u32 n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(seed >> 33) % n;
}

/* Any register, any width, any value; afterwards the guest still works. */
static bool abuse(unsigned version)
{
	start(version, 2);
	for (unsigned i = 0; i < 100000; i++) {
		const unsigned region = version == 3 ? random_below(2) : 0;
		const u32 near = random_below(2) ? 0x1000 : 0x80000;
		const u64 offset = random_below(near);
		const unsigned size = BIT(random_below(4));
		const unsigned v = random_below(2);
		const u64 value = (u64)random_below(~0u) << 32 |
				  random_below(~0u);

		fake_gic_on(random_below(2));
		if (random_below(4))
			fake_gic_write(v, region, offset, size, value);
		else
			fake_gic_read(v, region, offset, size);
		fake_gic_settle();
		if (i % 16 == 0 && fake_gic_ack(0) == FAKE_NOTHING)
			fake_gic_end(0, random_below(1024));
	}
	fake_gic_switch(0, -1);
	emu_reset(fake_gic.emu);
	fake_gic.cpus[0].active = 0;
	fake_gic_switch(0, 0);
	fake_gic.cpus[0].active = 0;
	fake_gic_write(0, 0, 0, 4, 3);
	fake_gic_write(0, version == 3, version == 3 ? OWN(0) + ENABLE :
		       ENABLE, 4, 0xffff);
	if (version == 3)
		send(0, 1, 1ull << 24 | 1);
	else
		fake_gic_write(0, 0, 0xf00, 4, 2 << 24 | 1);
	fake_gic_settle();
	return fake_gic_ack(0) == 1;
}

static void abuse_v3(void)
{
	bool good;

	seed = 3;
	good = abuse(3);
	fake_gic_destroy();
	EXPECT(good);
}

static void abuse_v2(void)
{
	bool good;

	seed = 2;
	good = abuse(2);
	fake_gic_destroy();
	EXPECT(good);
}

/*
 * All shared ones pending at one priority, more than slots: what a store does
 * before it lets interrupts come.
 */
static u32 most_at_once(unsigned version)
{
	start(version, 2);
	for (u32 first = 32; first < 288; first += 32) {
		fake_gic_write(0, 0, GROUP1 + first / 8, 4,
			       version == 3 ? ~0u : 0);
		for (u32 i = 0; version == 2 && i < 32; i += 4)
			fake_gic_write(0, 0, 0x800 + first + i, 4, 0x01010101);
		fake_gic_exit_write(0, ENABLE + first / 8, ~0u);
		fake_gic_exit_write(0, PENDING_SET + first / 8, ~0u);
	}
	fake_gic_exit_write(0, ENABLE + 0x80 + 4, ~0u);
	fake_gic_exit_write(0, ENABLE + 4, ~0u);
	fake_gic_exit_write(0, PENDING_SET + 0x80 + 4, ~0u);
	for (u32 i = 0; i < 32; i += 4)
		fake_gic_exit_write(0, PRIORITY + 64 + i, 0x10182028);
	fake_gic_exit_write(0, 0, 0);
	fake_gic_exit_write(0, 0, 3);
	return fake_gic.most_uses;
}

static void many_at_once(void)
{
	for (unsigned version = 2; version <= 3; version++) {
		const u32 most = most_at_once(version);

		fake_gic_destroy();
		EXPECT(most > 0 && most <= 4 * FAKE_SLOTS);
	}
}

/* Those of a bank get that priority, and are pending. */
static void all_pend(u32 first, u32 priority)
{
	fake_gic_write(0, 0, GROUP1 + first / 8, 4, ~0u);
	for (u32 i = 0; i < 32; i += 4)
		fake_gic_write(0, 0, PRIORITY + first + i, 4,
			       priority * 0x01010101);
	fake_gic_write(0, 0, ENABLE + first / 8, 4, ~0u);
	fake_gic_write(0, 0, PENDING_SET + first / 8, 4, ~0u);
}

/* The guest takes `count` that are from first on, each once. */
static bool takes_all(u32 first, u32 count)
{
	bool taken[288] = { false };

	for (u32 n = 0; n < count; n++) {
		const u32 id = fake_gic_ack(0);

		if (id < first || id >= first + count || taken[id])
			return false;
		taken[id] = true;
		fake_gic_end(0, id);
		fake_gic_settle();
	}
	return true;
}

/*
 * The VCPU is away while all becomes pending, then while better ones do: it
 * gets all slots filled, and filled anew, in steps.
 */
static bool works_in_steps(void)
{
	fake_gic_switch(0, -1);
	for (u32 first = 32; first < 256; first += 32)
		all_pend(first, 0x80);
	fake_gic_switch(0, 0);
	fake_gic_settle();
	fake_gic_switch(0, -1);
	all_pend(256, 0x40);
	fake_gic_switch(0, 0);
	fake_gic_settle();
	return takes_all(256, 32) && takes_all(32, 224) &&
	       fake_gic_ack(0) == FAKE_NOTHING;
}

static void steps(void)
{
	u32 most;
	bool good;

	start(3, 1);
	fake_gic_switch(0, -1);
	fake_gic_use_slots(VPIC_SLOT_MAX);
	fake_gic.most_uses = 0;
	good = works_in_steps();
	most = fake_gic.most_uses;
	fake_gic_destroy();
	EXPECT(good);
	EXPECT(most <= 5 * VPIC_SLOT_MAX);
}

/*
 * Each register of each row: what is read fits, its parts are the whole's, and
 * a row that no store changes is the same after one.
 */
static bool row_answers(unsigned v, const struct emu_reg *r, u64 offset)
{
	u64 all = r->width == 8 ? ~0ull : BIT64(8 * r->width) - 1;
	u64 value = fake_gic_read(v, r->region, offset, r->width);
	bool good = !(value & ~all);

	good &= fake_gic_read(v, r->region, offset, 1) == (value & 0xff);
	fake_gic_write(v, r->region, offset, r->width, ~value & all);
	if (!r->write && !r->wmask)
		good &= fake_gic_read(v, r->region, offset, r->width) == value;
	return good;
}

static const char *bad_row(unsigned version)
{
	const struct emulator *t = fake_gic.emu->type;
	const unsigned vcpus = version == 3 ? FAKE_VCPUS : 1;

	for (size_t i = 0; i < t->reg_count; i++) {
		const struct emu_reg *r = &t->regs[i];
		u64 stride = r->stride ? r->stride : r->width;
		unsigned count = MIN(MAX(r->count, 1u), vcpus);

		for (unsigned n = 0; r->width && n < count; n++)
			if (!row_answers(0, r, r->offset + n * stride))
				return r->name;
	}
	return NULL;
}

static void every_row_answers(void)
{
	for (unsigned version = 2; version <= 3; version++) {
		const char *bad;

		start(version, FAKE_VCPUS);
		bad = bad_row(version);
		fake_gic_settle();
		fake_gic_destroy();
		EXPECT(!bad);
	}
}

/* ---- a linked interrupt goes with its VCPU ---- */

/* The only VCPU's, which is loaded on CPU 0, is pending in a slot there. */
static void start_linked(unsigned version)
{
	start(version, 1);
	fake_gic_write(0, version == 3, version == 3 ? OWN(0) + ENABLE : ENABLE,
		       4, BIT(FAKE_TIMER));
	fake_gic.due[0] = true;
	fake_gic_settle();
}

static bool active_only_on(unsigned cpu)
{
	return fake_gic.cpus[cpu].host_active &&
	       !fake_gic.cpus[!cpu].host_active;
}

static void linked_moves_in_its_slot(void)
{
	for (unsigned version = 2; version <= 3; version++) {
		u32 syncs;

		start_linked(version);
		syncs = fake_gic.sync_count;
		EXPECT(active_only_on(0));
		fake_gic_switch(1, 0);
		EXPECT(active_only_on(1));
		EXPECT_EQ(fake_gic_ack(1), FAKE_TIMER);
		fake_gic_switch(0, 0);
		EXPECT(active_only_on(0));
		fake_gic.due[0] = false;
		fake_gic_end(0, FAKE_TIMER);
		EXPECT(!fake_gic.cpus[0].host_active);
		fake_gic_settle();
		EXPECT_EQ(fake_gic_ack(0), FAKE_NOTHING);
		EXPECT_EQ(fake_gic.sync_count, syncs);
		fake_gic_destroy();
	}
}

static void linked_changes_in_memory(void)
{
	const u64 disable = OWN(0) + ENABLE + 0x80;

	start_linked(3);
	fake_gic_switch(0, -1);
	EXPECT(!fake_gic.cpus[0].host_active);
	fake_gic_write(0, 1, disable, 4, BIT(FAKE_TIMER));
	fake_gic_switch(1, 0);
	fake_gic_settle();
	EXPECT(active_only_on(1));		/* it still is pending */
	EXPECT_EQ(fake_gic_ack(1), FAKE_NOTHING);
	fake_gic_write(0, 1, OWN(0) + ENABLE, 4, BIT(FAKE_TIMER));
	fake_gic_settle();
	fake_gic.due[0] = false;
	EXPECT_EQ(fake_gic_ack(1), FAKE_TIMER);
	fake_gic_end(1, FAKE_TIMER);
	EXPECT(!fake_gic.cpus[1].host_active);
	fake_gic_destroy();
}

/*
 * It is due as its VCPU comes with another interrupt: the books of both are
 * no part of the load, so that the host's interrupts may come before.
 */
static void linked_does_not_delay_a_load(void)
{
	start_linked(3);
	fake_gic.due[0] = false;
	EXPECT(takes(0, FAKE_TIMER));
	send(0, 1, 5ull << 24 | 1);
	fake_gic_switch(0, -1);
	fake_gic.due[0] = true;
	fake_gic.slot_uses = 0;
	fake_gic_switch(0, 0);
	EXPECT_EQ(fake_gic.slot_uses, 1);
	EXPECT(!fake_gic.cpus[0].host_active);
	fake_gic_settle();
	EXPECT(active_only_on(0));
	fake_gic.due[0] = false;
	EXPECT_EQ(fake_gic_ack(0), FAKE_TIMER);
	fake_gic_end(0, FAKE_TIMER);
	EXPECT(takes(0, 5));
	fake_gic_destroy();
}

/* Its VCPU is reset: what was pending is no more. */
static void linked_anew(void)
{
	struct vpic *p;

	start_linked(3);
	p = fake_gic.guest.pic;
	fake_gic_switch(0, -1);
	fake_gic.due[0] = false;
	p->ops->link(p, &fake_gic.vcpus[0], FAKE_TIMER, FAKE_TIMER_HOST);
	fake_gic_switch(0, 0);
	fake_gic_settle();
	EXPECT_EQ(fake_gic_ack(0), FAKE_NOTHING);
	EXPECT(!fake_gic.cpus[0].host_active);
	fake_gic_destroy();
}

SUITE(vgic_regs, TEST(many_at_once), TEST(steps), TEST(v3_sgis),
      TEST(v3_identity), TEST(v2_senders), TEST(nesting_beyond_slots),
      TEST(abuse_v3), TEST(abuse_v2), TEST(every_row_answers),
      TEST(linked_moves_in_its_slot), TEST(linked_changes_in_memory),
      TEST(linked_does_not_delay_a_load), TEST(linked_anew));
