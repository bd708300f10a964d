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

/* So many exits of each reason are remembered one by one. */
#define EXIT_LAST	16u

struct exit_last {
	u64 cycles;			/* when it began */
	u64 pc;
};

/* One exit reason; written by the VCPU alone. */
struct exit_stats {
	u64 count;
	u64 cycles;
	u32 histogram[EXIT_BUCKETS];
	struct exit_last last[EXIT_LAST];	/* number n: n % EXIT_LAST */
};

/* The last load or store that was no access to mapped memory. */
struct vcpu_access {
	u64 address;
	u64 how;			/* bytes, and VCPU_ACCESS_STORE */
	u64 value;
};
#define VCPU_ACCESS_STORE	BIT64(8)
#define VCPU_ACCESS_TRACED	BIT64(9)

/*
 * Accesses to one device that had an exit of their own, and the time in these
 * exits; written by the VCPU alone.
 */
struct vcpu_tally {
	u64 count;
	u64 cycles;
};
struct vcpu_tallies {
	struct vcpu_tally loads, stores;
};

/* c: constant, a: atomic, v: only its own thread, g: guest's lock */
struct vcpu {
	struct vcpu_access access;	/* v */
	u64 trace_who;			/* a: last word of records, or 0 */
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
	bool was_on;			/* v: since its guest was reset */
	bool held;			/* a: its debugger keeps it parked */
	u8 saved_exit;			/* v: nested, arch_exit_save() holds */
	bool stops_others;		/* v: before it parks */
	u8 debug_event;			/* v: enum debug_event */
	u8 priority;			/* c: its thread's, but to park */
	u64 debug_address;		/* v */
};

/*
 * Behind each VCPU of a guest are its tallies: of accesses to no device, then
 * of the guest's devices.  They go by their distance from the VCPU.
 */
static inline u64 vcpu_tally(size_t number)
{
	return sizeof(struct vcpu) + number * sizeof(struct vcpu_tallies);
}
#define VCPU_TALLY_NONE		vcpu_tally(0)

static ALWAYS_INLINE struct vcpu_tallies *vcpu_tallies(struct vcpu *v,
						       u64 tally)
{
	return (struct vcpu_tallies *)(void *)((u8 *)v + tally);
}

static ALWAYS_INLINE void vcpu_tally_add(struct vcpu_tally *t, u64 cycles)
{
	u64 count, sum;

	__asm__("" : "+r"(t));		/* one address for both */
	count = t->count + 1;
	sum = t->cycles + cycles;
	t->count = count;
	t->cycles = sum;
}

/* One access, after it; tally: what vcpu_load() or vcpu_store() gave. */
static ALWAYS_INLINE void vcpu_count_load(struct vcpu *v, u64 tally,
					  u64 cycles)
{
	vcpu_tally_add(&vcpu_tallies(v, tally)->loads, cycles);
}

static ALWAYS_INLINE void vcpu_count_store(struct vcpu *v, u64 tally,
					   u64 cycles)
{
	vcpu_tally_add(&vcpu_tallies(v, tally)->stores, cycles);
}

/*
 * For the end of exit handlers: one more since `begin`, at pc.  The place is
 * found by one addition, to v, of which compilers make two unless kept from it.
 */
static ALWAYS_INLINE void vcpu_count_exit(struct vcpu *v, enum arch_exit why,
					  u64 begin, u64 pc)
{
	u64 at = v->stats[why].count++ % EXIT_LAST * sizeof(struct exit_last);
	struct vcpu *shifted = (struct vcpu *)(void *)((u8 *)v + at);
	struct exit_last *last;

	__asm__("" : "+r"(shifted));
	last = shifted->stats[why].last;
	last->cycles = begin;
	last->pc = pc;
}

/*
 * ---- Up-calls from exit handlers: on v's thread, interrupts masked.
 * Those that may switch to another thread say so. ----
 */

/*
 * A load or store of 1 to 8 bytes that hit no mapped memory, or a store to
 * a read-only page.  Gives where to count it (vcpu_tally()); 0: nothing there,
 * reflect it into the guest.  Of a stored value only size bytes count, a
 * loaded one has no more.
 */
struct vcpu_loaded {
	u64 value;
	u64 tally;
};
struct vcpu_loaded vcpu_load_raw(struct vcpu *v, gpa_t a, unsigned size);
u64 vcpu_store_raw(struct vcpu *v, gpa_t a, unsigned size, u64 value);

static ALWAYS_INLINE struct vcpu_loaded vcpu_load(struct vcpu *v, gpa_t a,
						  unsigned size)
{
	struct vcpu_loaded loaded;

	v->access.address = a.v;
	v->access.how = size;
	loaded = vcpu_load_raw(v, a, size);
	v->access.value = loaded.value;
	return loaded;
}

static ALWAYS_INLINE u64 vcpu_store(struct vcpu *v, gpa_t a, unsigned size,
				    u64 value)
{
	v->access.address = a.v;
	v->access.how = size | VCPU_ACCESS_STORE;
	v->access.value = value;
	return vcpu_store_raw(v, a, size, value);
}
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
 * Interrupts masked before and after; all of v's registers are saved, those
 * of arch_exit_save() too.
 */
void vcpu_service(struct vcpu *v);

/*
 * Long work within an exit: between the two, interrupts come, and v's thread
 * may be switched, also to another CPU, whose hardware then holds its state.
 * No lock is held, and no pointer into v->guest->memory.  Nothing happens where
 * v is NULL or not the VCPU of the current thread.
 */
void vcpu_interruptible_begin(struct vcpu *v);
void vcpu_interruptible_end(struct vcpu *v);

/* log_throttled() for what v does in an exit. */
#define vcpu_log(v, ...)						\
	LOG_THROTTLED(vcpu_interruptible_begin(v),			\
		      vcpu_interruptible_end(v), __VA_ARGS__)

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

/* ---- For the terminal: the caller holds a reference on the guest ---- */

/* An exit that was handled, or from which the guest sleeps. */
struct vcpu_exit {
	u64 cycles;			/* of the host's counter: its begin */
	u64 pc;				/* of what exited */
	u8 reason;			/* for arch_exit_names[] */
};

/*
 * The last exits of v, at most EXIT_LAST and max, oldest first: how many.  Of
 * one that runs, those that come meanwhile may be left out.  Any context.
 */
unsigned vcpu_last_exits(const struct vcpu *v, struct vcpu_exit *out,
			 unsigned max);

/* v's last access to a device, to read-only memory or to nothing. */
struct vcpu_last_access {
	u64 address;
	u64 value;			/* stored, or what the load got */
	unsigned size;
	bool store;
	u32 index;			/* of reg's, where there are many */
	u64 offset;			/* from the start of the region */
	const char *where;		/* device or region; NULL: nothing */
	const struct emu_reg *reg;	/* where it begins, or NULL */
};

/* False: there was none yet.  Any context; of one that runs, a mixture. */
bool vcpu_last_access(const struct vcpu *v, struct vcpu_last_access *out);

/* "running", "runnable", "idle", "blocked", "off", "stopped". */
const char *vcpu_state_name(const struct vcpu *v);

#endif
