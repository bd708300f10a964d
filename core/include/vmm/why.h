/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a guest does what it does, or nothing: a description of each VCPU in
 * words that all architectures share, and what follows from it.  Collecting
 * reads VCPUs where they are, by a call to each CPU, and stops none; the
 * conclusions are pure.
 */
#ifndef VMM_WHY_H
#define VMM_WHY_H

#include <vmm/guest.h>
#include <vmm/types.h>

#define WHY_SOURCE_MAX		24
#define WHY_TIMER_MAX		2
#define WHY_SAMPLE_COUNT	16	/* looks at who runs, 1 ms apart */
#define WHY_TEXT_MAX		640
#define WHY_LINE_MAX		120

enum why_state {
	WHY_OFF,		/* waits to be turned on by another VCPU */
	WHY_STOPPED,		/* its guest does not run */
	WHY_RUNNING,
	WHY_RUNNABLE,		/* waits for a host CPU */
	WHY_IDLE,		/* waits for an interrupt */
	WHY_SUSPENDED,		/* the same, in a call of its firmware */
	WHY_BLOCKED,		/* waits for the hypervisor */
	WHY_STATE_COUNT
};
extern const char *const why_state_names[WHY_STATE_COUNT];

/* What keeps a source of interrupts from a VCPU. */
enum why_stop {
	WHY_STOP_DISABLED	= BIT(0),	/* its own enable bit */
	WHY_STOP_GROUP		= BIT(1),	/* its group, or delivery */
	WHY_STOP_PRIORITY	= BIT(2),	/* mask or threshold */
	WHY_STOP_ELSEWHERE	= BIT(3),	/* goes to another VCPU */
	WHY_STOP_CPU		= BIT(4),	/* the CPU's enable register */
	WHY_STOP_ACTIVE		= BIT(5),	/* served, and not ended */
};
#define WHY_STOP_COUNT	6
extern const char *const why_stop_names[WHY_STOP_COUNT];

enum why_kind { WHY_DEVICE, WHY_TIMER, WHY_IPI };

struct why_source {
	u32 id;			/* the controller's number, or the CPU's */
	u8 kind;		/* enum why_kind */
	u8 stops;		/* enum why_stop */
	bool pending, active;
	const char *name;	/* of the device, or NULL */
};

struct why_timer {
	const char *name;	/* the manual's */
	u32 id;			/* of the source that it is */
	bool on, masked, due;
	u64 due_ns;		/* from now on; ~0: never */
};

/* The exception that a VCPU's own kernel took last. */
struct why_exception {
	const char *name;	/* NULL: none */
	u64 pc, address;	/* where, and on what */
	u64 vector, vector_size;	/* where it led to */
};

struct vcpu_why {
	enum why_state state;
	u64 state_ns;			/* for how long */
	bool was_on;			/* since the guest was started */
	/* ---- by arch_vcpu_explain() ---- */
	u64 pc;
	bool user, translated;		/* not the kernel; by its tables */
	bool masked;			/* takes no interrupts */
	const char *mask, *enable;	/* by which bit, which register */
	u8 wire_stops;			/* of all that the controller sends */
	struct why_exception exception;
	unsigned timer_count;
	struct why_timer timers[WHY_TIMER_MAX];
	/* ---- and by the controller's explain() ---- */
	unsigned source_count;
	unsigned left_out;		/* more sources than fit */
	struct why_source sources[WHY_SOURCE_MAX];
	/* ---- from looks at it while it ran ---- */
	unsigned sample_count;
	u64 samples[WHY_SAMPLE_COUNT];	/* of pc */
	unsigned masked_count;		/* samples with interrupts masked */
	unsigned in_vector;		/* samples in its exception vector */
	unsigned same_exception;	/* taken at the same place */
	u64 exits;			/* meanwhile */
	u64 nothing;			/* of them accesses to nothing */
	bool accessed;			/* the next is there */
	bool same_access;		/* and the same, with its value */
	struct vcpu_last_access access;
	unsigned last_count;
	struct vcpu_exit last[EXIT_LAST];	/* exits, oldest first */
	bool nowhere;			/* pc is where no memory is */
	char where[WHY_LINE_MAX];	/* pc in words */
};

/* From the one that explains most to the one that is no trouble. */
enum why_class {
	WHY_NOWHERE,		/* executes where nothing is */
	WHY_FAULTS,		/* the same exception again and again */
	WHY_NEVER,		/* waits for what cannot come */
	WHY_POLLS,		/* one register, again and again */
	WHY_SPINS,		/* a few instructions, no exit */
	WHY_IS_OFF,
	WHY_WAITS,		/* for a device, a VCPU, a host CPU */
	WHY_SLEEPS,		/* until its timer rings */
	WHY_WORKS,
};

struct guest_why {
	const char *name;
	enum guest_state state;
	char reason[96];		/* why halted or crashed */
	unsigned vcpu_count;
	struct vcpu_why vcpus[GUEST_CPU_MAX];
	enum why_class classes[GUEST_CPU_MAX];
	char vcpu_text[GUEST_CPU_MAX][WHY_TEXT_MAX];
	enum why_class class;		/* of the guest */
	char text[WHY_TEXT_MAX];
	/* Its console: what it printed, where. */
	const char *serial;		/* device; NULL: its tree has none */
	const char *bootargs;		/* or NULL */
	u64 printed_bytes;
	char last_line[WHY_LINE_MAX];
	u64 bad_count;			/* accesses to nothing */
	u64 bad_first;			/* address of the first */
	u64 memory_base;
};

/* For explain(): one more source; beyond WHY_SOURCE_MAX it is counted. */
void why_source_add(struct vcpu_why *w, const struct why_source *s);
/* The timer that is that source, or NULL. */
const struct why_timer *why_timer_of(const struct vcpu_why *w, u32 id);

/*
 * Pure: where it executes most of the times that it is looked at; who does not
 * is where the last look saw it.
 */
u64 why_usual_pc(const struct vcpu_why *w);

/* Pure: fills in classes, vcpu_text, class and text from the rest. */
void why_conclude(struct guest_why *g);

/*
 * Looks at g, for up to WHY_SAMPLE_COUNT ms when it runs.  *out is freed by
 * heap_free(); it points into g.  -ENOMEM, reported.  Thread context.
 */
int why_collect(struct guest *g, struct guest_why **out);

#endif
