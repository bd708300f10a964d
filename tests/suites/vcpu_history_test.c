// SPDX-License-Identifier: GPL-2.0-or-later
/* core/guest/vcpu_history: the last exits in order, the last access by name. */
#include "emulated.h"
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/guest.h>
#include <vmm/test.h>

#define FIRST	((enum arch_exit)0)
#define SECOND	((enum arch_exit)1)

static struct vcpu vcpu;
static struct vcpu_exit found[EXIT_LAST + 1];

static void begin(void)
{
	memset(&vcpu, 0, sizeof(vcpu));
}

static void exits(enum arch_exit why, u64 from, u64 to)
{
	for (u64 i = from; i < to; i++)
		vcpu_count_exit(&vcpu, why, i, i * 4);
}

static void nothing_yet(void)
{
	struct vcpu_last_access a;

	begin();
	EXPECT_EQ(vcpu_last_exits(&vcpu, found, EXIT_LAST), 0);
	EXPECT(!vcpu_last_access(&vcpu, &a));
}

static void merges_reasons(void)
{
	begin();
	for (u64 i = 1; i <= 10; i++)
		exits(i % 3 ? FIRST : SECOND, i, i + 1);
	EXPECT_EQ(vcpu_last_exits(&vcpu, found, EXIT_LAST), 10);
	for (u64 i = 1; i <= 10; i++) {
		EXPECT_EQ(found[i - 1].cycles, i);
		EXPECT_EQ(found[i - 1].pc, i * 4);
		EXPECT_EQ(found[i - 1].reason, i % 3 ? FIRST : SECOND);
	}
	EXPECT_EQ(vcpu.stats[FIRST].count, 7);
}

static void keeps_the_last(void)
{
	begin();
	exits(SECOND, 1, 3);
	exits(FIRST, 3, 3 + 5 * EXIT_LAST);
	EXPECT_EQ(vcpu_last_exits(&vcpu, found, EXIT_LAST + 1), EXIT_LAST);
	for (u64 i = 0; i < EXIT_LAST; i++) {
		EXPECT_EQ(found[i].reason, FIRST);
		EXPECT_EQ(found[i].cycles, 3 + 4 * EXIT_LAST + i);
	}
	exits(SECOND, 200, 201);
	EXPECT_EQ(vcpu_last_exits(&vcpu, found, 2), 2);
	EXPECT_EQ(found[0].cycles, 2 + 5 * EXIT_LAST);
	EXPECT_EQ(found[1].cycles, 200);
	EXPECT_EQ(found[1].reason, SECOND);
	EXPECT_EQ(vcpu_last_exits(&vcpu, found, 0), 0);
}

static void names_the_access(void)
{
	static struct guest guest;
	const struct region rom = {
		.base = GPA(0x1000), .size = 0x1000, .kind = REGION_ROM,
		.name = "rom",
	};
	struct vcpu_last_access a;

	begin();
	vcpu.guest = &guest;
	EXPECT_EQ(aspace_init(&guest.memory), 0);
	EXPECT_EQ(aspace_add(&guest.memory, &rom), 0);
	vcpu.access = (struct vcpu_access){
		.address = 0x1010, .how = 4 | VCPU_ACCESS_STORE, .value = 7,
	};
	EXPECT(vcpu_last_access(&vcpu, &a));
	EXPECT(string_equal(a.where, "rom"));
	EXPECT(a.store && !a.reg);
	EXPECT_EQ(a.size, 4);
	EXPECT_EQ(a.offset, 0x10);
	EXPECT_EQ(a.value, 7);
	vcpu.access.address = 0x5000;
	vcpu.access.how = 1;
	EXPECT(vcpu_last_access(&vcpu, &a));
	EXPECT(!a.where && !a.store);
	EXPECT_EQ(a.address, 0x5000);
	aspace_fini(&guest.memory);
}

/* A VCPU as guests have it: with its tallies, of two devices, behind it. */
static struct {
	struct vcpu vcpu;
	struct vcpu_tallies tallies[3];
} tallied;

static u64 tally_load(u64 address)
{
	u64 flags = irq_save();
	struct vcpu_loaded loaded = vcpu_load(&tallied.vcpu, GPA(address), 4);

	irq_restore(flags);
	return loaded.tally;
}

static u64 tally_store(u64 address)
{
	u64 flags = irq_save();
	u64 tally = vcpu_store(&tallied.vcpu, GPA(address), 4, 0);

	irq_restore(flags);
	return tally;
}

static void tallies_by_device(void)
{
	static struct guest guest = { .name = "tallied" };
	struct emu *e = emulated_create("pvpanic");
	const struct region rom = {
		.base = GPA(0x1000), .size = 0x1000, .kind = REGION_ROM,
		.name = "rom",
	}, device = {
		.base = GPA(0x9000), .size = 0x1000, .kind = REGION_MMIO,
		.emu = e, .name = "device",
	};

	EXPECT(e);
	e->tally = vcpu_tally(2);
	tallied.vcpu.guest = &guest;
	EXPECT_EQ(aspace_init(&guest.memory), 0);
	EXPECT_EQ(aspace_add(&guest.memory, &rom), 0);
	EXPECT_EQ(aspace_add(&guest.memory, &device), 0);
	vcpu_count_load(&tallied.vcpu, tally_load(0x9000), 10);
	vcpu_count_load(&tallied.vcpu, tally_load(0x9fe2), 20);
	vcpu_count_store(&tallied.vcpu, tally_store(0x9004), 3);
	vcpu_count_store(&tallied.vcpu, tally_store(0x1000), 1);
	EXPECT_EQ(tallied.tallies[2].loads.count, 2);
	EXPECT_EQ(tallied.tallies[2].loads.cycles, 30);
	EXPECT_EQ(tallied.tallies[2].stores.count, 1);
	EXPECT_EQ(tallied.tallies[2].stores.cycles, 3);
	EXPECT_EQ(tallied.tallies[1].loads.count, 0);
	EXPECT_EQ(tallied.tallies[0].stores.count, 1);
	EXPECT_EQ(tally_load(0x5000), 0);
	EXPECT_EQ(tally_store(0x5000), 0);
	aspace_fini(&guest.memory);
	emu_destroy(e);
}

SUITE(vcpu_history, TEST(nothing_yet), TEST(merges_reasons),
      TEST(keeps_the_last), TEST(names_the_access),
      TEST(tallies_by_device));
