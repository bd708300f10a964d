/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests: life, memory, devices.  Built from a struct guest_config; counted
 * references keep the object while somebody looks at it.
 */
#ifndef VMM_GUEST_H
#define VMM_GUEST_H

#include <vmm/aspace.h>
#include <vmm/guest_config.h>
#include <vmm/pagetable.h>
#include <vmm/sched.h>
#include <vmm/vcpu.h>
#include <vmm/vpic.h>

enum guest_state {
	GUEST_CREATED,		/* loaded, never started */
	GUEST_RUNNING,
	GUEST_PAUSED,
	GUEST_HALTED,		/* powered itself off */
	GUEST_CRASHED,		/* stopped with a reason */
};

/* Host memory behind a stretch of guest RAM or ROM: one page block. */
struct guest_block {
	gpa_t base;
	hpa_t host;
	unsigned order;
};

/*
 * Offsets of one guest's time from the host's; all clocks derive from it.
 * Guests' counters begin at GUEST_CLOCK_START and stay ahead of the host's, so
 * that a compare value plus the offset is past no end of 64 bits that the
 * value itself is not past: emulators of machines get that wrong.
 */
#define GUEST_CLOCK_START	(1ull << 48)	/* cycles */

struct guest_clock {
	u64 offset_cycles;	/* host's less guest's counter, modulo 2^64 */
	u64 paused_at_cycles;	/* host counter when it stopped, or 0 */
	bool host;		/* vmm,clock = "host": does not stop */
};

struct guest_stats {
	u64 rom_stores;		/* dropped */
	u64 bad_accesses;	/* nothing at that address */
	u64 bad_first;		/* address of the first of those */
};

/* c: constant while it lives, m: the guest's mutex, a: atomic */
struct guest {
	struct arch_guest arch;
	struct aspace memory, ports;
	struct vcpu **vcpus;		/* c */
	unsigned vcpu_count;		/* c */
	struct vpic *pic;		/* c */
	struct vpic_files *files;	/* c: interrupt files, or NULL */
	struct guest_clock clock;	/* m; read by VCPUs while running */
	struct pagetable stage2;
	struct sched_group group;

	struct list entry;		/* list_lock of guest.c */
	u32 references;			/* a */
	unsigned id;			/* c */
	char name[32];			/* c */
	struct mutex lock;		/* life-cycle operations */
	enum guest_state state;		/* m */
	char reason[96];		/* power_lock: why halted or crashed */
	bool arch_ready;		/* c: arch is to be finished */
	bool started;			/* m: its VCPUs' threads run */
	struct spinlock power_lock;	/* LOCK_POWER: VCPUs' power, the end */
	bool ending;			/* power_lock: the guest ended itself */
	enum guest_end end;		/* power_lock */
	bool stopping;			/* a: VCPUs must park */
	bool dying;			/* a: VCPUs must end */
	struct wait_queue parking;	/* a VCPU parked, or a stop ends */
	u32 parked_count;		/* a */

	struct guest_config *config;	/* c: owned */
	struct guest_block *blocks;	/* c: sorted by base */
	size_t block_count;		/* c */
	size_t block_capacity;		/* c */
	struct emu **devices;		/* c */
	size_t device_count;		/* c */
	struct guest_console *console;	/* c */
	struct guest_symbols *symbols;	/* m: its kernel's, or NULL */
	u64 initrd_base, initrd_size;	/* m: where it was loaded, or 0 */
	struct guest_debug *debug;	/* m, a: changes while all are parked */
	/*
	 * m: an image with a header that was loaded (size 0: none): where, and
	 * where in it code begins.  Kernels use the header's memory again.
	 */
	struct { u64 base, size, code; } image;
	struct guest_stats stats;	/* v: counters, relaxed */
	u64 created_ns, kicked_ns;
	u64 console_start;		/* m: of the console's ring, at kick */
	struct timer watch;		/* m: when to look whether it gets on */
	u64 watched_ns;			/* m: since when that is waited for */
	bool told;			/* the manager's: it does not get on */
};

/*
 * Builds a guest: memory taken and wiped, images loaded, devices made, tree
 * written.  Takes over config in any case.  Errors are reported.
 */
int guest_create(struct guest_config *config, struct guest **out);
/* This host, for a guest of that name (or NULL). */
struct guest_host_facts;
void guest_host_facts(const char *name, struct guest_host_facts *out);
/*
 * The whole way from what an operator asked for: described, checked against
 * this host, created, and kicked when it starts by itself.  Errors are
 * reported, all problems of the description at once.
 */
int guest_create_from(const struct guest_options *options,
		      struct guest **out);

/* Reported: -EPERM in the wrong state.  Thread context. */
int guest_kick(struct guest *g);
int guest_pause(struct guest *g);
int guest_resume(struct guest *g);
int guest_reset(struct guest *g);
int guest_destroy(struct guest *g);	/* consumes the caller's reference */
int guest_shutdown(struct guest *g);	/* presses its power button */

/* A reference by name, or NULL. */
struct guest *guest_find(const char *name);
struct guest *guest_get(struct guest *g);
void guest_put(struct guest *g);
/* Walks all: takes a reference on the next, drops the one on prev. */
struct guest *guest_next(struct guest *prev);

const char *guest_state_name(enum guest_state s);

/*
 * Guest RAM and ROM.  Bounded, whole or nothing: -EFAULT when any byte is
 * no memory.  Thread context or exits; the caller holds a reference.
 */
int guest_read(struct guest *g, gpa_t a, void *buf, size_t size);
int guest_write(struct guest *g, gpa_t a, const void *buf, size_t size);
int guest_zero(struct guest *g, gpa_t a, size_t size);

/* Code and data for a guest that may run with its caches off. */
int guest_load(struct guest *g, gpa_t a, const void *buf, size_t size);

/*
 * A window on guest memory for as long as it is pinned; shortens *size to
 * what is contiguous.  NULL when a is no memory.
 */
void *guest_pin(struct guest *g, gpa_t a, size_t *size);
void guest_unpin(struct guest *g, void *p);

/* Every change of what the guest's CPUs see goes through these. */
int guest_map(struct guest *g, const struct pt_range *r);
int guest_unmap(struct guest *g, gpa_t base, u64 size);

/*
 * A device's interrupt by message: `device` stores data at address.  -EFAULT:
 * nobody takes messages there.  Any CPU, locks of devices and of interrupt
 * controllers held, interrupts masked.
 */
int guest_msi(struct guest *g, u32 device, gpa_t address, u32 data);

/* The VCPU that the guest knows by that name, or NULL. */
static inline struct vcpu *vcpu_by_hwid(struct guest *g, u64 hwid)
{
	struct vcpu *v = g->vcpus[index_clamp(hwid, g->vcpu_count)];

	return likely(v->hwid == hwid) ? v : vcpu_search_hwid(g, hwid);
}

/* Guest time. */
u64 guest_clock_cycles(const struct guest *g);	/* host counter - offset */
u64 guest_clock_ns(const struct guest *g);
/* Host counter when the guest's shows guest_cycles; 0: it is past that. */
u64 guest_clock_to_host_cycles(const struct guest *g, u64 guest_cycles);
/* Host nanoseconds at which the guest's clock shows guest_ns. */
u64 guest_clock_to_host_ns(const struct guest *g, u64 guest_ns);

/*
 * Bytes the guest takes beyond its RAM, for `guest info`; not what devices of
 * a kind share (their register index), nor room left in the heap's slabs.
 * Thread context.
 */
u64 guest_overhead_bytes(struct guest *g);

/*
 * All VCPUs are parked and their state is in memory between the two, which
 * the guest does not notice but by its clock.  Thread context; the guest's
 * lock is held in between.
 */
void guest_stop_sync(struct guest *g);
void guest_stop_end(struct guest *g);

/* The thread that carries out what guests ask for themselves; at boot. */
int guest_init(void);

#endif
