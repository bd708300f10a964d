// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What exits ask of core, and how a VCPU's thread begins, parks and ends.
 */

#include <vmm/guest.h>

#include <arch/irqflags.h>
#include <libs/printf.h>
#include <vmm/cpu.h>
#include <vmm/guest_debug.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include "emulator_access.h"
#include "internal.h"

/* ---- accesses ---- */

static u64 mmio_store_rom(struct vcpu *v, const struct region *r)
{
	struct guest *g = v->guest;
	const char *name = r->name;

	if (__atomic_fetch_add(&g->stats.rom_stores, 1, __ATOMIC_RELAXED))
		return VCPU_TALLY_NONE;
	vcpu_interruptible_begin(v);
	log_warning("guest: %s: stores to read-only memory %s are dropped",
		    g->name, name);
	vcpu_interruptible_end(v);
	return VCPU_TALLY_NONE;
}

static int mmio_nothing(struct vcpu *v, u64 address)
{
	struct guest *g = v->guest;

	if (!__atomic_fetch_add(&g->stats.bad_accesses, 1, __ATOMIC_RELAXED))
		__atomic_store_n(&g->stats.bad_first, address,
				 __ATOMIC_RELAXED);
	if (trace_is_on(TRACE_MMIO))
		trace_vcpu(TRACE_NOTHING, v, address, 0);
	v->access.how |= VCPU_ACCESS_TRACED;
	vcpu_log(v, "guest: %s/%u: access to 0x%llx, where nothing is",
		 g->name, v->index, (unsigned long long)address);
	return -EFAULT;
}

/* Mapped memory, or what the guest must not do to it. */
static u64 mmio_no_device(struct vcpu *v, const struct access *a,
			  const struct region *r)
{
	if (r->kind == REGION_ROM)
		return a->write ? mmio_store_rom(v, r) : 0;
	mmio_nothing(v, a->offset);
	return 0;
}

/* Any access, to anything. */
static NO_INLINE u64 mmio_access(struct vcpu *v, struct access *a)
{
	struct guest *g = v->guest;
	const struct region *r = aspace_find(&g->memory, GPA(a->offset),
					     a->size);
	struct emu *e;

	if (!r) {
		mmio_nothing(v, a->offset);
		return 0;
	}
	e = r->emu;
	if (!e)
		return mmio_no_device(v, a, r);
	a->offset -= r->base.v;
	a->region = r->index;
	emu_access(e, a);		/* may be interruptible */
	return e->tally;
}

static NO_INLINE struct vcpu_loaded load_slow(struct vcpu *v, gpa_t gpa,
					      unsigned size)
{
	struct access a = {
		.offset = gpa.v, .size = (u8)size, .vcpu = v,
	};
	u64 tally = mmio_access(v, &a);

	return (struct vcpu_loaded){ a.value, tally };
}

static NO_INLINE u64 store_slow(struct vcpu *v, gpa_t gpa, unsigned size,
				u64 value)
{
	struct access a = {
		.offset = gpa.v, .size = (u8)size, .vcpu = v, .write = true,
		.value = value & emulator_mask(size),
	};

	return mmio_access(v, &a);
}

static NO_INLINE struct vcpu_loaded load_part(struct vcpu *v, struct emu *e,
					      const struct emu_place *p)
{
	SCOPED_LOCK_RAW(&e->lock);
	return (struct vcpu_loaded){ emulator_load(e, v, p), e->tally };
}

/* The device that the access goes to, and the place there; or NULL. */
static ALWAYS_INLINE struct emu *find_place(const struct vcpu *v, gpa_t gpa,
					    unsigned size, struct emu_place *p)
{
	const struct region *r = aspace_find_byte(&v->guest->memory, gpa);

	if (unlikely(!r) || unlikely(!r->emu))
		return NULL;
	emulator_locate(r->emu, r->index, gpa.v - r->base.v, size, p);
	return r->emu;
}

struct vcpu_loaded vcpu_load_raw(struct vcpu *v, gpa_t gpa, unsigned size)
{
	struct emu_place p, part;
	struct reg_context c;
	struct emu *e = find_place(v, gpa, size, &p);
	u64 value;

	if (likely(e && emulator_is_whole(&p))) {
		c.vcpu = v;
		c.index = p.index;
		spin_lock(&e->lock);
		value = emulator_read(e, p.row, &c);
		spin_unlock(&e->lock);
		return (struct vcpu_loaded){ value, e->tally };
	}
	if (!e || !emulator_is_within(&p))
		return load_slow(v, gpa, size);
	part = p;
	return load_part(v, e, &part);
}

u64 vcpu_store_raw(struct vcpu *v, gpa_t gpa, unsigned size, u64 value)
{
	struct emu_place p;
	struct emu *e = find_place(v, gpa, size, &p);

	if (unlikely(!e || !emulator_is_within(&p)))
		return store_slow(v, gpa, size, value);
	SCOPED_LOCK_RAW(&e->lock);
	emulator_store(e, v, &p, value);
	return e->tally;
}

/* Flash maps what is read: a load that is no access shows it what to map. */
static void romd_touch(struct vcpu *v, const struct region *r, gpa_t gpa)
{
	struct access a = {
		.offset = gpa.v - r->base.v, .size = 1, .region = r->index,
		.vcpu = v,
	};

	emu_access(r->emu, &a);
}

int vcpu_memory_fault(struct vcpu *v, gpa_t gpa, bool write)
{
	struct guest *g = v->guest;
	const struct region *r = aspace_find(&g->memory, gpa, 1);
	struct pt_range mapped;

	if (!r)
		return mmio_nothing(v, gpa.v);
	if (r->kind == REGION_ROMD && !write)
		romd_touch(v, r, gpa);
	if (pagetable_walk(&g->stage2, gpa.v, &mapped) &&
	    (!write || mapped.prot & PT_WRITE))
		return 0;
	return -ENOTSUP;
}

/* ---- long exits ---- */

static bool is_exit_of(const struct vcpu *v)
{
	return v && thread_current() == &v->thread && !irq_context();
}

void vcpu_interruptible_begin(struct vcpu *v)
{
	if (!is_exit_of(v))
		return;
	if (!v->saved_exit++)
		arch_exit_save(v);
	irq_unmask();
}

/* Requests made meanwhile interrupted this CPU, which had none for v. */
void vcpu_interruptible_end(struct vcpu *v)
{
	if (!is_exit_of(v))
		return;
	irq_mask();
	if (!--v->saved_exit)
		arch_exit_restore(v);
	vcpu_recheck(v);
}

/* ---- waiting ---- */

/* v->idle is set: vcpu_kick() sees that, or this sees its request. */
static bool has_work(struct vcpu *v)
{
	struct vpic *p = v->guest->pic;

	return __atomic_load_n(&v->requests, __ATOMIC_SEQ_CST) ||
	       p->ops->pending(p, v);
}

void vcpu_idle(struct vcpu *v)
{
	__atomic_store_n(&v->idle, true, __ATOMIC_SEQ_CST);
	if (!has_work(v))
		sched_block();
	__atomic_store_n(&v->idle, false, __ATOMIC_RELAXED);
	vcpu_recheck(v);
}

void vcpu_kick(struct vcpu *v)
{
	u32 was = __atomic_fetch_or(&v->requests, VCPU_REQUEST_IRQ,
				    __ATOMIC_SEQ_CST);

	if (__atomic_load_n(&v->idle, __ATOMIC_SEQ_CST))
		sched_wake(&v->thread);
	else if (!(was & VCPU_REQUEST_IRQ))
		vcpu_interrupt(v);
}

/*
 * Makes v look at its requests: through the CPU that runs it.  One that
 * runs nowhere looks before it enters the guest.
 */
void vcpu_interrupt(struct vcpu *v)
{
	struct cpu *cpu;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	cpu = &cpus[__atomic_load_n(&v->thread.cpu, __ATOMIC_RELAXED)];
	if (__atomic_load_n(&cpu->current, __ATOMIC_RELAXED) == &v->thread)
		cpu_request(cpu, CPU_SERVICE);
}

/* ---- power ---- */

struct vcpu *vcpu_search_hwid(struct guest *g, u64 hwid)
{
	for (unsigned i = 0; i < g->vcpu_count; i++)
		if (g->vcpus[i]->hwid == hwid)
			return g->vcpus[i];
	return NULL;
}

int vcpu_power_on(struct guest *g, u64 hwid, const struct vcpu_start *start)
{
	struct vcpu *v = vcpu_by_hwid(g, hwid);

	if (!v)
		return -ENOENT;
	SCOPED_LOCK(&g->power_lock);
	switch ((enum vcpu_power)v->power) {
	case VCPU_ON:
		return -EEXIST;
	case VCPU_STARTING:
		return -EAGAIN;
	case VCPU_OFF:
		break;
	}
	v->start = *start;
	__atomic_store_n(&v->power, VCPU_STARTING, __ATOMIC_RELEASE);
	sched_wake(&v->thread);
	return 0;
}

_Noreturn void vcpu_power_off(struct vcpu *v)
{
	trace_vcpu(TRACE_VCPU_OFF, v, 0, 0);
	__atomic_store_n(&v->power, VCPU_OFF, __ATOMIC_RELEASE);
	vcpu_begin(v);
}

void vcpu_stop_guest(struct vcpu *v)
{
	__atomic_store_n(&v->guest->stopping, true, __ATOMIC_RELEASE);
	v->stops_others = true;
	__atomic_fetch_or(&v->requests, VCPU_REQUEST_STOP, __ATOMIC_SEQ_CST);
	vcpu_recheck(v);
}

void vcpu_end_guest(struct vcpu *v, enum guest_end end,
		    const char *reason, ...)
{
	struct guest *g = v->guest;
	va_list ap;

	SCOPED_LOCK(&g->power_lock);
	vcpu_stop_guest(v);
	if (g->ending)
		return;			/* another VCPU was first */
	g->ending = true;
	g->end = end;
	trace_guest(TRACE_END + (unsigned)end, g);
	va_start(ap, reason);
	vsnprintf(g->reason, sizeof(g->reason), reason, ap);
	va_end(ap);
	guest_manager_wake();
}

/* ---- the thread ---- */

static bool may_run(const struct vcpu *v)
{
	return !__atomic_load_n(&v->guest->stopping, __ATOMIC_ACQUIRE) &&
	       !__atomic_load_n(&v->held, __ATOMIC_RELAXED);
}

static bool is_dying(const struct vcpu *v)
{
	return __atomic_load_n(&v->guest->dying, __ATOMIC_ACQUIRE);
}

/* What guest_stop_begin() raised, unless that happened again meanwhile. */
static void lower(struct vcpu *v)
{
	SCOPED_LOCK(&v->guest->power_lock);
	if (!v->guest->stopping)
		sched_set_priority(&v->thread, v->priority);
}

/*
 * Stays until the guest may run, or ends with it.  Thread context,
 * interrupts unmasked, v is detached.  The next stop may begin when v has
 * seen the end of one but is counted as parked still: so v looks again
 * after it took itself off, as guest_stop_sync() counts after it asked.
 */
static void park(struct vcpu *v)
{
	struct guest *g = v->guest;

	trace_vcpu(TRACE_VCPU_PARK, v, 0, 0);
	do {
		__atomic_fetch_add(&g->parked_count, 1, __ATOMIC_ACQ_REL);
		wait_wake_all(&g->parking);
		wait_until(&g->parking, may_run(v) || is_dying(v));
		if (is_dying(v))
			thread_exit();
		__atomic_fetch_sub(&g->parked_count, 1, __ATOMIC_ACQ_REL);
		lower(v);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	} while (!may_run(v));
}

static void interrupts_reset(struct vcpu *v)
{
	struct guest *g = v->guest;

	g->pic->ops->vcpu_reset(g->pic, v);
	if (g->files)
		g->files->ops->vcpu_reset(g->files, v);
}

_Noreturn void vcpu_begin(struct vcpu *v)
{
	v->saved_exit = 0;
	sched_vcpu_detach(v);
	irq_unmask();
	while (!may_run(v) || vcpu_power_state(v) != VCPU_STARTING) {
		if (!may_run(v))
			park(v);
		else
			sched_block();
	}
	arch_vcpu_reset(v, &v->start);
	irq_mask();
	interrupts_reset(v);
	irq_unmask();			/* both parts take a while */
	irq_mask();
	__atomic_store_n(&v->power, VCPU_ON, __ATOMIC_RELEASE);
	v->was_on = true;
	trace_vcpu_begin(v);
	trace_vcpu(TRACE_VCPU_ON, v, v->start.entry.v, 0);
	sched_vcpu_attach(v);
	vcpu_debug_begin(v);
	vcpu_recheck(v);
	arch_vcpu_run(v);
}

void vcpu_thread(void *arg)
{
	vcpu_begin(arg);
}

/* Out of the guest, until the stop that was asked for ends. */
static void stop(struct vcpu *v)
{
	sched_vcpu_detach(v);
	irq_unmask();
	if (v->stops_others)
		guest_stop_begin(v->guest);
	v->stops_others = false;
	park(v);
	if (vcpu_power_state(v) != VCPU_ON)
		vcpu_begin(v);		/* it was reset meanwhile */
	irq_mask();
	sched_vcpu_attach(v);
}

void vcpu_service(struct vcpu *v)
{
	struct vpic *p = v->guest->pic;
	u32 requests;

	v->saved_exit++;		/* by who calls */
	__atomic_fetch_and(&this_cpu()->requests, ~(u32)CPU_SERVICE,
			   __ATOMIC_ACQUIRE);
	requests = __atomic_exchange_n(&v->requests, 0, __ATOMIC_ACQ_REL);
	if (requests & VCPU_REQUEST_IRQ) {
		/* What is next takes a while, and may come again. */
		irq_unmask();
		irq_mask();
		p->ops->sync(p, v);
	}
	if (requests & VCPU_REQUEST_STOP && !may_run(v))
		stop(v);
	if (__atomic_load_n(&this_cpu()->requests, __ATOMIC_RELAXED) &
	    CPU_RESCHEDULE)
		sched_preempt();
	v->saved_exit--;
	vcpu_recheck(v);
}

const char *vcpu_state_name(const struct vcpu *v)
{
	const struct guest *g = v->guest;

	if (g->state != GUEST_RUNNING)
		return "stopped";
	if (vcpu_power_state(v) == VCPU_OFF)
		return "off";
	switch ((enum thread_state)v->thread.state) {
	case THREAD_RUNNING:
		return "running";
	case THREAD_READY:
		return "runnable";
	case THREAD_BLOCKED:
		return v->idle ? "idle" : "blocked";
	case THREAD_NEW:
	case THREAD_DEAD:
		break;
	}
	return "stopped";
}
