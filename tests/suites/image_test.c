// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel images: recognised, refused when they lie, placed without overlap. */
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/gunzip.h>
#include <vmm/heap.h>
#include <vmm/image_loader.h>
#include <vmm/test.h>

#define FILE_SIZE	1024

static u8 file[FILE_SIZE];
static struct kernel_info info;

/* Headers of 64 bytes that differ in their magic: ours and the other one. */
static const struct image {
	enum kernel_format format;
	const char *magic;
} images[] = {
	{ KERNEL_ARM64_IMAGE, "ARM\x64" }, { KERNEL_RISCV_IMAGE, "RSC\x05" },
};

static const struct image *image_of(bool ours)
{
	bool first = arch_boot_protocol.formats & BIT(images[0].format);

	return &images[first != ours];
}

static void put(size_t offset, u64 value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		file[offset + i] = (u8)(value >> 8 * i);
}

static void image_make(u64 text_offset, u64 memory_size, u64 flags)
{
	memset(file, 0, sizeof(file));
	put(8, text_offset, 8);
	put(16, memory_size, 8);
	put(24, flags, 8);
	memcpy(file + 56, image_of(true)->magic, 4);
}

static int identify(void)
{
	return kernel_identify(file, sizeof(file), "test", &info);
}

static void own_image(void)
{
	image_make(0, MIB(30), 10);
	EXPECT_EQ(identify(), 0);
	EXPECT_EQ(info.format, image_of(true)->format);
	EXPECT_EQ(info.text_offset, 0);
	EXPECT_EQ(info.memory_size, MIB(30));
	EXPECT_EQ(info.entry, 0);
	/* Older than the field image_size. */
	image_make(0, 0, 0);
	EXPECT_EQ(identify(), 0);
	EXPECT_EQ(info.text_offset, arch_boot_protocol.raw_offset);
	EXPECT_EQ(info.memory_size, FILE_SIZE);
}

static void lying_images(void)
{
	image_make(0, MIB(30), 1);
	EXPECT_EQ(identify(), -ENOEXEC);
	image_make(0, ~0ull, 0);
	EXPECT_EQ(identify(), -ENOEXEC);
	image_make(~0ull, MIB(30), 0);
	EXPECT_EQ(identify(), -ENOEXEC);
	image_make(3, MIB(30), 0);
	EXPECT_EQ(identify(), -ENOEXEC);
}

/* An Image with the header of an EFI program of two sections at `at`. */
static void efi_make(u32 at, u32 end)
{
	image_make(0, MIB(30), 0);
	memcpy(file, "MZ", 2);
	put(60, at, 4);
	if (at != 128)
		return;
	put(128 + 6, 2, 2);			/* sections */
	put(128 + 20, 100, 2);			/* optional header */
	put(252 + 16, 512, 4);			/* SizeOfRawData */
	put(292 + 16, 100, 4);
	put(292 + 20, end - 100, 4);		/* PointerToRawData */
}

static void cut_images(void)
{
	efi_make(128, FILE_SIZE);
	EXPECT_EQ(identify(), 0);
	efi_make(128, FILE_SIZE + 1);
	EXPECT_EQ(identify(), -ENOEXEC);
	efi_make(128, 99);			/* wraps */
	EXPECT_EQ(identify(), -ENOEXEC);
	efi_make(FILE_SIZE - 23, 0);
	EXPECT_EQ(identify(), -ENOEXEC);
	efi_make(~0u, 0);
	EXPECT_EQ(identify(), -ENOEXEC);
	/* More sections than there is file. */
	efi_make(128, FILE_SIZE);
	put(128 + 6, 0xffff, 2);
	memset(file + 332, 0, sizeof(file) - 332);
	EXPECT_EQ(identify(), 0);
}

static void foreign_kernels(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file + 56, image_of(false)->magic, 4);
	EXPECT_EQ(identify(), -ENOEXEC);
	memset(file, 0, sizeof(file));
	put(0x24, 0x016f2818, 4);
	EXPECT_EQ(identify(), -ENOEXEC);
	memset(file, 0, sizeof(file));
	memcpy(file + 0x202, "HdrS", 4);
	EXPECT_EQ(identify(), -ENOEXEC);
	memset(file, 0, sizeof(file));
	memcpy(file, "MZ", 2);
	EXPECT_EQ(identify(), -ENOEXEC);
	memcpy(file, "\xfd" "7zXZ", 5);
	EXPECT_EQ(identify(), -ENOEXEC);
}

static void raw(void)
{
	memset(file, 0, sizeof(file));
	put(0, 0x14000000, 4);
	EXPECT_EQ(identify(), 0);
	EXPECT_EQ(info.format, KERNEL_RAW);
	EXPECT_EQ(info.text_offset, arch_boot_protocol.raw_offset);
	EXPECT_EQ(kernel_identify(file, 0, "test", &info), -ENOEXEC);
	EXPECT_EQ(kernel_identify(file, 1, "test", &info), 0);
	memset(file, 'x', sizeof(file));
	EXPECT_EQ(identify(), -ENOEXEC);
	file[200] = 0xd5;
	EXPECT_EQ(identify(), 0);
}

/* A 64-bit ELF file with one segment of 16 bytes, 32 in memory. */
static void elf_make(u16 machine)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\x7f" "ELF\2\1\1", 7);
	put(16, ELF_TYPE_EXEC, 2);
	put(18, machine, 2);
	put(20, 1, 4);
	put(24, 0xffff000040200008, 8);		/* e_entry */
	put(32, 64, 8);				/* e_phoff */
	put(52, 64, 2);				/* e_ehsize */
	put(54, 56, 2);				/* e_phentsize */
	put(56, 1, 2);				/* e_phnum */
	put(64, ELF_SEGMENT_LOAD, 4);
	put(72, 512, 8);			/* p_offset */
	put(80, 0xffff000040200000, 8);		/* p_vaddr */
	put(88, 0x40200000, 8);			/* p_paddr */
	put(96, 16, 8);				/* p_filesz */
	put(104, 32, 8);			/* p_memsz */
}

static void elf(void)
{
	elf_make(arch_boot_protocol.elf_machine);
	EXPECT_EQ(identify(), 0);
	EXPECT_EQ(info.format, KERNEL_ELF);
	EXPECT_EQ(info.text_offset, 0x40200000);
	EXPECT_EQ(info.memory_size, 32);
	EXPECT_EQ(info.entry, 0x40200008);
	elf_make(ELF_MACHINE_X86_64);
	EXPECT_EQ(identify(), -ENOEXEC);
	elf_make(arch_boot_protocol.elf_machine);
	put(72, ~0ull, 8);
	EXPECT_EQ(identify(), -ENOEXEC);
	elf_make(arch_boot_protocol.elf_machine);
	put(56, 0, 2);
	EXPECT_EQ(identify(), -ENOEXEC);
}

/* Whatever is cut: an answer, and no byte beyond the end is looked at. */
static void truncated_everywhere(void)
{
	for (size_t cut = 0; cut <= 640; cut++) {
		u8 *copy = heap_alloc(cut ? cut : 1);

		EXPECT(copy);
		elf_make(arch_boot_protocol.elf_machine);
		memcpy(copy, file, cut);
		EXPECT_EQ(kernel_identify(copy, cut, "elf", &info),
			  cut >= 4 && cut < 528 ? -ENOEXEC :
			  cut ? 0 : -ENOEXEC);
		image_make(0, MIB(2), 0);
		memcpy(copy, file, cut);
		EXPECT_EQ(kernel_identify(copy, cut, "image", &info),
			  cut ? 0 : -ENOEXEC);
		EXPECT(info.format != image_of(true)->format || cut >= 64 ||
		       !cut);
		heap_free(copy);
	}
}

/* ---- Places ---- */

static const struct place {
	u64 ram_size, text_offset, memory_size, initrd_size, tree_size;
	int result;
	u64 kernel, initrd, tree;
} places[] = {
	/* As QEMU: kernel, initrd at 128 MiB or half, tree behind it. */
	{ MIB(256), 0, MIB(30), MIB(1), KIB(4), 0,
	  0x40200000, 0x48000000, 0x48200000 },
	{ MIB(1024), 0x80000, MIB(30), MIB(1), KIB(4), 0,
	  0x40080000, 0x48000000, 0x48200000 },
	{ MIB(64), 0, MIB(30), MIB(1), KIB(4), 0,
	  0x40200000, 0x42000000, 0x42200000 },
	/* A kernel larger than half of it all. */
	{ MIB(64), 0, MIB(50), MIB(1) + 1, KIB(4), 0,
	  0x40200000, 0x43400000, 0x43600000 },
	/* Too little for whole 2 MiB. */
	{ MIB(2), 0x80000, KIB(4), 0, KIB(4), 0,
	  0x40080000, 0x40100000, 0x40100000 },
	{ MIB(16), 0, MIB(30), 0, KIB(4), -ERANGE, 0, 0, 0 },
	{ MIB(64), 0, MIB(30), MIB(64), KIB(4), -ERANGE, 0, 0, 0 },
	{ MIB(64), 0, MIB(30), MIB(32), KIB(4), -ERANGE, 0, 0, 0 },
	{ MIB(64), 0, GIB(60), MIB(1), KIB(4), -ERANGE, 0, 0, 0 },
	{ MIB(64), 0, MIB(30), ~0ull, KIB(4), -ERANGE, 0, 0, 0 },
	{ MIB(64), 0, MIB(30), 0, MIB(3), -ERANGE, 0, 0, 0 },
};

static void placed(void)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct place *p = &places[i];
		const struct kernel_info k = {
			.format = KERNEL_ARM64_IMAGE,
			.text_offset = p->text_offset,
			.memory_size = p->memory_size,
		};
		const struct image_needs n = {
			"test", 0x40000000, p->ram_size, &k, p->initrd_size,
			p->tree_size,
		};
		struct image_plan plan;

		EXPECT_EQ(image_plan_make(&n, &plan), p->result);
		if (p->result)
			continue;
		EXPECT_EQ(plan.kernel, p->kernel);
		EXPECT_EQ(plan.entry, p->kernel);
		EXPECT_EQ(plan.initrd, p->initrd);
		EXPECT_EQ(plan.tree, p->tree);
	}
}

static void firmware_placed(void)
{
	const struct image_needs n = {
		"test", 0x40000000, MIB(64), NULL, 0, KIB(4),
	};
	struct image_plan plan;

	EXPECT_EQ(image_plan_make(&n, &plan), 0);
	EXPECT_EQ(plan.tree, 0x40000000);
}

/* ---- gzip ---- */

/* 4096 bytes 'a'. */
static const u8 packed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
	0xed, 0xc1, 0x01, 0x0d, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac,
	0xef, 0x5f, 0xc2, 0x1e, 0x0e, 0x28, 0x00, 0x00, 0x00, 0xe0,
	0xdd, 0x00, 0x73, 0xdc, 0x99, 0x9c, 0x00, 0x10, 0x00, 0x00,
};

static void unpacked(void)
{
	struct gunzip g;

	EXPECT(gunzip_is_gzip(packed, sizeof(packed)));
	EXPECT_EQ(gunzip_member(packed, sizeof(packed), KIB(64), "test", &g),
		  0);
	EXPECT_EQ(g.size, 4096);
	EXPECT_EQ(g.consumed, sizeof(packed));
	EXPECT(g.data[0] == 'a' && g.data[4095] == 'a');
	heap_free(g.data);
}

static void bombs_and_damage(void)
{
	u8 copy[sizeof(packed)];
	struct gunzip g;

	EXPECT_EQ(gunzip_member(packed, sizeof(packed), 4095, "test", &g),
		  -E2BIG);
	for (size_t cut = 0; cut < sizeof(packed); cut++) {
		EXPECT_EQ(gunzip_member(packed, cut, KIB(64), "test", &g),
			  -EBADMSG);
		memcpy(copy, packed, sizeof(copy));
		copy[cut] ^= 0xff;
		if (!gunzip_member(copy, sizeof(copy), KIB(64), "test", &g))
			heap_free(g.data);
	}
}

SUITE(image, TEST(own_image), TEST(lying_images), TEST(cut_images),
      TEST(foreign_kernels), TEST(raw), TEST(elf),
      TEST(truncated_everywhere), TEST(placed), TEST(firmware_placed),
      TEST(unpacked), TEST(bombs_and_damage));
