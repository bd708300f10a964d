// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What this machine offers guests, and the registers that say so: delegation,
 * environment, counters, state.  What no row names, guests do not have.
 */

#include "vcpu.h"

#include <arch/sbi.h>

bool vcpu_has_select;
u64 vcpu_henvcfg;
u64 vcpu_vlenb;
u64 vcpu_maker[4];
unsigned vcpu_vmid_max;

/* Exceptions that guests' kernels take without us; see also set_traps(). */
#define HEDELEG_GUEST							\
	(BIT(CAUSE_FETCH_MISALIGNED) | BIT(CAUSE_FETCH_ACCESS) |	\
	 BIT(CAUSE_BREAKPOINT) | BIT(CAUSE_LOAD_MISALIGNED) |		\
	 BIT(CAUSE_LOAD_ACCESS) | BIT(CAUSE_STORE_MISALIGNED) |		\
	 BIT(CAUSE_STORE_ACCESS) | BIT(CAUSE_ECALL_U) |			\
	 BIT(CAUSE_FETCH_PAGE) | BIT(CAUSE_LOAD_PAGE) |			\
	 BIT(CAUSE_STORE_PAGE))

/* time alone: cycle and instret (Zicntr) are of all that runs on the host. */
#define COUNTERS	2u

static u64 henvcfg_wanted(void)
{
	u64 bits = 0;

	if (isa_has(ISA_SSTC))
		bits |= ENVCFG_STCE;
	if (isa_has(ISA_SVPBMT))
		bits |= ENVCFG_PBMTE;
	if (isa_has(ISA_ZICBOM))
		bits |= ENVCFG_CBIE_FLUSH | ENVCFG_CBCFE;
	if (isa_has(ISA_ZICBOZ))
		bits |= ENVCFG_CBZE;
	if (isa_has(ISA_SVADU))
		bits |= ENVCFG_ADUE;
	return bits;
}

static u64 vlenb_read(void)
{
	u64 vlenb;

	if (!isa_has(ISA_V))
		return 0;
	csr_set(CSR_SSTATUS, SSTATUS_VS);
	vlenb = csr_read(CSR_VLENB);
	csr_clear(CSR_SSTATUS, SSTATUS_VS);
	return vlenb;
}

/* How many of the field's bits stay when all are written. */
static unsigned vmid_probe(void)
{
	u64 vmids;

	csr_write(CSR_HGATP, HGATP_VMID |
		  (u64)ATP_MODE_39 << ATP_MODE_SHIFT);
	vmids = (csr_read(CSR_HGATP) & HGATP_VMID) >> HGATP_VMID_SHIFT;
	csr_write(CSR_HGATP, 0);
	hfence_gvma_all();
	return (unsigned)vmids;
}

void vcpu_features_init(void)
{
	csr_write(CSR_HENVCFG, henvcfg_wanted());
	vcpu_henvcfg = csr_read(CSR_HENVCFG);
	vcpu_vlenb = vlenb_read();
	vcpu_has_select = csr_exists(CSR_VSISELECT);
	vcpu_vmid_max = vmid_probe();
	for (unsigned i = 0; i <= SBI_BASE_MIMPID - SBI_BASE_MVENDORID; i++)
		vcpu_maker[i] = sbi_call(&(struct sbi_call){
			.extension = SBI_BASE,
			.function = SBI_BASE_MVENDORID + i,
		}).value;
}

void vcpu_cpu_init(void)
{
	csr_write(CSR_HEDELEG, HEDELEG_GUEST);
	csr_write(CSR_HIDELEG, HVIP_ALL);
	csr_write(CSR_HIE, 0);
	csr_write(CSR_HVIP, 0);
	csr_write(CSR_HGEIE, 0);
	csr_write(CSR_HCOUNTEREN, COUNTERS);
	csr_write(CSR_HGATP, 0);
	if (isa_has(ISA_SSAIA)) {
		csr_write(CSR_HVIEN, 0);
		csr_write(CSR_HVICTL, 0);
	}
	csr_clear(CSR_SSTATUS, SSTATUS_FS | SSTATUS_VS | SSTATUS_MXR |
		  SSTATUS_SUM);
}
