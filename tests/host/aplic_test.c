// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/pic/aplic: source modes, both ways of delivery, interrupt files. */
#include "pins_fake.h"

#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#define SOURCECFG(id)	(4ull * (id))
#define SETIP		0x1c00
#define SETIPNUM	0x1cdc
#define IN_CLRIP	0x1d00
#define CLRIPNUM	0x1ddc
#define SETIE		0x1e00
#define SETIENUM	0x1edc
#define CLRIE		0x1f00
#define CLRIENUM	0x1fdc
#define SETIPNUM_LE	0x2000
#define SETIPNUM_BE	0x2004
#define GENMSI		0x3000
#define TARGET(id)	(0x3000 + 4ull * (id))
#define IDELIVERY(h)	(0x4000 + 32ull * (h))
#define IFORCE(h)	(0x4004 + 32ull * (h))
#define ITHRESHOLD(h)	(0x4008 + 32ull * (h))
#define TOPI(h)		(0x4018 + 32ull * (h))
#define CLAIMI(h)	(0x401c + 32ull * (h))

enum { INACTIVE, DETACHED, EDGE1 = 4, EDGE0, LEVEL1, LEVEL0 };

#define IE		0x100
#define DM		4
#define FIXED		0x80000000u
#define HART(h)		((u32)(h) << 18)

static bool create(enum fake_variant variant, unsigned vcpu_count)
{
	if (!fake_pins_create(variant, vcpu_count))
		return false;
	fake_pins_put(0, IE);
	for (unsigned i = 0; i < vcpu_count; i++)
		fake_pins_put(IDELIVERY(i), 1);
	return true;
}

/* Source id in that mode, enabled, with its target. */
static void source(u32 id, u32 mode, u32 target)
{
	fake_pins_put(SOURCECFG(id), mode);
	fake_pins_put(TARGET(id), target);
	fake_pins_put(SETIENUM, id);
}

static bool is_pending(u32 id)
{
	return fake_pins_get(SETIP + id / 32 * 4) >> id % 32 & 1;
}

static void configuration(void)
{
	EXPECT(create(FAKE_APLIC, 1));
	EXPECT_EQ(fake_pins_get(0), FIXED | IE);
	fake_pins_put(0, ~0u);
	EXPECT_EQ(fake_pins_get(0), FIXED | IE);
	/* Reserved modes and delegation are none. */
	fake_pins_put(SOURCECFG(1), 2);
	EXPECT_EQ(fake_pins_get(SOURCECFG(1)), INACTIVE);
	fake_pins_put(SOURCECFG(1), 0x400 | EDGE1);
	EXPECT_EQ(fake_pins_get(SOURCECFG(1)), INACTIVE);
	fake_pins_put(SOURCECFG(1), EDGE0);
	EXPECT_EQ(fake_pins_get(SOURCECFG(1)), EDGE0);
	fake_pins_put(SOURCECFG(97), LEVEL1);
	EXPECT_EQ(fake_pins_get(SOURCECFG(97)), 0);
	/* An inactive source has nothing. */
	fake_pins_put(TARGET(2), 5);
	fake_pins_put(SETIENUM, 2);
	fake_pins_put(SETIPNUM, 2);
	EXPECT_EQ(fake_pins_get(TARGET(2)), 0);
	EXPECT_EQ(fake_pins_get(SETIE), 0);
	EXPECT_EQ(fake_pins_get(SETIP), 0);
	source(2, DETACHED, 0);
	EXPECT_EQ(fake_pins_get(TARGET(2)), 1);
	fake_pins_put(SETIPNUM, 2);
	EXPECT(is_pending(2));
	fake_pins_put(SOURCECFG(2), INACTIVE);
	EXPECT(!is_pending(2));
	EXPECT_EQ(fake_pins_get(SETIE), 0);
	EXPECT_EQ(fake_pins_get(TARGET(2)), 0);
	EXPECT_EQ(fake_pins_get(GENMSI), 0);
	fake_pins_destroy();
}

/*
 * What sets and clears pending bits, by mode: of a wire that rises, then
 * falls; of setipnum and clripnum while it is high, then low.
 */
static const struct {
	u32 mode;
	bool risen, fallen;
	bool set_high, cleared_high, set_low, cleared_low;
} direct_modes[] = {
	{ DETACHED, false, false, true, false, true, false },
	{ EDGE1, true, true, true, false, true, false },
	{ EDGE0, false, true, true, false, true, false },
	{ LEVEL1, true, false, true, true, false, false },
	{ LEVEL0, false, true, false, false, true, true },
};

static void pending_bits(void)
{
	for (size_t i = 0; i < ARRAY_LEN(direct_modes); i++) {
		const u32 id = 33;

		EXPECT(create(FAKE_APLIC, 1));
		fake_pins_put(SOURCECFG(id), direct_modes[i].mode);
		fake_pins_line(id, true);
		EXPECT_EQ(is_pending(id), direct_modes[i].risen);
		fake_pins_line(id, false);
		EXPECT_EQ(is_pending(id), direct_modes[i].fallen);
		fake_pins_line(id, true);
		fake_pins_put(SETIPNUM, id);
		EXPECT_EQ(is_pending(id), direct_modes[i].set_high);
		fake_pins_put(CLRIPNUM, id);
		EXPECT_EQ(is_pending(id), direct_modes[i].cleared_high);
		fake_pins_line(id, false);
		fake_pins_put(SETIP + 4, BIT(1));
		EXPECT_EQ(is_pending(id), direct_modes[i].set_low);
		fake_pins_put(IN_CLRIP + 4, BIT(1));
		EXPECT_EQ(is_pending(id), direct_modes[i].cleared_low);
		fake_pins_destroy();
	}
}

static void rectified_inputs(void)
{
	EXPECT(create(FAKE_APLIC, 1));
	fake_pins_put(SOURCECFG(1), DETACHED);
	for (u32 mode = EDGE1; mode <= LEVEL0; mode++)
		fake_pins_put(SOURCECFG(mode), mode);
	EXPECT_EQ(fake_pins_get(IN_CLRIP), BIT(EDGE0) | BIT(LEVEL0));
	for (u32 id = 1; id < 8; id++)
		fake_pins_line(id, true);
	EXPECT_EQ(fake_pins_get(IN_CLRIP), BIT(EDGE1) | BIT(LEVEL1));
	fake_pins_destroy();
}

static void direct_delivery(void)
{
	EXPECT(create(FAKE_APLIC, 2));
	source(10, LEVEL1, HART(1) | 7);
	source(11, EDGE1, HART(1) | 3);
	fake_pins_line(10, true);
	EXPECT(fake_pins.level[1] && !fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(TOPI(1)), 10u << 16 | 7);
	fake_pins_line(11, true);
	EXPECT_EQ(fake_pins_get(CLAIMI(1)), 11u << 16 | 3);
	/* A level is pending for as long as it is there. */
	EXPECT_EQ(fake_pins_get(CLAIMI(1)), 10u << 16 | 7);
	EXPECT(fake_pins.level[1]);
	fake_pins_line(10, false);
	EXPECT(!fake_pins.level[1]);
	EXPECT_EQ(fake_pins_get(CLAIMI(1)), 0);
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 0);
	/* To the other hart, while it is pending. */
	fake_pins_line(10, true);
	fake_pins_put(TARGET(10), HART(0) | 1);
	EXPECT(fake_pins.level[0] && !fake_pins.level[1]);
	/* To nobody. */
	fake_pins_put(TARGET(10), HART(2) | 1);
	EXPECT(!fake_pins.level[0] && !fake_pins.level[1]);
	fake_pins_destroy();
}

static void delivery_control(void)
{
	EXPECT(create(FAKE_APLIC, 1));
	source(10, LEVEL1, 7);
	fake_pins_line(10, true);
	fake_pins_put(ITHRESHOLD(0), 7);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(TOPI(0)), 0);
	fake_pins_put(ITHRESHOLD(0), 8);
	EXPECT(fake_pins.level[0]);
	fake_pins_put(IDELIVERY(0), 0);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(TOPI(0)), 10u << 16 | 7);
	fake_pins_put(IDELIVERY(0), 1);
	fake_pins_put(0, 0);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(TOPI(0)), 10u << 16 | 7);
	fake_pins_put(0, IE);
	fake_pins_put(CLRIENUM, 10);
	EXPECT(!fake_pins.level[0]);
	/* Forced, until it is claimed as none. */
	fake_pins_put(IFORCE(0), 1);
	EXPECT(fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 0);
	EXPECT(!fake_pins.level[0]);
	EXPECT_EQ(fake_pins_get(IFORCE(0)), 0);
	/* There are as many harts as the tree says. */
	fake_pins_put(IDELIVERY(1), 1);
	EXPECT_EQ(fake_pins_get(IDELIVERY(1)), 0);
	fake_pins_destroy();
}

static void ports(void)
{
	EXPECT(create(FAKE_APLIC, 1));
	source(3, DETACHED, 1);
	source(4, DETACHED, 2);
	fake_pins_put(SETIPNUM_LE, 3);
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 3u << 16 | 1);
	fake_pins_put(SETIPNUM_BE, 0x04000000);
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 4u << 16 | 2);
	EXPECT_EQ(guest_msi(&fake_pins.guest, 5, GPA(0xd002000), 3), 0);
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 3u << 16 | 1);
	EXPECT_EQ(guest_msi(&fake_pins.guest, 5, GPA(0xd002004), 3), 0);
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 0);
	EXPECT_EQ(guest_msi(&fake_pins.guest, 5, GPA(0x1000), 3), -EFAULT);
	fake_pins_put(SETIPNUM, 1024);
	fake_pins_put(SETIPNUM, 0);
	EXPECT_EQ(fake_pins_get(SETIP), 0);
	fake_pins_destroy();
}

/* ---- messages ---- */

#define EIDELIVERY	0x70
#define EITHRESHOLD	0x72
#define EIP		0x80
#define EIE		0xc0

static struct vpic_files *files(void)
{
	return fake_pins.guest.files;
}

static u64 file_swap(unsigned v, unsigned number, u64 value)
{
	files()->ops->access(files(), &fake_pins.vcpus[v], number, ~0ull,
			     &value);
	return value;
}

static u64 file_read(unsigned v, unsigned number)
{
	u64 value = 0;

	files()->ops->access(files(), &fake_pins.vcpus[v], number, 0, &value);
	return value;
}

static u32 file_claim(unsigned v)
{
	return files()->ops->top(files(), &fake_pins.vcpus[v], true);
}

static bool create_files(unsigned vcpu_count)
{
	if (!create(FAKE_IMSIC, vcpu_count))
		return false;
	for (unsigned i = 0; i < vcpu_count; i++) {
		file_swap(i, EIDELIVERY, 1);
		for (unsigned w = 0; w < 4; w++)
			file_swap(i, EIE + 2 * w, ~0ull);
	}
	return true;
}

#define TOP(id)		((id) << 16 | (id))

static void messages(void)
{
	EXPECT(create_files(4));
	EXPECT_EQ(fake_pins_get(0), FIXED | IE | DM);
	source(10, LEVEL1, HART(3) | 77);
	fake_pins_line(10, true);
	EXPECT(fake_pins.level[3] && !fake_pins.level[0]);
	EXPECT(!is_pending(10));
	EXPECT_EQ(file_claim(3), TOP(77));
	EXPECT(!fake_pins.level[3]);
	/* High still: again when asked to look, and not when it fell. */
	fake_pins_put(SETIPNUM, 10);
	EXPECT_EQ(file_claim(3), TOP(77));
	fake_pins_line(10, false);
	fake_pins_put(SETIPNUM, 10);
	EXPECT_EQ(file_claim(3), 0);
	/* What came while it was masked goes out later. */
	fake_pins_put(0, 0);
	fake_pins_line(10, true);
	EXPECT(is_pending(10) && !fake_pins.level[3]);
	fake_pins_put(0, IE);
	EXPECT(!is_pending(10) && fake_pins.level[3]);
	EXPECT_EQ(file_claim(3), TOP(77));
	/* An extempore one goes out at any time. */
	fake_pins_put(0, 0);
	fake_pins_put(GENMSI, HART(1) | 5);
	EXPECT_EQ(fake_pins_get(GENMSI), HART(1) | 5);
	EXPECT_EQ(file_claim(1), TOP(5));
	/* To a hart that there is not. */
	fake_pins_put(GENMSI, HART(4) | 5);
	fake_pins_put(GENMSI, HART(0x3fff) | 5);
	for (unsigned i = 0; i < 4; i++)
		EXPECT_EQ(file_claim(i), 0);
	fake_pins_destroy();
}

/* Not to what lies where a hart's file would be, least of all to itself. */
static void messages_elsewhere(void)
{
	struct region again = {
		.kind = REGION_MMIO, .name = "again",
		.base = GPA(0x28100000), .size = 0x8000,
	};

	EXPECT(create_files(1));
	again.emu = fake_pins.pic;
	irq_unmask();
	EXPECT_EQ(aspace_add(&fake_pins.guest.memory, &again), 0);
	irq_mask();
	source(7, DETACHED, HART(0) | 3);
	fake_pins_put(GENMSI, HART(0x102) | 7);
	EXPECT_EQ(file_claim(0), 0);
	source(8, DETACHED, HART(0x102) | 7);
	fake_pins_put(SETIPNUM, 8);
	EXPECT(!is_pending(8));
	EXPECT_EQ(file_claim(0), 0);
	fake_pins_put(SETIPNUM, 7);
	EXPECT_EQ(file_claim(0), TOP(3));
	fake_pins_destroy();
}

static void file_registers(void)
{
	u64 value = 0;

	EXPECT(create_files(1));
	file_swap(0, EIDELIVERY, 0x40000000);
	EXPECT_EQ(file_read(0, EIDELIVERY), 0);
	file_swap(0, EITHRESHOLD, ~0ull);
	EXPECT_EQ(file_read(0, EITHRESHOLD), 255);
	EXPECT_EQ(file_read(0, EIE), ~1ull);
	EXPECT_EQ(file_read(0, EIE + 6), ~0ull);
	file_swap(0, EIE + 8, ~0ull);
	EXPECT_EQ(file_read(0, EIE + 8), 0);
	EXPECT_EQ(file_swap(0, EIP, 0x30), 0);
	EXPECT_EQ(file_swap(0, EIP, 0x10), 0x30);
	EXPECT_EQ(file_read(0, EIP), 0x10);
	file_swap(0, 0x71, ~0ull);
	EXPECT_EQ(file_read(0, 0x71), 0);
	EXPECT_EQ(files()->ops->access(files(), &fake_pins.vcpus[0], EIP + 1,
				       0, &value), -EINVAL);
	EXPECT_EQ(files()->ops->access(files(), &fake_pins.vcpus[0], 0x6f, 0,
				       &value), -EINVAL);
	EXPECT_EQ(files()->ops->access(files(), &fake_pins.vcpus[0], 0x100,
				       0, &value), -EINVAL);
	/* Only the bits of the mask change. */
	value = ~0ull;
	EXPECT_EQ(files()->ops->access(files(), &fake_pins.vcpus[0], EIP,
				       0xf00, &value), 0);
	EXPECT_EQ(value, 0x10);
	EXPECT_EQ(file_read(0, EIP), 0xf10);
	fake_pins_destroy();
}

static void file_order(void)
{
	EXPECT(create_files(2));
	fake_pins_files_put(0x1000, 200);
	fake_pins_files_put(0x1000, 3);
	fake_pins_files_put(0x1004, 0x42000000);
	EXPECT(fake_pins.level[1] && !fake_pins.level[0]);
	file_swap(1, EITHRESHOLD, 3);
	EXPECT(!fake_pins.level[1]);
	EXPECT_EQ(file_claim(1), 0);
	file_swap(1, EITHRESHOLD, 0);
	EXPECT_EQ(file_claim(1), TOP(3));
	EXPECT_EQ(file_claim(1), TOP(0x42));
	file_swap(1, EIDELIVERY, 0);
	EXPECT(!fake_pins.level[1]);
	EXPECT_EQ(file_claim(1), TOP(200));
	/* 0 and what is beyond the last are no identities. */
	fake_pins_files_put(0, 0);
	fake_pins_files_put(0, 256);
	fake_pins_files_put(0, ~0u);
	fake_pins_files_put(8, 5);
	EXPECT_EQ(file_claim(0), 0);
	fake_pins_destroy();
}

static void messages_of_devices(void)
{
	struct guest *g;

	EXPECT(create_files(2));
	g = &fake_pins.guest;
	EXPECT_EQ(guest_msi(g, 1, GPA(0x28001000), 9), 0);
	EXPECT_EQ(file_claim(1), TOP(9));
	EXPECT_EQ(guest_msi(g, 1, GPA(0x28002000), 9), 0);
	EXPECT_EQ(guest_msi(g, 1, GPA(0x28001010), 9), 0);
	EXPECT_EQ(guest_msi(g, 1, GPA(0x28001000), ~0u), 0);
	EXPECT_EQ(file_claim(0) | file_claim(1), 0);
	EXPECT_EQ(guest_msi(g, 1, GPA(0x28007ffe), 9), -EFAULT);
	fake_pins_destroy();
}

static u64 odd_load(struct emu *e, u64 offset, u8 size)
{
	struct access a = { .offset = offset, .size = size, .value = ~0ull };

	emu_access(e, &a);
	return a.value;
}

static void odd_store(struct emu *e, u64 offset, u8 size, u64 value)
{
	struct access a = {
		.offset = offset, .size = size, .value = value, .write = true,
	};

	emu_access(e, &a);
}

/* What is no aligned word does nothing, and reads zero. */
static void words_only(void)
{
	EXPECT(create_files(1));
	odd_store(fake_pins.files, 0, 1, 9);
	odd_store(fake_pins.files, 0, 2, 9);
	odd_store(fake_pins.files, 0, 8, 9);
	odd_store(fake_pins.files, 2, 4, 9 << 16);
	EXPECT_EQ(file_claim(0), 0);
	odd_store(fake_pins.pic, 1, 1, 0);
	odd_store(fake_pins.pic, 0, 8, 0);
	EXPECT_EQ(fake_pins_get(0), FIXED | IE | DM);
	EXPECT_EQ(odd_load(fake_pins.pic, 0, 2), 0);
	fake_pins_destroy();
	EXPECT(create(FAKE_APLIC, 1));
	source(10, EDGE1, HART(0) | 1);
	fake_pins_line(10, true);
	EXPECT_EQ(odd_load(fake_pins.pic, CLAIMI(0), 1), 0);
	EXPECT_EQ(odd_load(fake_pins.pic, CLAIMI(0), 8), 0);
	EXPECT_EQ(odd_load(fake_pins.pic, TOPI(0), 8), 0);
	EXPECT(is_pending(10));
	EXPECT_EQ(fake_pins_get(CLAIMI(0)), 10 << 16 | 1);
	fake_pins_destroy();
}

static void reset_and_move(void)
{
	EXPECT(create_files(2));
	source(10, EDGE1, HART(1) | 30);
	fake_pins_line(10, true);
	EXPECT(fake_pins_move());
	EXPECT(fake_pins.level[1] && !fake_pins.level[0]);
	EXPECT_EQ(file_claim(1), TOP(30));
	fake_pins_line(10, false);
	fake_pins_line(10, true);
	EXPECT(fake_pins.level[1]);
	emu_reset(fake_pins.pic);
	emu_reset(fake_pins.files);
	EXPECT(!fake_pins.level[1]);
	EXPECT_EQ(fake_pins_get(0), FIXED | DM);
	EXPECT_EQ(file_read(1, EIDELIVERY), 0);
	fake_pins_destroy();
}

static void wrong_state(void)
{
	static u8 data[16384];
	size_t size;

	EXPECT(create(FAKE_APLIC, 2));
	size = emu_save(fake_pins.pic, NULL);
	EXPECT(size <= sizeof(data));
	memset(data, 0xff, sizeof(data));
	EXPECT_EQ(emu_restore(fake_pins.pic, data, size), 0);
	for (unsigned i = 0; i < 3; i++) {
		EXPECT_EQ(fake_pins_get(IDELIVERY(i)), i < 2);
		EXPECT_EQ(fake_pins_get(IFORCE(i)), i < 2);
		EXPECT_EQ(fake_pins_get(ITHRESHOLD(i)), i < 2 ? 0xff : 0);
	}
	fake_pins_destroy();
}

SUITE(aplic, TEST(configuration), TEST(pending_bits), TEST(rectified_inputs),
      TEST(direct_delivery), TEST(delivery_control), TEST(ports),
      TEST(messages), TEST(messages_elsewhere), TEST(file_registers),
      TEST(file_order), TEST(messages_of_devices), TEST(words_only),
      TEST(reset_and_move), TEST(wrong_state));
