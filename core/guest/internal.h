/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of core/guest share. */
#ifndef GUEST_INTERNAL_H
#define GUEST_INTERNAL_H

#include <vmm/guest.h>

/* ---- vcpu.c ---- */

/* Body of a VCPU's thread. */
void vcpu_thread(void *arg);

/*
 * From the start of a power cycle, on v's thread: waits to be turned on,
 * resets, enters the guest.  What the stack held is forgotten.
 */
_Noreturn void vcpu_begin(struct vcpu *v);

/* Makes v look at its requests soon, wherever it is.  Any context. */
void vcpu_interrupt(struct vcpu *v);

/* ---- build.c ---- */

/* All of g but its name in the list; -errno, reported, g to be freed. */
int guest_build(struct guest *g);
/* Frees what there is of g; no VCPU's thread lives. */
void guest_free(struct guest *g);

/* ---- memory.c ---- */

int guest_memory_init(struct guest *g);
void guest_memory_fini(struct guest *g);

/* ---- symbols.c ---- */

/* What is known of its kernel's names; g->lock held, or nobody else's. */
void guest_symbols_forget(struct guest *g);

/* ---- watch.c ---- */

void guest_watch_init(struct guest *g);
/* g runs: to be looked at after a while.  g->lock is held. */
void guest_watch_arm(struct guest *g);
/* Looks whether g gets on, when it is time to.  The manager's thread. */
void guest_watch(struct guest *g);

/* ---- crash.c ---- */

/* g has just crashed and stands: does what its tree asks for; g->lock held. */
void guest_crashed(struct guest *g);

/* ---- guest.c ---- */

/* Asks all VCPUs to park.  Thread context. */
void guest_stop_begin(struct guest *g);

/* ---- vcpu.c ---- */

/*
 * The same from an exit of v, which parks when that is over, and asks the
 * others before.  power_lock is held.
 */
void vcpu_stop_guest(struct vcpu *v);

/* A guest ended itself: somebody must see to it.  Any context. */
void guest_manager_wake(void);

#endif
