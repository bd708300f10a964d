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
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/cpu.h>
#include <vmm/dt.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/page.h>

/* More pages than that are flushed as everything. */
#define FLUSH_PAGES_MAX	64

/* ---- Our own ---- */

unsigned long long page_linear_base;

static const struct pt_mode *host_mode;		/* c */

/* Where the upper half of a mode's addresses begins. */
static u64 upper_half(const struct pt_mode *mode)
{
	return ~0ull << (mode->address_bits - 1);
}

static u64 ram_end(void)
{
	u64 base, size, end = 0;

	dt_for_each_child(n, dt_root(dt_host)) {
		const char *type = dt_string(n, "device_type", 0);

		if (!type || !string_equal(type, "memory"))
			continue;
		for (unsigned i = 0; !dt_reg(n, i, &base, &size); i++)
			end = MAX(end, base + size);
	}
	return end;
}

/*
 * Goes over to the boot tables, which begin at physical address tables, as
 * that mode sees them: one more root above Sv39's for each level, whose last
 * entry is the one below.  False: satp keeps what it has.
 */
static bool satp_takes(unsigned mode, u64 tables)
{
	const unsigned above = BOOT_TABLE_COUNT - PT_MODE_COUNT;
	u64 root = tables;

	for (unsigned i = above + 1; i <= above + mode; i++) {
		boot_tables[i][511] = pt_format_host.table(HPA(root));
		root = tables + i * PAGE_SIZE;
	}
	csr_write(CSR_SATP, (u64)pt_modes[mode].number << ATP_MODE_SHIFT |
		  root >> PAGE_SHIFT);
	sfence_vma_all();
	return csr_read(CSR_SATP) >> ATP_MODE_SHIFT == pt_modes[mode].number;
}

/* The fewest levels whose linear map holds all RAM. */
void pagetable_init_host(void)
{
	u64 tables = (csr_read(CSR_SATP) & ATP_PPN) << PAGE_SHIFT;
	u64 end = ram_end();
	unsigned mode = 0;

	while (mode + 1 < PT_MODE_COUNT &&
	       ARCH_DYNAMIC_BASE - upper_half(&pt_modes[mode]) < end &&
	       satp_takes(mode + 1, tables))
		mode++;
	host_mode = &pt_modes[mode];
	page_linear_base = upper_half(host_mode);
	pt_format_has_pbmt = isa_has(ISA_SVPBMT);
}

const struct pt_format *arch_pt_host(struct pt_geometry *geometry)
{
	*geometry = pt_format_geometry(host_mode, false);
	return &pt_format_host;
}

void pagetable_describe(struct console *con)
{
	report_textf(con, "paging", "Sv%u", host_mode->address_bits);
	report_bool(con, "svpbmt", pt_format_has_pbmt);
	report_u64(con, "guest_address_bits", arch_guest_address_bits());
}

void arch_pt_load(hpa_t root)
{
	boot_satp = (u64)host_mode->number << ATP_MODE_SHIFT |
		    root.v >> PAGE_SHIFT;
	csr_write(CSR_SATP, boot_satp);
	sfence_vma_all();
}

/* ---- Guests' ---- */

static unsigned guest_modes;		/* c: bits of pt_modes[] */

/* A mode that hgatp does not know, it does not take. */
int pagetable_init_cpu(const struct cpu *cpu)
{
	unsigned modes = 0;

	for (unsigned i = 0; i < PT_MODE_COUNT; i++) {
		csr_write(CSR_HGATP,
			  (u64)pt_modes[i].number << ATP_MODE_SHIFT);
		if (csr_swap(CSR_HGATP, 0) >> ATP_MODE_SHIFT ==
		    pt_modes[i].number)
			modes |= BIT(i);
	}
	hfence_gvma_all();
	if (cpu == &cpus[0])
		guest_modes = modes;
	if (guest_modes != modes)
		return fail(-ENOTSUP, "cpu%u: translates guests' addresses "
			    "otherwise than the first CPU", cpu->index);
	return 0;
}

unsigned arch_guest_address_bits(void)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < PT_MODE_COUNT; i++)
		if (guest_modes & BIT(i))
			bits = pt_modes[i].address_bits + 2u;
	return bits;
}

/* The fewest levels that do. */
int arch_pt_guest(unsigned address_bits, const struct pt_format **format,
		  struct pt_geometry *geometry)
{
	for (unsigned i = 0; i < PT_MODE_COUNT; i++) {
		if (!(guest_modes & BIT(i)))
			continue;
		*format = &pt_format_guest;
		*geometry = pt_format_geometry(&pt_modes[i], true);
		if (geometry->address_bits >= address_bits)
			return 0;
	}
	return fail(-ERANGE, "guest: addresses of %u bits, but this CPU "
		    "translates %u", address_bits, arch_guest_address_bits());
}

/* ---- Flushes ---- */

/* On all other harts that run: base -1 names them all. */
static void flush_others(u64 function, const u64 range[2], u64 id)
{
	if (cpu_count > 1)
		sbi_call(&(struct sbi_call){
			.extension = SBI_RFENCE, .function = function,
			.args = { 0, ~0ull, range[0], range[1], id },
		});
}

static void flush_pages(u64 base, u64 end)
{
	if (!isa_has(ISA_SVINVAL)) {
		for (u64 at = base; at < end; at += PAGE_SIZE)
			sfence_vma(at);
		return;
	}
	sfence_w_inval();
	for (u64 at = base; at < end; at += PAGE_SIZE)
		sinval_vma(at);
	sfence_inval_ir();
}

static void flush_guest_pages(u64 base, u64 end, u64 vmid)
{
	if (!isa_has(ISA_SVINVAL)) {
		for (u64 at = base; at < end; at += PAGE_SIZE)
			hfence_gvma(at >> 2, vmid);
		return;
	}
	sfence_w_inval();
	for (u64 at = base; at < end; at += PAGE_SIZE)
		hinval_gvma(at >> 2, vmid);
	sfence_inval_ir();
}

void arch_tlb_flush(const void *va, size_t size)
{
	u64 base = ALIGN_DOWN((u64)va, PAGE_SIZE);
	u64 end = (u64)va + size;
	bool all = !size || end - base > FLUSH_PAGES_MAX * PAGE_SIZE;
	u64 range[2] = { all ? 0 : base, all ? 0 : end - base };

	if (all)
		sfence_vma_all();
	else
		flush_pages(base, end);
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
	else
		flush_guest_pages(base.v, base.v + size, vmid);
	flush_others(SBI_RFENCE_HFENCE_GVMA_VMID, range, vmid);
}
