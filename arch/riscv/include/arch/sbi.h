/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls into the firmware below us: RISC-V SBI 3.0.  Numbers of extensions
 * and errors are the guests' as well.
 */
#ifndef ARCH_SBI_H
#define ARCH_SBI_H

#include <vmm/types.h>

/* Extensions */
#define SBI_LEGACY_SET_TIMER		0x00
#define SBI_LEGACY_PUTCHAR		0x01
#define SBI_LEGACY_GETCHAR		0x02
#define SBI_LEGACY_CLEAR_IPI		0x03
#define SBI_LEGACY_SEND_IPI		0x04
#define SBI_LEGACY_FENCE_I		0x05
#define SBI_LEGACY_SFENCE_VMA		0x06
#define SBI_LEGACY_SFENCE_VMA_ASID	0x07
#define SBI_LEGACY_SHUTDOWN		0x08
#define SBI_BASE			0x10
#define SBI_TIME			0x54494d45
#define SBI_IPI				0x735049
#define SBI_RFENCE			0x52464e43
#define SBI_HSM				0x48534d
#define SBI_SRST			0x53525354
#define SBI_PMU				0x504d55
#define SBI_DBCN			0x4442434e
#define SBI_SUSP			0x53555350
#define SBI_CPPC			0x43505043
#define SBI_NACL			0x4e41434c
#define SBI_STA				0x535441
#define SBI_SSE				0x535345
#define SBI_FWFT			0x46574654
#define SBI_DBTR			0x44425452
#define SBI_MPXY			0x4d505859

/* Functions that we call */
#define SBI_BASE_SPEC_VERSION		0
#define SBI_BASE_IMPL_ID		1
#define SBI_BASE_IMPL_VERSION		2
#define SBI_BASE_PROBE			3
#define SBI_BASE_MVENDORID		4
#define SBI_BASE_MARCHID		5
#define SBI_BASE_MIMPID			6
#define SBI_TIME_SET			0
#define SBI_IPI_SEND			0
#define SBI_RFENCE_FENCE_I		0
#define SBI_RFENCE_SFENCE_VMA		1
#define SBI_RFENCE_SFENCE_VMA_ASID	2
#define SBI_RFENCE_HFENCE_GVMA_VMID	3
#define SBI_RFENCE_HFENCE_GVMA		4
#define SBI_RFENCE_HFENCE_VVMA_ASID	5
#define SBI_RFENCE_HFENCE_VVMA		6
#define SBI_HSM_START			0
#define SBI_HSM_STOP			1
#define SBI_HSM_STATUS			2
#define SBI_HSM_SUSPEND			3
#define SBI_SRST_RESET			0
#define SBI_DBCN_WRITE			0
#define SBI_DBCN_READ			1
#define SBI_DBCN_WRITE_BYTE		2
#define SBI_FWFT_SET			0
#define SBI_FWFT_GET			1

/* Errors, 3.1 */
#define SBI_SUCCESS			0
#define SBI_ERR_FAILED			(-1)
#define SBI_ERR_NOT_SUPPORTED		(-2)
#define SBI_ERR_INVALID_PARAM		(-3)
#define SBI_ERR_DENIED			(-4)
#define SBI_ERR_INVALID_ADDRESS		(-5)
#define SBI_ERR_ALREADY_AVAILABLE	(-6)
#define SBI_ERR_ALREADY_STARTED		(-7)
#define SBI_ERR_ALREADY_STOPPED		(-8)
#define SBI_ERR_NO_SHMEM		(-9)
#define SBI_ERR_INVALID_STATE		(-10)
#define SBI_ERR_BAD_RANGE		(-11)
#define SBI_ERR_TIMEOUT			(-12)
#define SBI_ERR_IO			(-13)
#define SBI_ERR_DENIED_LOCKED		(-14)

struct sbi_result {
	s64 error;
	u64 value;
};

struct sbi_call {
	u64 extension;
	u64 function;
	u64 args[5];
};

/* All registers but a0 and a1 are kept.  Any context. */
static inline struct sbi_result sbi_call(const struct sbi_call *call)
{
	register u64 a0 __asm__("a0") = call->args[0];
	register u64 a1 __asm__("a1") = call->args[1];
	register u64 a2 __asm__("a2") = call->args[2];
	register u64 a3 __asm__("a3") = call->args[3];
	register u64 a4 __asm__("a4") = call->args[4];
	register u64 a6 __asm__("a6") = call->function;
	register u64 a7 __asm__("a7") = call->extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
			 : "memory");
	return (struct sbi_result){ .error = (s64)a0, .value = a1 };
}

/* Whether the firmware has an extension. */
static inline bool sbi_probe(u64 extension)
{
	struct sbi_result r = sbi_call(&(struct sbi_call){
		.extension = SBI_BASE, .function = SBI_BASE_PROBE,
		.args = { extension },
	});

	return !r.error && r.value;
}

#endif
