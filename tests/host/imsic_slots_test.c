// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/pic/imsic: files that a CPU's hardware holds while VCPUs run. */
#include "pins_fake.h"

#include <libs/string.h>
#include <vmm/test.h>

#define EIP0		0x80
#define EIE0		0xc0
#define EIDELIVERY	0x70
#define EITHRESHOLD	0x72
#define ID		77
#define PAGE		0x1000ull

/* The hardware's file, of the CPU that the suite runs on. */
static struct {
	u64 pending[4], enable[4];
	u32 delivery, threshold;
	unsigned load_count, put_count;
	unsigned sent_count, sent_cpu;
	const struct vcpu *sent_to;
	u32 sent_id;
} slot;

static void load(const struct vpic_file *f)
{
	slot.load_count++;
	for (unsigned w = 0; w < f->id_count / 64; w++) {
		slot.pending[w] = f->pending[w];
		slot.enable[w] = f->enable[w];
	}
	slot.delivery = *f->delivery;
	slot.threshold = *f->threshold;
}

static void put(const struct vpic_file *f)
{
	slot.put_count++;
	for (unsigned w = 0; w < f->id_count / 64; w++) {
		f->pending[w] = slot.pending[w];
		f->enable[w] = slot.enable[w];
	}
	*f->delivery = slot.delivery;
	*f->threshold = slot.threshold;
	slot.delivery = slot.threshold = 0;
	memset(slot.pending, 0, sizeof(slot.pending));
	memset(slot.enable, 0, sizeof(slot.enable));
}

static void send(unsigned cpu, struct vcpu *v, u32 id)
{
	slot.sent_count++;
	slot.sent_cpu = cpu;
	slot.sent_to = v;
	slot.sent_id = id;
}

static struct vpic_file_slots slots = {
	.load = load, .put = put, .peek = put, .send = send,
};

static struct vpic_files *files(void)
{
	return fake_pins.guest.files;
}

static struct vcpu *vcpu(unsigned i)
{
	return &fake_pins.vcpus[i];
}

static u64 swap(unsigned v, unsigned number, u64 value)
{
	files()->ops->access(files(), vcpu(v), number, ~0ull, &value);
	return value;
}

static bool begin(u32 id_count)
{
	slot.sent_count = 0;
	slots.id_count = id_count;
	vpic_file_slots = &slots;
	if (!fake_pins_create(FAKE_IMSIC, 2))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		swap(i, EIDELIVERY, 1);
		swap(i, EIE0 + 2, ~0ull);
	}
	return true;
}

static void end(void)
{
	fake_pins_destroy();
	vpic_file_slots = NULL;
}

static void holds(void)
{
	EXPECT(begin(256));
	EXPECT(files()->slots);
	swap(1, EITHRESHOLD, 100);
	fake_pins_files_put(PAGE, ID);
	EXPECT(fake_pins.level[1]);
	/* All of it goes, and the pin is not ours any more. */
	files()->ops->load(files(), vcpu(1));
	EXPECT(!fake_pins.level[1]);
	EXPECT_EQ(slot.pending[1], BIT64(ID - 64));
	EXPECT_EQ(slot.enable[1], ~0ull);
	EXPECT_EQ(slot.delivery, 1);
	EXPECT_EQ(slot.threshold, 100);
	/* Messages follow. */
	fake_pins_files_put(PAGE, ID + 1);
	EXPECT_EQ(slot.sent_count, 1);
	EXPECT_EQ(slot.sent_cpu, this_cpu()->index);
	EXPECT(slot.sent_to == vcpu(1));
	EXPECT_EQ(slot.sent_id, ID + 1);
	EXPECT(!fake_pins.level[1]);
	/* No identity, or another VCPU's. */
	fake_pins_files_put(PAGE, 0);
	fake_pins_files_put(PAGE, 256);
	fake_pins_files_put(0, ID);
	EXPECT_EQ(slot.sent_count, 1);
	EXPECT(fake_pins.level[0]);
	end();
}

static void comes_back(void)
{
	EXPECT(begin(2048));
	files()->ops->load(files(), vcpu(1));
	/* The guest claimed, enabled and threatened identity 0. */
	slot.pending[0] = BIT64(9) | BIT64(0);
	slot.enable[0] = BIT64(9) | BIT64(0);
	slot.threshold = 0x700;
	files()->ops->put(files(), vcpu(1));
	EXPECT(fake_pins.level[1]);
	EXPECT_EQ(swap(1, EIP0, 0), BIT64(9));
	EXPECT_EQ(swap(1, EIE0, 0), BIT64(9));
	EXPECT_EQ(swap(1, EITHRESHOLD, 0), 0);
	EXPECT(!fake_pins.level[1]);
	fake_pins_files_put(PAGE, ID);
	EXPECT(fake_pins.level[1]);
	EXPECT_EQ(slot.sent_count, 0);
	end();
}

/* A VCPU of such a guest that has no file still runs with the hardware's. */
static void fileless(void)
{
	static struct vcpu other = { .index = 3 };

	EXPECT(begin(256));
	slot.load_count = slot.put_count = 0;
	files()->ops->load(files(), &other);
	EXPECT_EQ(slot.load_count, 1);
	EXPECT_EQ(slot.delivery | slot.threshold, 0);
	slot.pending[2] = slot.enable[2] = 1;
	slot.delivery = 1;
	files()->ops->put(files(), &other);
	EXPECT_EQ(slot.put_count, 1);
	EXPECT_EQ(slot.pending[2] | slot.enable[2] | slot.delivery, 0);
	EXPECT(!fake_pins.level[0] && !fake_pins.level[1]);
	end();
}

/* Hardware with fewer identities than the guest was told is not used. */
static void too_small(void)
{
	EXPECT(begin(128));
	EXPECT(!files()->slots);
	end();
}

SUITE(imsic_slots, TEST(holds), TEST(comes_back), TEST(fileless),
      TEST(too_small));
