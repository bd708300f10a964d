/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing: what happened last, in a ring of fixed-size records on each host
 * CPU.  What guests' lives consist of is always recorded; the other groups
 * are chosen by the operator, of all guests or of one.  Exits, what comes with
 * them, and interrupts are recorded by entry code that replaces the usual one
 * while they are traced (arch_trace_exits()); other places ask whether their
 * group is on.
 */
#ifndef VMM_TRACE_H
#define VMM_TRACE_H

#include <vmm/types.h>
#include <vmm/vcpu.h>

struct console;
struct guest;

/* What can be chosen; TRACE_LIFE is always on. */
enum trace_group {
	TRACE_LIFE,		/* of guests and VCPUs */
	TRACE_MMIO,		/* accesses to devices, and to nothing */
	TRACE_IRQS,		/* of our own code, less those that end sleep */
	TRACE_EXITS,		/* of guests */
	TRACE_ENTRIES,		/* back into guests, but after interrupts */
	TRACE_CALLS,		/* of guests' firmware */
	TRACE_INJECT,		/* lines that guests' devices drive */
	TRACE_SWITCHES,		/* of threads */
	TRACE_WAKES,		/* of threads */
	TRACE_GROUP_COUNT
};
/* These are recorded by the entry code, and these in C there. */
#define TRACE_IN_C	(BIT(TRACE_MMIO) | BIT(TRACE_ENTRIES) |		\
			 BIT(TRACE_CALLS))
#define TRACE_BY_ENTRY	(TRACE_IN_C | BIT(TRACE_EXITS) | BIT(TRACE_IRQS))
extern const char *const trace_group_names[TRACE_GROUP_COUNT];

enum trace_kind {
	TRACE_CREATE, TRACE_KICK, TRACE_PAUSE, TRACE_RESUME, TRACE_RESET,
	TRACE_DESTROY,
	TRACE_END,				/* + enum guest_end */
	TRACE_VCPU_ON = TRACE_END + GUEST_END_COUNT,	/* entry */
	TRACE_VCPU_OFF, TRACE_VCPU_PARK,
	TRACE_NOTHING,				/* address */
	TRACE_HOST_IRQ,				/* pc */
	TRACE_LOAD, TRACE_STORE,		/* address, value */
	TRACE_ENTRY,				/* pc */
	TRACE_CALL,				/* function, argument */
	TRACE_LINE,				/* pin, level */
	TRACE_SWITCH, TRACE_WAKE,		/* the thread's name */
	TRACE_EXIT,				/* + exit reason: pc, detail */
	/*
	 * An exit as entry code sees it: + a number from which, and from the
	 * detail, arch_trace_reason() makes a reason.  In rings only.
	 */
	TRACE_RAW = TRACE_EXIT + ARCH_EXIT_COUNT,
	TRACE_KIND_COUNT = TRACE_RAW + 64
};

#define TRACE_NO_VCPU	0xffff

/* Entry code writes them, too: arch/.../offsets.h. */
struct trace_record {
	u64 cycles;			/* of the host's counter */
	u64 args[2];
	u32 guest;			/* its id, 0: none */
	u16 vcpu;			/* index, or TRACE_NO_VCPU */
	u8 kind;			/* enum trace_kind */
	u8 cpu;				/* the host's */
};

#define TRACE_WHO_VCPU_SHIFT	32
#define TRACE_WHO_KIND_SHIFT	48

extern u32 trace_groups;		/* a: BIT(enum trace_group) */

/*
 * Writes a record on this CPU: kind, guest, vcpu and args are the caller's,
 * the rest is filled in.  Any context.
 */
void trace_write(struct trace_record *r);

/* Any context.  On creation the guest's name is kept for its records. */
void trace_guest(unsigned kind, const struct guest *g);
void trace_vcpu(unsigned kind, const struct vcpu *v, u64 first, u64 second);

/* Off the measured paths only. */
static inline bool trace_is_on(enum trace_group group)
{
	return unlikely(__atomic_load_n(&trace_groups, __ATOMIC_RELAXED) &
			BIT(group));
}

/* A device of g, which may be NULL, drives a pin. */
void trace_line(const struct guest *g, u32 pin, bool level);
/* TRACE_SWITCH: what goes on here; TRACE_WAKE. */
void trace_thread(unsigned kind, const struct thread *t);
/* An interrupt stops our own code at pc; whose VCPU's that is, is told. */
void trace_host_irq(u64 pc);
/* v goes back into its guest, at pc. */
void trace_return(struct vcpu *v, u64 pc);
/* v begins: what of its exits is to be traced. */
void trace_vcpu_begin(struct vcpu *v);

/*
 * Thread context.  groups is what is traced besides TRACE_LIFE; only: of that
 * guest alone, by its id; 0: of all, as it is without groups.
 */
void trace_select(u32 groups, unsigned only);
unsigned trace_only_guest(void);

/*
 * The newest count records of all CPUs, oldest first; fewer when there are
 * fewer, or while CPUs write over them.  Any context; no locks.
 */
struct trace_walk {
	u64 at[CONFIG_CPU_MAX], end[CONFIG_CPU_MAX];
};
void trace_walk_begin(struct trace_walk *w, size_t count);
bool trace_walk_next(struct trace_walk *w, struct trace_record *r);

/*
 * The names of 32 guests are kept, the newest's, so that records outlive them;
 * after this those that are there go before.  Thread context.
 */
void trace_keep_names(void);
/* A list of records as an answer, and each; then report_end(). */
void trace_report_begin(struct console *con);
void trace_report(struct console *con, const struct trace_record *r);
/* Walks and prints: for panics, where there is no memory to copy to. */
void trace_dump(struct console *con, size_t count);

#endif
