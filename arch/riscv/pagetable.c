// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which modes of translation this machine has, and flushes of what its CPUs
 * remember: locally by fences, on the others by the firmware (SBI, RFENCE).
 */

#include "boot.h"
#include "pure/pt_format.h"

#include <arch/csr.h>
#include <arch/isa.h>
#include <arch/sbi.h>
#include <vmm/arch.h>
#include <vmm/cpu.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/page.h>

/* More pages than that are flushed as everything. */
#define FLUSH_PAGES_MAX	64

/* What satp and hgatp do not know, they do not take: bits of pt_modes[]. */
static unsigned guest_modes(void)
{
	static unsigned modes;

	for (unsigned i = 0; !modes && i < PT_MODE_COUNT; i++) {
		u64 value = (u64)pt_modes[i].number << ATP_MODE_SHIFT;
		u64 flags = irq_save();
		u64 was = csr_swap(CSR_HGATP, value);

		if (csr_swap(CSR_HGATP, was) >> ATP_MODE_SHIFT ==
		    pt_modes[i].number)
			modes |= BIT(i);
		irq_restore(flags);
	}
	return modes;
}

const struct pt_format *arch_pt_host(struct pt_geometry *geometry)
{
	pt_format_has_pbmt = isa_has(ISA_SVPBMT);
	*geometry = pt_format_geometry(&pt_modes[0], false);
	return &pt_format_host;
}

unsigned arch_guest_address_bits(void)
{
	unsigned modes = guest_modes(), bits = 0;

	for (unsigned i = 0; i < PT_MODE_COUNT; i++)
		if (modes & BIT(i))
			bits = pt_modes[i].address_bits + 2u;
	return bits;
}

/* The fewest levels that do. */
int arch_pt_guest(unsigned address_bits, const struct pt_format **format,
		  struct pt_geometry *geometry)
{
	unsigned modes = guest_modes();

	for (unsigned i = 0; i < PT_MODE_COUNT; i++) {
		if (!(modes & BIT(i)))
			continue;
		*format = &pt_format_guest;
		*geometry = pt_format_geometry(&pt_modes[i], true);
		if (geometry->address_bits >= address_bits)
			return 0;
	}
	return fail(-ERANGE, "guest: addresses of %u bits, but this CPU "
		    "translates %u", address_bits, arch_guest_address_bits());
}

void arch_pt_load(hpa_t root)
{
	boot_satp = (u64)ATP_MODE_39 << ATP_MODE_SHIFT | root.v >> PAGE_SHIFT;
	csr_write(CSR_SATP, boot_satp);
	sfence_vma_all();
}

/* On all other harts that run: base -1 names them all. */
static void flush_others(u64 function, const u64 range[2], u64 id)
{
	if (cpu_count > 1)
		sbi_call(&(struct sbi_call){
			.extension = SBI_RFENCE, .function = function,
			.args = { 0, ~0ull, range[0], range[1], id },
		});
}

void arch_tlb_flush(const void *va, size_t size)
{
	u64 base = ALIGN_DOWN((u64)va, PAGE_SIZE);
	u64 end = (u64)va + size;
	bool all = !size || end - base > FLUSH_PAGES_MAX * PAGE_SIZE;
	u64 range[2] = { all ? 0 : base, all ? 0 : end - base };

	if (all)
		sfence_vma_all();
	for (u64 at = base; !all && at < end; at += PAGE_SIZE)
		sfence_vma(at);
	flush_others(SBI_RFENCE_SFENCE_VMA, range, 0);
}

/* Whatever combines both stages goes with the second (18.3.2). */
void arch_guest_tlb_flush(struct guest *g, gpa_t base, u64 size)
{
	u64 vmid = (g->arch.hgatp & HGATP_VMID) >> HGATP_VMID_SHIFT;
	bool all = !size || size > FLUSH_PAGES_MAX * PAGE_SIZE;
	u64 range[2] = { all ? 0 : base.v, all ? 0 : size };

	if (all)
		hfence_gvma_vmid(vmid);
	for (u64 at = 0; !all && at < size; at += PAGE_SIZE)
		hfence_gvma((base.v + at) >> 2, vmid);
	flush_others(SBI_RFENCE_HFENCE_GVMA_VMID, range, vmid);
}
