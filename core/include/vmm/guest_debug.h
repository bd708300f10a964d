/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One debugger's hold on a guest: it stops and lets go all VCPUs or some,
 * sets breakpoints and watchpoints, and reads memory as VCPUs see it.
 *
 * A guest that its debugger stopped is GUEST_PAUSED.  While it stands, its
 * memory holds no instruction of ours.
 */
#ifndef VMM_GUEST_DEBUG_H
#define VMM_GUEST_DEBUG_H

#include <vmm/guest.h>

enum debug_event {
	DEBUG_EVENT_NONE,
	DEBUG_EVENT_BEGIN,	/* v is about to run its first instruction */
	DEBUG_EVENT_BREAK,	/* at an instruction that we watch */
	DEBUG_EVENT_WATCH,	/* about to touch data that we watch */
	DEBUG_EVENT_STEP,	/* one instruction was done */
};

/* Numbers as gdb's packets Z have them. */
enum guest_point_type {
	POINT_SOFTWARE, POINT_HARDWARE,
	POINT_WRITE, POINT_READ, POINT_ACCESS,
	POINT_TYPE_COUNT
};

#define GUEST_POINT_MAX		64
#define GUEST_STEP_MAX		2
#define BREAKPOINT_SIZE_MAX	4

/* By address and size for the debugger; what follows is ours. */
struct guest_point {
	u64 address, size;
	u8 type;			/* enum guest_point_type */
	bool physical;			/* of address */
	bool by_code;			/* by an instruction in memory */
	bool placed;			/* which is there */
	gpa_t at;
	u8 saved[BREAKPOINT_SIZE_MAX];	/* what was there */
};

/* d: the debugger's thread; p: lock, while the guest runs */
struct guest_debug {
	struct guest *guest;		/* c */
	void (*wake)(struct guest_debug *d);	/* c: any context */
	bool event;			/* a: VCPUs stopped, the guest ended */
	bool hold;			/* a: VCPUs that begin stop there */
	bool physical;			/* d: addresses are physical */
	bool was_paused;		/* c: before it began */
	struct vcpu *stepped;		/* d */
	struct spinlock lock;		/* LOCK_DEVICE */
	unsigned count;			/* d */
	struct guest_point points[GUEST_POINT_MAX];	/* p */
	struct guest_point steps[GUEST_STEP_MAX];	/* p */
};

/*
 * ---- The debugger: one thread.  It holds a reference on the guest, and
 * none of its locks.  Errors are reported where it says so. ----
 */

/*
 * Stops the guest; one that never ran stops before its first instruction.
 * d is filled in and stays until the end.  -EBUSY, reported: there is a
 * debugger; -EPERM, reported: it is being destroyed.
 */
int guest_debug_begin(struct guest_debug *d, struct guest *g,
		      void (*wake)(struct guest_debug *d));
/* Takes out all points; a guest that was not paused before goes on. */
void guest_debug_end(struct guest_debug *d);

/* It stands, or is at its end, when this returns. */
void guest_debug_stop(struct guest_debug *d);
/* It can go on: it is neither halted nor crashed. */
bool guest_debug_lives(const struct guest_debug *d);

/* What a VCPU shall do. */
enum debug_action { DEBUG_HOLD, DEBUG_GO, DEBUG_STEP };
/*
 * Lets VCPUs go, by actions[index].  One that steps runs alone: the first of
 * those.  -EPERM: it is at its end.  Not reported.
 */
int guest_debug_go(struct guest_debug *d, const u8 *actions);

/*
 * The guest stands.  -EINVAL: no such point here; -ENOTSUP: the CPU has no
 * such thing; -ENOSPC; -EFAULT: no code there.  Not reported.
 */
int guest_debug_add(struct guest_debug *d, const struct guest_point *p);
int guest_debug_remove(struct guest_debug *d, const struct guest_point *p);
/* The point that v stands at, or NULL: it stopped for something else. */
const struct guest_point *guest_debug_point(const struct guest_debug *d,
					    const struct vcpu *v);

/*
 * Memory at v's addresses, or physical ones if d says so.  -EFAULT: some of
 * it is none; what comes before was read, or written.
 */
int guest_debug_read(struct guest_debug *d, struct vcpu *v, u64 address,
		     void *buf, size_t size);
int guest_debug_write(struct guest_debug *d, struct vcpu *v, u64 address,
		      const void *buf, size_t size);

/* ---- Up-calls of the architecture: on v's thread, interrupts masked ---- */

/*
 * v stops once it is back in vcpu_service(), with pc where it is now.
 * address: what was watched for.
 */
void vcpu_debug_event(struct vcpu *v, enum debug_event event, u64 address);
/* A breakpoint instruction at pc.  False: the guest's own. */
bool vcpu_debug_break(struct vcpu *v, u64 pc);
/* v's addresses may translate otherwise.  False: no need to tell again. */
bool vcpu_debug_tables(struct vcpu *v);

/* ---- Core's own ---- */

/* v begins: it stops there if its debugger holds the guest. */
void vcpu_debug_begin(struct vcpu *v);
/* Its images will be loaded again; it is stopped. */
void guest_debug_reload(struct guest *g);
/* g came to its end.  g->lock is held. */
void guest_debug_notify(struct guest *g);

#endif
