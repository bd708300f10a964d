/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bare-metal guests of RISC-V are written with (the privileged
 * architecture, the SBI specification).  Interrupts stay off in sstatus: sip
 * tells of one.
 */
#ifndef GUEST_H
#define GUEST_H

#include "test.h"

/* QEMU virt's memory map. */
#define TEST_BASE	0x00100000ul
#define RTC_BASE	0x00101000ul
#define PLIC_BASE	0x0c000000ul
#define APLIC_BASE	0x0d000000ul
#define UART_BASE	0x10000000ul
#define IMSIC_BASE	0x28000000ul
#define RAM_BASE	0x80000000ul
/* The first flash, which is ROM to stores, and no device at all. */
#define ROM_BASE	0x20000000ul
#define NOTHING		0x18000000ul

#define TIMER_HZ	10000000ul

/* NAME: a register's name or number */
#define csr_read(name) __extension__ ({					\
	uint64_t csr_v;							\
	__asm__ volatile("csrr %0, " #name : "=r"(csr_v) :: "memory");	\
	csr_v; })
#define csr_write(name, v)						\
	__asm__ volatile("csrw " #name ", %0" :: "r"((uint64_t)(v)) : "memory")
#define csr_set(name, v)						\
	__asm__ volatile("csrs " #name ", %0" :: "r"((uint64_t)(v)) : "memory")
#define csr_clear(name, v)						\
	__asm__ volatile("csrc " #name ", %0" :: "r"((uint64_t)(v)) : "memory")

#define SSTATUS_SIE	(1ul << 1)
#define SSTATUS_SPIE	(1ul << 5)
#define SSTATUS_SPP	(1ul << 8)
#define SSTATUS_VS	(3ul << 9)
#define SSTATUS_FS	(3ul << 13)
#define SSTATUS_SUM	(1ul << 18)
#define SSTATUS_MXR	(1ul << 19)
#define SSTATUS_SD	(1ul << 63)
#define SIP_SOFT	(1ul << 1)
#define SIP_TIMER	(1ul << 5)
#define SIP_EXTERNAL	(1ul << 9)

enum {
	CAUSE_FETCH_MISALIGNED, CAUSE_FETCH_ACCESS, CAUSE_ILLEGAL,
	CAUSE_BREAK, CAUSE_LOAD_MISALIGNED, CAUSE_LOAD_ACCESS,
	CAUSE_STORE_MISALIGNED, CAUSE_STORE_ACCESS, CAUSE_CALL_USER,
	CAUSE_CALL_SUPERVISOR, CAUSE_FETCH_PAGE = 12, CAUSE_LOAD_PAGE,
	CAUSE_STORE_PAGE = 15,
};
#define NO_TRAP		(~0ul)

/* ---- firmware calls ---- */

#define SBI_BASE	0x10u
#define SBI_TIME	0x54494d45u
#define SBI_IPI		0x735049u
#define SBI_RFENCE	0x52464e43u
#define SBI_HSM		0x48534du
#define SBI_SRST	0x53525354u
#define SBI_PMU		0x504d55u
#define SBI_DBCN	0x4442434eu
#define SBI_SUSP	0x53555350u
#define SBI_STA		0x535441u
#define SBI_FWFT	0x46574654u

#define SBI_3_0		0x03000000u	/* what SBI_BASE's version says */

enum {
	SBI_SUCCESS = 0, SBI_FAILED = -1, SBI_NOT_SUPPORTED = -2,
	SBI_INVALID_PARAM = -3, SBI_DENIED = -4, SBI_INVALID_ADDRESS = -5,
	SBI_ALREADY_AVAILABLE = -6, SBI_ALREADY_STARTED = -7,
	SBI_ALREADY_STOPPED = -8, SBI_NO_SHMEM = -9, SBI_INVALID_STATE = -10,
	SBI_BAD_RANGE = -11, SBI_TIMEOUT = -12, SBI_IO = -13,
	SBI_DENIED_LOCKED = -14,
};
enum { HSM_START, HSM_STOP, HSM_STATUS, HSM_SUSPEND };
enum {
	HSM_STARTED, HSM_STOPPED, HSM_START_PENDING, HSM_STOP_PENDING,
	HSM_SUSPENDED, HSM_SUSPEND_PENDING, HSM_RESUME_PENDING,
};

struct sbi {
	int64_t error;
	uint64_t value;
};

/* sbi(extension, function, up to six arguments) */
#define sbi(...)	SBI_CALL(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define SBI_CALL(e, f, a, b, c, d, g, h, ...)				\
	sbi_call((uint64_t)(e), (uint64_t)(f), (uint64_t)(a),		\
		 (const uint64_t[]){ (uint64_t)(b), (uint64_t)(c),	\
				     (uint64_t)(d), (uint64_t)(g),	\
				     (uint64_t)(h) })
struct sbi sbi_call(uint64_t extension, uint64_t function, uint64_t a,
		    const uint64_t more[5]);
#define sbi_error(...)	sbi(__VA_ARGS__).error
bool sbi_has(uint64_t extension);
/* Must be that error, where the firmware says that it is of SBI 3.0. */
#define EXPECT_REFUSED(error, ...) do {					\
	const int64_t refused_rc = sbi_error(__VA_ARGS__);		\
	if (sbi(SBI_BASE, 0).value >= SBI_3_0)				\
		EXPECT_EQ(refused_rc, error);				\
} while (0)

/* ---- exceptions ---- */

struct frame {
	uint64_t ra, t[7], a[8], sepc, sstatus;
};

/* The guest defines those that it needs. */
void vector_irq(struct frame *f);
/* Was the exception expected?  Then f->sepc says where to go on. */
bool guest_sync(uint64_t cause, struct frame *f);

/*
 * Exceptions that are wanted: TRAP_OF(statement) gives the scause of the one
 * that the statement took, NO_TRAP if it took none; trap_stval is its stval,
 * trap_sepc its sepc.  The instruction is stepped over; from a jump to nowhere,
 * ra leads back.
 */
extern volatile uint64_t trap_scause[MAX_VCPUS], trap_stval[MAX_VCPUS];
extern volatile uint64_t trap_sepc[MAX_VCPUS];
extern volatile bool trap_armed[MAX_VCPUS];
#define TRAP_OF(statement) __extension__ ({				\
	const uint64_t trap_n = vcpu_index();				\
	trap_scause[trap_n] = NO_TRAP;					\
	trap_armed[trap_n] = true;					\
	statement;							\
	trap_armed[trap_n] = false;					\
	trap_scause[trap_n]; })

/* Words of code made at run time: waits until they can be run here. */
static inline void code_sync(void)
{
	__asm__ volatile("fence rw, rw\n\tfence.i" ::: "memory");
}

/* Is this QEMU 7.2, which differs from the architecture here and there? */
bool is_qemu_7_2(void);

/*
 * Is that interrupt due (SIP_...)?  As sip says; on QEMU 7.2, which does not
 * show guests all of them there, by taking it.
 */
bool irq_is_due(uint64_t bit);
static inline bool timer_is_due(void)
{
	return irq_is_due(SIP_TIMER);
}

/* ---- what the tree says ---- */

/* The boot hart's riscv,isa string has that extension, as in "_sstc". */
bool isa_has(const char *tree, const char *extension);
/* The letter is among those behind "rv64". */
bool isa_letter(const char *tree, char letter);
/* Its interrupt controllers, by their nodes' compatible. */
bool has_plic(const char *tree);
bool has_aplic(const char *tree);
bool has_imsic(const char *tree);

/* ---- for tests of all architectures ---- */

/* What it was started with. */
static inline uint64_t vcpu_index(void)
{
	return csr_read(sscratch);
}

static inline void wait(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

static inline uint64_t counter_hz(void)
{
	return TIMER_HZ;
}

static inline uint64_t now(void)
{
	return csr_read(time);
}

#endif
