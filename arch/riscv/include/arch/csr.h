/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control and status registers of S-mode and of the hypervisor extension:
 * numbers and fields (Privileged ISA 2.2; AIA 2; Sstc; Smstateen).  Given by
 * number, they need no assembler that knows the extension.
 */
#ifndef ARCH_CSR_H
#define ARCH_CSR_H

/* A constant of 64 bits, in C and in assembly. */
#ifdef __ASSEMBLY__
#define UL(x)	x
#else
#define UL(x)	x##ull
#endif

/* User: FP, vectors, counters */
#define CSR_FFLAGS		0x001
#define CSR_FRM			0x002
#define CSR_FCSR		0x003
#define CSR_VSTART		0x008
#define CSR_VXSAT		0x009
#define CSR_VXRM		0x00a
#define CSR_VCSR		0x00f
#define CSR_SEED		0x015
#define CSR_CYCLE		0xc00
#define CSR_TIME		0xc01
#define CSR_INSTRET		0xc02
#define CSR_HPMCOUNTER3		0xc03
#define CSR_HPMCOUNTER31	0xc1f
#define CSR_VL			0xc20
#define CSR_VTYPE		0xc21
#define CSR_VLENB		0xc22

/* Supervisor */
#define CSR_SSTATUS		0x100
#define CSR_SIE			0x104
#define CSR_STVEC		0x105
#define CSR_SCOUNTEREN		0x106
#define CSR_SENVCFG		0x10a
#define CSR_SSTATEEN0		0x10c
#define CSR_SSTATEEN1		0x10d
#define CSR_SSTATEEN2		0x10e
#define CSR_SSTATEEN3		0x10f
#define CSR_SCOUNTINHIBIT	0x120
#define CSR_SSCRATCH		0x140
#define CSR_SEPC		0x141
#define CSR_SCAUSE		0x142
#define CSR_STVAL		0x143
#define CSR_SIP			0x144
#define CSR_STIMECMP		0x14d
#define CSR_SISELECT		0x150
#define CSR_SIREG		0x151
#define CSR_STOPEI		0x15c
#define CSR_SATP		0x180
#define CSR_SCONTEXT		0x5a8
#define CSR_SCOUNTOVF		0xda0
#define CSR_STOPI		0xdb0

/* Hypervisor */
#define CSR_HSTATUS		0x600
#define CSR_HEDELEG		0x602
#define CSR_HIDELEG		0x603
#define CSR_HIE			0x604
#define CSR_HTIMEDELTA		0x605
#define CSR_HCOUNTEREN		0x606
#define CSR_HGEIE		0x607
#define CSR_HVIEN		0x608
#define CSR_HVICTL		0x609
#define CSR_HENVCFG		0x60a
#define CSR_HSTATEEN0		0x60c
#define CSR_HSTATEEN1		0x60d
#define CSR_HSTATEEN2		0x60e
#define CSR_HSTATEEN3		0x60f
#define CSR_HTVAL		0x643
#define CSR_HIP			0x644
#define CSR_HVIP		0x645
#define CSR_HVIPRIO1		0x646
#define CSR_HVIPRIO2		0x647
#define CSR_HTINST		0x64a
#define CSR_HGATP		0x680
#define CSR_HCONTEXT		0x6a8
#define CSR_HGEIP		0xe12

/* The supervisor's of a guest */
#define CSR_VSSTATUS		0x200
#define CSR_VSIE		0x204
#define CSR_VSTVEC		0x205
#define CSR_VSSCRATCH		0x240
#define CSR_VSEPC		0x241
#define CSR_VSCAUSE		0x242
#define CSR_VSTVAL		0x243
#define CSR_VSIP		0x244
#define CSR_VSTIMECMP		0x24d
#define CSR_VSISELECT		0x250
#define CSR_VSIREG		0x251
#define CSR_VSTOPEI		0x25c
#define CSR_VSATP		0x280
#define CSR_VSTOPI		0xeb0

/* sstatus, vsstatus: 12.1.1 */
#define SSTATUS_SIE		(UL(1) << 1)
#define SSTATUS_SPIE		(UL(1) << 5)
#define SSTATUS_UBE		(UL(1) << 6)
#define SSTATUS_SPP		(UL(1) << 8)
#define SSTATUS_VS_SHIFT	9
#define SSTATUS_VS		(UL(3) << 9)
#define SSTATUS_FS_SHIFT	13
#define SSTATUS_FS		(UL(3) << 13)
#define SSTATUS_XS		(UL(3) << 15)
#define SSTATUS_SUM		(UL(1) << 18)
#define SSTATUS_MXR		(UL(1) << 19)
#define SSTATUS_UXL_64		(UL(2) << 32)
#define SSTATUS_SD		(UL(1) << 63)
/* Of FS and VS */
#define EXT_OFF			0
#define EXT_INITIAL		1
#define EXT_CLEAN		2
#define EXT_DIRTY		3

/* hstatus: 18.2.1 */
#define HSTATUS_VSBE		(UL(1) << 5)
#define HSTATUS_GVA		(UL(1) << 6)
#define HSTATUS_SPV		(UL(1) << 7)
#define HSTATUS_SPVP		(UL(1) << 8)
#define HSTATUS_HU		(UL(1) << 9)
#define HSTATUS_VGEIN_SHIFT	12
#define HSTATUS_VGEIN		(UL(0x3f) << 12)
#define HSTATUS_VTVM		(UL(1) << 20)
#define HSTATUS_VTW		(UL(1) << 21)
#define HSTATUS_VTSR		(UL(1) << 22)
#define HSTATUS_VSXL_64		(UL(2) << 32)

/* henvcfg, senvcfg: 18.2.5 and 12.1.10 */
#define ENVCFG_FIOM		(UL(1) << 0)
#define ENVCFG_LPE		(UL(1) << 2)
#define ENVCFG_SSE		(UL(1) << 3)
#define ENVCFG_CBIE		(UL(3) << 4)
#define ENVCFG_CBIE_FLUSH	(UL(1) << 4)
#define ENVCFG_CBIE_INVAL	(UL(3) << 4)
#define ENVCFG_CBCFE		(UL(1) << 6)
#define ENVCFG_CBZE		(UL(1) << 7)
#define ENVCFG_PMM		(UL(3) << 32)
#define ENVCFG_ADUE		(UL(1) << 61)
#define ENVCFG_PBMTE		(UL(1) << 62)
#define ENVCFG_STCE		(UL(1) << 63)

/* hstateen0 */
#define STATEEN0_C		(UL(1) << 0)
#define STATEEN0_FCSR		(UL(1) << 1)
#define STATEEN0_JVT		(UL(1) << 2)
#define STATEEN0_CONTEXT	(UL(1) << 57)
#define STATEEN0_IMSIC		(UL(1) << 58)
#define STATEEN0_AIA		(UL(1) << 59)
#define STATEEN0_CSRIND		(UL(1) << 60)
#define STATEEN0_ENVCFG		(UL(1) << 62)
#define STATEEN0_SE0		(UL(1) << 63)

/* satp and hgatp: 12.1.11, 18.2.10 */
#define ATP_MODE_SHIFT		60
#define ATP_MODE_BARE		0
#define ATP_MODE_39		8
#define ATP_MODE_48		9
#define ATP_MODE_57		10
#define ATP_PPN			((UL(1) << 44) - 1)
#define SATP_ASID_SHIFT		44
#define HGATP_VMID_SHIFT	44
#define HGATP_VMID		(UL(0x3fff) << 44)

/* hvictl: AIA 6.3.3 */
#define HVICTL_IPRIO		0xff
#define HVICTL_IPRIOM		(UL(1) << 8)
#define HVICTL_DPR		(UL(1) << 9)
#define HVICTL_IID_SHIFT	16
#define HVICTL_VTI		(UL(1) << 30)

/* Interrupts: numbers of sie, sip, hie, hip, hvip, hideleg */
#define IRQ_S_SOFT		1
#define IRQ_VS_SOFT		2
#define IRQ_S_TIMER		5
#define IRQ_VS_TIMER		6
#define IRQ_S_EXT		9
#define IRQ_VS_EXT		10
#define IRQ_S_GEXT		12
#define IRQ_LCOF		13

/* scause: the top bit, and exceptions (also of hedeleg) */
#define CAUSE_IRQ		(UL(1) << 63)
#define CAUSE_FETCH_MISALIGNED	0
#define CAUSE_FETCH_ACCESS	1
#define CAUSE_ILLEGAL		2
#define CAUSE_BREAKPOINT	3
#define CAUSE_LOAD_MISALIGNED	4
#define CAUSE_LOAD_ACCESS	5
#define CAUSE_STORE_MISALIGNED	6
#define CAUSE_STORE_ACCESS	7
#define CAUSE_ECALL_U		8
#define CAUSE_ECALL_HS		9
#define CAUSE_ECALL_VS		10
#define CAUSE_FETCH_PAGE	12
#define CAUSE_LOAD_PAGE		13
#define CAUSE_STORE_PAGE	15
#define CAUSE_SOFTWARE_CHECK	18
#define CAUSE_HARDWARE_ERROR	19
#define CAUSE_FETCH_GUEST_PAGE	20
#define CAUSE_LOAD_GUEST_PAGE	21
#define CAUSE_VIRTUAL		22
#define CAUSE_STORE_GUEST_PAGE	23

/* IMSIC registers behind siselect and vsiselect: AIA 3.8 */
#define IMSIC_EIDELIVERY	0x70
#define IMSIC_EITHRESHOLD	0x72
#define IMSIC_EIP0		0x80
#define IMSIC_EIE0		0xc0

#ifndef __ASSEMBLY__

#include <vmm/types.h>

#define csr_read(csr) __extension__ ({					\
	u64 csr_value;							\
	__asm__ volatile("csrr %0, %1"					\
			 : "=r"(csr_value) : "i"(csr) : "memory");	\
	csr_value; })

#define csr_write(csr, value)						\
	__asm__ volatile("csrw %0, %1"					\
			 :: "i"(csr), "rK"((u64)(value)) : "memory")

#define csr_set(csr, bits)						\
	__asm__ volatile("csrs %0, %1"					\
			 :: "i"(csr), "rK"((u64)(bits)) : "memory")

#define csr_clear(csr, bits)						\
	__asm__ volatile("csrc %0, %1"					\
			 :: "i"(csr), "rK"((u64)(bits)) : "memory")

/* What was there before. */
#define CSR_EXCHANGE(op, csr, value) __extension__ ({			\
	u64 csr_value;							\
	__asm__ volatile(op " %0, %1, %2"				\
			 : "=r"(csr_value)				\
			 : "i"(csr), "rK"((u64)(value)) : "memory");	\
	csr_value; })
#define csr_swap(csr, value)		CSR_EXCHANGE("csrrw", csr, value)
#define csr_read_set(csr, bits)		CSR_EXCHANGE("csrrs", csr, bits)
#define csr_read_clear(csr, bits)	CSR_EXCHANGE("csrrc", csr, bits)

/*
 * Whether a CSR can be read here and now: tries it, with stvec behind.
 * Interrupts masked, no guest's sepc, scause or stval in the hardware.
 */
#define csr_exists(csr) __extension__ ({				\
	u64 csr_vector, csr_there;					\
	__asm__ volatile("lla	%0, 1f\n\t"				\
			 "csrrw	%0, stvec, %0\n\t"			\
			 "li	%1, 0\n\t"				\
			 "csrr	zero, %2\n\t"				\
			 "li	%1, 1\n\t"				\
			 ".balign 4\n"					\
			 "1:	csrw	stvec, %0"			\
			 : "=&r"(csr_vector), "=&r"(csr_there)		\
			 : "i"(csr) : "memory");			\
	(bool)csr_there; })

/* Of our own mappings: one page, or everything. */
static inline void sfence_vma(u64 va)
{
	__asm__ volatile("sfence.vma %0, zero" :: "r"(va) : "memory");
}

static inline void sfence_vma_all(void)
{
	__asm__ volatile("sfence.vma" ::: "memory");
}

/* HFENCE.GVMA: all guests' second stage; gpa >> 2 in one VMID; one VMID. */
static inline void hfence_gvma_all(void)
{
	__asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, x0" ::: "memory");
}

static inline void hfence_gvma(u64 gpa_shifted, u64 vmid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x31, x0, %0, %1"
			 :: "r"(gpa_shifted), "r"(vmid) : "memory");
}

static inline void hfence_gvma_vmid(u64 vmid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, %0"
			 :: "r"(vmid) : "memory");
}

/* Svinval: between a pair of fences, many addresses cost what one does. */
static inline void sfence_w_inval(void)
{
	__asm__ volatile(".4byte 0x18000073" ::: "memory");
}

static inline void sfence_inval_ir(void)
{
	__asm__ volatile(".4byte 0x18100073" ::: "memory");
}

static inline void sinval_vma(u64 va)
{
	__asm__ volatile(".insn r 0x73, 0, 0x0b, x0, %0, x0"
			 :: "r"(va) : "memory");
}

static inline void hinval_gvma(u64 gpa_shifted, u64 vmid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x33, x0, %0, %1"
			 :: "r"(gpa_shifted), "r"(vmid) : "memory");
}

/* HFENCE.VVMA: first stage of the guest whose VMID hgatp holds. */
static inline void hfence_vvma_all(void)
{
	__asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" ::: "memory");
}

static inline void hfence_vvma(u64 va)
{
	__asm__ volatile(".insn r 0x73, 0, 0x11, x0, %0, x0"
			 :: "r"(va) : "memory");
}

static inline void hfence_vvma_asid(u64 asid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, %0"
			 :: "r"(asid) : "memory");
}

static inline void hfence_vvma_va_asid(u64 va, u64 asid)
{
	__asm__ volatile(".insn r 0x73, 0, 0x11, x0, %0, %1"
			 :: "r"(va), "r"(asid) : "memory");
}

static inline void fence_i(void)
{
	__asm__ volatile("fence.i" ::: "memory");
}

#endif
#endif
