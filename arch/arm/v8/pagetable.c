// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which page tables there are, our own (EL2 stage 1) and guests' (stage 2),
 * and what the TLB holds of them: Arm ARM D8.
 */

#include "boot.h"
#include "pure/vmsa.h"

#include <arch/sysreg.h>
#include <vmm/arch.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/pagetable.h>

const struct pt_format *arch_pt_host(struct pt_geometry *geometry)
{
	*geometry = (struct pt_geometry){
		.levels = 4, .address_bits = 48, .root_shift = PAGE_SHIFT,
	};
	return &vmsa_stage1;
}

/* ID_AA64MMFR0_EL1.PARange; more than 48 bits need another format. */
unsigned arch_guest_address_bits(void)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	u64 range = sysreg_read(id_aa64mmfr0_el1) & 0xf;

	return bits[MIN(range, (u64)ARRAY_LEN(bits) - 1)];
}

int arch_pt_guest(unsigned address_bits, const struct pt_format **format,
		  struct pt_geometry *geometry)
{
	unsigned most = arch_guest_address_bits();
	unsigned bits = MAX(address_bits, MIN(most, 40u));

	if (bits > most)
		return fail(-ERANGE, "guest: addresses of %u bits, but this "
			    "CPU translates %u", bits, most);
	*format = &vmsa_stage2;
	*geometry = vmsa_stage2_geometry(bits);
	return 0;
}

void arch_pt_load(hpa_t root)
{
	boot_host_root = root;
	sysreg_write(ttbr0_el2, root.v);
	isb();
	__asm__ volatile("tlbi alle2" ::: "memory");
	dsb(nsh);
	isb();
}

#define FLUSH_PAGES_MAX	64

void arch_tlb_flush(const void *va, size_t size)
{
	u64 page = (u64)va >> PAGE_SHIFT;
	u64 count = (size + (1u << PAGE_SHIFT) - 1) >> PAGE_SHIFT;

	dsb(ishst);
	if (!size || count > FLUSH_PAGES_MAX)
		__asm__ volatile("tlbi alle2is" ::: "memory");
	for (u64 i = 0; size && count <= FLUSH_PAGES_MAX && i < count; i++)
		__asm__ volatile("tlbi vae2is, %0" :: "r"(page + i)
				 : "memory");
	dsb(ish);
	isb();
}

/*
 * The guest's VMID must be the current one; stage 1 entries combine both
 * stages and go with it.
 */
void arch_guest_tlb_flush(struct guest *g, gpa_t base, u64 size)
{
	u64 flags = irq_save();
	u64 was = sysreg_read(vttbr_el2);
	u64 count = size >> PAGE_SHIFT;

	dsb(ishst);
	sysreg_write(vttbr_el2, g->arch.vttbr);
	isb();
	if (!size || count > FLUSH_PAGES_MAX) {
		__asm__ volatile("tlbi vmalls12e1is" ::: "memory");
	} else {
		for (u64 i = 0; i < count; i++)
			__asm__ volatile("tlbi ipas2e1is, %0"
					 :: "r"((base.v >> PAGE_SHIFT) + i)
					 : "memory");
		dsb(ish);
		__asm__ volatile("tlbi vmalle1is" ::: "memory");
	}
	dsb(ish);
	isb();
	sysreg_write(vttbr_el2, was);
	isb();
	irq_restore(flags);
}
