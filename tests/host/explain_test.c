// SPDX-License-Identifier: GPL-2.0-or-later
/* What the models of interrupt controllers say keeps a source from a VCPU. */
#include "pins_fake.h"
#include "vgic_fake.h"

#include <vmm/test.h>
#include <vmm/why.h>

#define ABSENT	0xff

static struct vcpu_why w;

/* The description of source id for v; stops ABSENT: it is not mentioned. */
static struct why_source explained(struct guest *g, struct vcpu *v, u32 id,
				   u8 wire_stops)
{
	u32 from = 0;

	w = (struct vcpu_why){ .wire_stops = wire_stops, .timer_count = 1,
			       .timers = { { .name = "T", .id = 27 } } };
	do
		from = g->pic->ops->explain(g->pic, v, from, &w);
	while (from);
	for (unsigned i = 0; i < w.source_count; i++)
		if (w.sources[i].id == id)
			return w.sources[i];
	return (struct why_source){ .stops = ABSENT };
}

/* ---- GIC ---- */

#define SPI	40u

static struct why_source spi(unsigned v)
{
	return explained(&fake_gic.guest, &fake_gic.vcpus[v], SPI, 0);
}

static void store(u64 offset, unsigned size, u64 value)
{
	fake_gic_write(0, 0, offset, size, value);
	fake_gic_settle();
}

static void gic(void)
{
	struct vpic *p;

	EXPECT(fake_gic_create(3, 2));
	p = fake_gic.guest.pic;
	fake_gic_switch(0, 0);
	fake_gic_settle();
	fake_gic.cpus[0].mask = 0xf0000002;
	EXPECT_EQ(spi(0).stops, ABSENT);
	p->ops->set_line(p, SPI, true);
	EXPECT(spi(0).pending);
	EXPECT_EQ(spi(0).stops, WHY_STOP_DISABLED | WHY_STOP_GROUP);
	store(0x84, 4, BIT(SPI % 32));
	store(0, 4, 2);
	EXPECT_EQ(spi(0).stops, WHY_STOP_DISABLED);
	fake_gic.cpus[0].mask = 2;
	EXPECT_EQ(spi(0).stops, WHY_STOP_DISABLED | WHY_STOP_PRIORITY);
	fake_gic.cpus[0].mask = 0xf0000002;
	store(0x104, 4, BIT(SPI % 32));
	EXPECT_EQ(spi(0).stops, 0);
	EXPECT(spi(0).pending && !spi(0).active);
	EXPECT_EQ(fake_gic_ack(0), SPI);
	EXPECT(spi(0).active);
	EXPECT_EQ(spi(0).stops, WHY_STOP_ACTIVE);
	fake_gic_end(0, SPI);
	/* To the other, which is nowhere, its interface off. */
	store(0x6000 + 8 * SPI, 8, 1);
	EXPECT_EQ(spi(0).stops, ABSENT);
	EXPECT_EQ(spi(1).stops, WHY_STOP_GROUP | WHY_STOP_PRIORITY);
	fake_gic_destroy();
}

/* The timer is named whatever its state; SGIs come from VCPUs. */
static void gic_private(void)
{
	struct guest *g = &fake_gic.guest;

	EXPECT(fake_gic_create(2, 1));
	EXPECT_EQ(explained(g, &fake_gic.vcpus[0], 27, 0).kind, WHY_TIMER);
	EXPECT(explained(g, &fake_gic.vcpus[0], 27, 0).stops &
	       WHY_STOP_DISABLED);
	EXPECT_EQ(explained(g, &fake_gic.vcpus[0], 3, 0).kind, WHY_IPI);
	EXPECT_EQ(explained(g, &fake_gic.vcpus[0], 30, 0).stops, ABSENT);
	fake_gic_destroy();
}

/* ---- PLIC and APLIC ---- */

static struct why_source source(u32 id, u8 wire_stops)
{
	return explained(&fake_pins.guest, &fake_pins.vcpus[0], id,
			 wire_stops);
}

static void plic(void)
{
	EXPECT(fake_pins_create(FAKE_PLIC, 1));
	EXPECT_EQ(source(10, 0).stops, ABSENT);
	fake_pins_line(10, true);
	EXPECT_EQ(source(10, 0).stops, WHY_STOP_DISABLED | WHY_STOP_PRIORITY);
	fake_pins_put(4 * 10, 1);
	fake_pins_put(0x2080, BIT(10));
	EXPECT_EQ(source(10, 0).stops, 0);
	EXPECT(source(10, 0).pending);
	EXPECT_EQ(source(10, WHY_STOP_CPU).stops, WHY_STOP_CPU);
	fake_pins_put(0x201000, 1);
	EXPECT_EQ(source(10, 0).stops, WHY_STOP_PRIORITY);
	fake_pins_put(0x201000, 0);
	EXPECT_EQ(fake_pins_get(0x201004), 10);
	EXPECT(source(10, 0).active);
	EXPECT_EQ(source(10, 0).stops, WHY_STOP_ACTIVE);
	fake_pins_destroy();
}

static void aplic(void)
{
	EXPECT(fake_pins_create(FAKE_APLIC, 1));
	EXPECT_EQ(source(10, 0).stops, ABSENT);
	fake_pins_put(4 * 10, 6);
	fake_pins_put(0x3000 + 4 * 10, 5);
	fake_pins_line(10, true);
	EXPECT(source(10, 0).pending);
	EXPECT_EQ(source(10, 0).stops, WHY_STOP_DISABLED | WHY_STOP_GROUP);
	fake_pins_put(0x1edc, 10);
	fake_pins_put(0, 0x100);
	EXPECT_EQ(source(10, 0).stops, WHY_STOP_GROUP);
	fake_pins_put(0x4000, 1);
	EXPECT_EQ(source(10, 0).stops, 0);
	fake_pins_put(0x4008, 5);
	EXPECT_EQ(source(10, 0).stops, WHY_STOP_PRIORITY);
	fake_pins_destroy();
}

/* ---- interrupt files ---- */

static struct why_source identity(u32 id)
{
	struct vpic_files *f = fake_pins.guest.files;
	u32 from = 0;

	w = (struct vcpu_why){ .timer_count = 0 };
	do
		from = f->ops->explain(f, &fake_pins.vcpus[0], from, &w);
	while (from);
	for (unsigned i = 0; i < w.source_count; i++)
		if (w.sources[i].id == id)
			return w.sources[i];
	return (struct why_source){ .stops = ABSENT };
}

static void file_set(unsigned number, u64 bits)
{
	struct vpic_files *f = fake_pins.guest.files;

	f->ops->access(f, &fake_pins.vcpus[0], number, ~0ull, &bits);
}

static void imsic(void)
{
	EXPECT(fake_pins_create(FAKE_IMSIC, 1));
	EXPECT_EQ(identity(5).stops, ABSENT);
	file_set(0x80, BIT(5));
	EXPECT(identity(5).pending);
	EXPECT_EQ(identity(5).stops, WHY_STOP_DISABLED | WHY_STOP_GROUP);
	file_set(0xc0, BIT(5));
	file_set(0x70, 1);
	EXPECT_EQ(identity(5).stops, 0);
	file_set(0x72, 5);
	EXPECT_EQ(identity(5).stops, WHY_STOP_PRIORITY);
	fake_pins_destroy();
}

SUITE(explain, TEST(gic), TEST(gic_private), TEST(plic), TEST(aplic),
      TEST(imsic));
