// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory of the fake machine.  RAM is a file in memory, mapped at
 * ARCH_LINEAR_BASE, and the image's part of it at ARCH_IMAGE_BASE too.  In
 * the dynamic area the page tables count: the host's page faults are TLB
 * misses, answered by a walk, and what a flush names is unmapped again.
 */
#include <sanitizer/asan_interface.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <arch/fake.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/hostmap.h>
#include <vmm/memory.h>
#include <vmm/page.h>
#include <vmm/pagetable.h>

#define IMAGE_SIZE	0x60000
#define RAM_SIZE	(FAKE_RAM_SIZE + FAKE_SPARE_SIZE)

/* Where a linker script would put the image's parts: 0x60000000 up. */
#define IMAGE_SYMBOL(name, address)					\
	__asm__(".globl " #name "\n.set " #name ", " #address)

IMAGE_SYMBOL(image_start, 0x60000000);
IMAGE_SYMBOL(image_text_start, 0x60000000);
IMAGE_SYMBOL(image_text_end, 0x60004000);
IMAGE_SYMBOL(image_rodata_start, 0x60004000);
IMAGE_SYMBOL(image_rodata_end, 0x60008000);
IMAGE_SYMBOL(image_boot_start, 0x60008000);
IMAGE_SYMBOL(image_boot_end, 0x60010000);
IMAGE_SYMBOL(image_data_start, 0x60010000);
IMAGE_SYMBOL(image_data_end, 0x60020000);
IMAGE_SYMBOL(image_pool_start, 0x60020000);
IMAGE_SYMBOL(image_pool_end, 0x60060000);
IMAGE_SYMBOL(image_end, 0x60060000);
_Static_assert(ARCH_IMAGE_BASE == 0x60000000, "as the symbols say");

static int ram = -1;			/* file descriptor */
static u64 loaded_root;
static struct sigaction previous;

/*
 * Entries: bit 0 present, bit 1 leaf, bits 2 to 7 enum pt_prot, 12 to 47 the
 * address.
 */
#define ENTRY_PRESENT	BIT64(0)
#define ENTRY_LEAF	BIT64(1)
#define ENTRY_PROT	2
#define ENTRY_ADDRESS	GENMASK64(47, 12)

static u64 fake_leaf(hpa_t pa, unsigned level, u32 prot)
{
	return pa.v | (u64)prot << ENTRY_PROT | ENTRY_LEAF | ENTRY_PRESENT;
}

static u64 fake_table(hpa_t pa)
{
	return pa.v | ENTRY_PRESENT;
}

static bool fake_is_present(u64 entry)
{
	return entry & ENTRY_PRESENT;
}

static bool fake_is_leaf(u64 entry, unsigned level)
{
	return entry & ENTRY_LEAF;
}

static hpa_t fake_address(u64 entry, unsigned level)
{
	return HPA(entry & ENTRY_ADDRESS);
}

static u32 fake_prot(u64 entry, unsigned level)
{
	return (u32)(entry >> ENTRY_PROT) & 0x3f;
}

static const struct pt_format format = {
	.name = "fake",
	.bits_per_level = 9,
	.entry_size = 8,
	.leaf_levels = BIT(0) | BIT(1) | BIT(2),
	.break_before_make = true,
	.leaf = fake_leaf,
	.table = fake_table,
	.is_present = fake_is_present,
	.is_leaf = fake_is_leaf,
	.address = fake_address,
	.prot = fake_prot,
};

const struct pt_format *arch_pt_host(struct pt_geometry *geometry)
{
	*geometry = (struct pt_geometry){
		.levels = 4, .address_bits = 48, .root_shift = 12,
	};
	return &format;
}

unsigned arch_guest_address_bits(void)
{
	return 48;
}

/* Up to 16 roots side by side save a level. */
int arch_pt_guest(unsigned address_bits, const struct pt_format **out,
		  struct pt_geometry *geometry)
{
	if (address_bits > arch_guest_address_bits())
		return -ERANGE;
	*out = &format;
	*geometry = (struct pt_geometry){
		.levels = 4, .address_bits = (u8)address_bits,
		.root_shift = 12,
	};
	if (address_bits > 43)
		return 0;
	geometry->levels = 3;
	if (address_bits > 39)
		geometry->root_shift = (u8)(12 + address_bits - 39);
	return 0;
}

void arch_pt_load(hpa_t root)
{
	loaded_root = root.v;
	arch_tlb_flush(NULL, 0);
}

void arch_tlb_flush(const void *va, size_t size)
{
	u64 base = size ? (uintptr_t)va : ARCH_DYNAMIC_BASE;
	u64 end = size ? base + size : base + ARCH_DYNAMIC_SIZE;

	base = MAX(base, (u64)ARCH_DYNAMIC_BASE);
	end = MIN(end, (u64)ARCH_DYNAMIC_BASE + ARCH_DYNAMIC_SIZE);
	if (base >= end)
		return;
	if (mmap((void *)base, end - base, PROT_NONE, MAP_FIXED | MAP_PRIVATE |
		 MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		abort();
}

static bool is_ram(u64 pa)
{
	return pa >= FAKE_RAM_BASE && pa - FAKE_RAM_BASE < RAM_SIZE;
}

bool fake_pt_walk(u64 root, u64 va, u64 *pa)
{
	u64 table = root;

	for (unsigned shift = 39; shift >= 12; shift -= 9) {
		const u64 *entries = hpa_to_ptr(HPA(table));
		u64 entry = entries[va >> shift & 511];

		if (!(entry & ENTRY_PRESENT))
			return false;
		table = entry & ENTRY_ADDRESS;
		if (entry & ENTRY_LEAF) {
			*pa = table | (va & (BIT64(shift) - 1));
			return true;
		}
	}
	return false;
}

static bool tlb_fill(u64 va)
{
	int prot = PROT_READ | PROT_WRITE;
	u64 pa;
	void *p;

	if (va < ARCH_DYNAMIC_BASE ||
	    va - ARCH_DYNAMIC_BASE >= ARCH_DYNAMIC_SIZE || !loaded_root)
		return false;
	va = ALIGN_DOWN(va, PAGE_SIZE);
	if (!fake_pt_walk(loaded_root, va, &pa))
		return false;
	if (is_ram(pa))
		p = mmap((void *)va, PAGE_SIZE, prot, MAP_FIXED | MAP_SHARED,
			 ram, (off_t)(pa - FAKE_RAM_BASE));
	else
		p = mmap((void *)va, PAGE_SIZE, prot, MAP_FIXED | MAP_PRIVATE |
			 MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	/* It may have been the stack of a thread that never unwound. */
	__asan_unpoison_memory_region(p, PAGE_SIZE);
	return true;
}

static void fault(int signal_number, siginfo_t *info, void *context)
{
	if (tlb_fill((uintptr_t)info->si_addr))
		return;
	if (previous.sa_flags & SA_SIGINFO)
		previous.sa_sigaction(signal_number, info, context);
	else if (previous.sa_handler == SIG_DFL)
		signal(signal_number, SIG_DFL);
	else
		previous.sa_handler(signal_number);
}

static void map_ram(u64 va, u64 pa, u64 size)
{
	if (mmap((void *)va, size, PROT_READ | PROT_WRITE, MAP_SHARED |
		 MAP_FIXED_NOREPLACE | MAP_NORESERVE, ram,
		 (off_t)(pa - FAKE_RAM_BASE)) != (void *)va) {
		perror("fake machine: RAM");
		exit(1);
	}
}

void fake_faults_begin(void)
{
	struct sigaction action = { .sa_sigaction = fault }, was;

	action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
	if (sigaction(SIGSEGV, &action, &was))
		abort();
	if (was.sa_sigaction != fault)
		previous = was;
}

void fake_machine_init(void)
{
	const struct boot_info boot = { .image = HPA(FAKE_IMAGE) };

	ram = memfd_create("ram", MFD_CLOEXEC);
	if (ram < 0 || ftruncate(ram, (off_t)RAM_SIZE)) {
		perror("fake machine: RAM");
		exit(1);
	}
	map_ram(ARCH_LINEAR_BASE + FAKE_RAM_BASE, FAKE_RAM_BASE, RAM_SIZE);
	map_ram(ARCH_IMAGE_BASE, FAKE_IMAGE, IMAGE_SIZE);
	fake_faults_begin();
	if (memory_map_add_bank(&memory_map, FAKE_RAM_BASE, FAKE_RAM_SIZE) ||
	    memory_map_reserve(&memory_map, (struct memory_range){
			.base = FAKE_IMAGE, .size = IMAGE_SIZE }) ||
	    hostmap_init(&boot)) {
		fprintf(stderr, "fake machine: no memory\n");
		exit(1);
	}
	memory_release_all();
}
