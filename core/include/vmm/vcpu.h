/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual CPUs: a thread, its guest, the architecture's part, statistics;
 * and the up-calls that the architecture's exit handlers make.
 */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include <vmm/arch.h>
#include <vmm/emulator.h>
#include <vmm/thread.h>
#include <vmm/types.h>

struct guest;
struct vpic_vcpu;

/* What a VCPU is asked to do before it goes on; v->requests. */
enum vcpu_request {
	VCPU_REQUEST_STOP	= BIT(0),	/* pause, reset, destroy */
	VCPU_REQUEST_IRQ	= BIT(1),	/* its interrupts changed */
};

/*
 * Is it on, as the guest's firmware interface sees it?  With the values of
 * PSCI's AFFINITY_INFO (DEN 0022D 5.1.4) and SBI's hart states (chapter 9).
 */
enum vcpu_power { VCPU_ON, VCPU_OFF, VCPU_STARTING };

/* Bucket n counts exits whose cycles, as 32 bits, have n leading zeros. */
#define EXIT_BUCKETS	33

/* One exit reason; written by the VCPU alone. */
struct exit_stats {
	u64 count;
	u64 cycles;
	u32 histogram[EXIT_BUCKETS];
};

/* c: constant, a: atomic, v: only its own thread, g: guest's lock */
struct vcpu {
	struct arch_vcpu arch;		/* v, or anybody while stopped */
	struct thread thread;
	struct guest *guest;		/* c */
	unsigned index;			/* c: in the guest */
	u32 requests;			/* a */
	u8 power;			/* a: enum vcpu_power */
	bool idle;			/* a: waits for an interrupt */
	u64 hwid;			/* c: `reg` of its cpu node */
	struct vcpu_start start;	/* g: how to begin when turned on */
	struct vpic_vcpu *pic;		/* c: the interrupt controller's part */
	struct exit_stats stats[ARCH_EXIT_COUNT];	/* v */
};

/*
 * ---- Up-calls from exit handlers: on v's thread, interrupts masked.
 * Those that may switch to another thread say so. ----
 */

/*
 * A load or store of 1 to 8 bytes that hit no mapped memory, or a store to
 * a read-only page.  rc 0: done; -EFAULT: nothing there, reflect it into the
 * guest.  Of a stored value only size bytes count, a loaded one has no more.
 */
struct vcpu_loaded {
	u64 value;
	int rc;
};
struct vcpu_loaded vcpu_load(struct vcpu *v, gpa_t a, unsigned size);
int vcpu_store(struct vcpu *v, gpa_t a, unsigned size, u64 value);
/*
 * An access of which only the address is known.  0: it touched memory that
 * is mapped by now, try again; -ENOTSUP: a device or read-only memory, for
 * the two above once it is decoded; -EFAULT: nothing there, reflect it.
 */
int vcpu_memory_fault(struct vcpu *v, gpa_t gpa, bool write);

/* The idle instruction: sleeps until something pends.  Switches. */
void vcpu_idle(struct vcpu *v);

/*
 * this_cpu()->requests is not 0: reschedules, parks, brings interrupts up
 * to date.  Switches.  Never returns when the guest is being destroyed.
 * Interrupts masked before and after; all of v's registers are saved.
 */
void vcpu_service(struct vcpu *v);

/* Firmware calls. */
/* 0, -EEXIST (is on), -EAGAIN (is starting), -ENOENT (no such VCPU). */
int vcpu_power_on(struct guest *g, u64 hwid, const struct vcpu_start *start);
_Noreturn void vcpu_power_off(struct vcpu *v);
static inline enum vcpu_power vcpu_power_state(const struct vcpu *v)
{
	return (enum vcpu_power)__atomic_load_n(&v->power, __ATOMIC_ACQUIRE);
}
/* One by one: most are where vcpu_by_hwid() of <vmm/guest.h> looks first. */
struct vcpu *vcpu_search_hwid(struct guest *g, u64 hwid);

/* The whole guest; the caller goes on to vcpu_service() and parks there. */
enum guest_end {
	GUEST_END_OFF, GUEST_END_RESET, GUEST_END_CRASH, GUEST_END_COUNT
};
PRINTF(3, 4) void vcpu_end_guest(struct vcpu *v, enum guest_end end,
				 const char *reason, ...);

/* ---- Any CPU ---- */

/*
 * Tells v that its interrupts changed: wakes it when idle, interrupts its
 * CPU when it runs elsewhere; nothing when it runs here.
 */
void vcpu_kick(struct vcpu *v);

/*
 * v's thread goes on, or has been idle, here: requests made meanwhile
 * interrupted no CPU.  Pairs with the fence in vcpu_interrupt().
 */
static inline void vcpu_recheck(const struct vcpu *v)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (unlikely(__atomic_load_n(&v->requests, __ATOMIC_RELAXED)))
		__atomic_fetch_or(&this_cpu()->requests, CPU_SERVICE,
				  __ATOMIC_RELAXED);
}

/* v's thread runs on, or its state is held by, this CPU. */
static inline bool vcpu_is_loaded_here(const struct vcpu *v)
{
	return this_cpu()->loaded == v;
}

/* ---- For the terminal ---- */

/* "running", "runnable", "idle", "blocked", "off", "stopped". */
const char *vcpu_state_name(const struct vcpu *v);

#endif
