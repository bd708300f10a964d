// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tracing.  A CPU writes its own ring with interrupts masked, and nobody
 * else does.  Readers copy a record, then look whether its place may have
 * been taken by a newer one meanwhile: then it counts as gone.
 */
#include <vmm/trace.h>
#include <arch/cycles.h>
#include <arch/irqflags.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/guest.h>
#include <vmm/wait.h>

#define RECORDS		CONFIG_TRACE_RECORDS
#define NAMES		32

_Static_assert(!(RECORDS & (RECORDS - 1)), "a power of two");
_Static_assert(sizeof(struct trace_record) == 32, "");
_Static_assert(TRACE_KIND_COUNT <= 256, "fits into a byte");
_Static_assert(CONFIG_CPU_MAX <= 256, "fits into a byte");

/* count is of all that were ever written: written by its CPU, read by all. */
static struct trace_ring {
	u64 count;
	struct trace_record records[RECORDS];
} rings[CONFIG_CPU_MAX] ALIGNED(64);

/* Entry code knows its layout. */
_Static_assert(offsetof(struct trace_ring, records) == 8, "");
_Static_assert(offsetof(struct trace_record, guest) == 24, "");

/* Of the newest guests by id, so that records outlive them. */
static struct trace_name {
	unsigned id;
	char name[32];
} names[NAMES];

u32 trace_groups = BIT(TRACE_LIFE);
static u32 only_guest;			/* a: 0: all */

const char *const trace_group_names[TRACE_GROUP_COUNT] = {
	[TRACE_LIFE] = "life", [TRACE_MMIO] = "mmio", [TRACE_IRQS] = "irqs",
	[TRACE_EXITS] = "exits", [TRACE_ENTRIES] = "entries",
	[TRACE_CALLS] = "calls", [TRACE_INJECT] = "inject",
	[TRACE_SWITCHES] = "switches", [TRACE_WAKES] = "wakes",
};

/* What a kind is called, and its arguments, as far as it has them. */
static const struct kind {
	const char *name;
	const char *args[2];
} kinds[TRACE_EXIT] = {
	[TRACE_CREATE] = { .name = "create" },
	[TRACE_KICK] = { .name = "kick" },
	[TRACE_PAUSE] = { .name = "pause" },
	[TRACE_RESUME] = { .name = "resume" },
	[TRACE_RESET] = { .name = "reset" },
	[TRACE_DESTROY] = { .name = "destroy" },
	[TRACE_END + GUEST_END_OFF] = { .name = "ends: off" },
	[TRACE_END + GUEST_END_RESET] = { .name = "ends: reset" },
	[TRACE_END + GUEST_END_CRASH] = { .name = "ends: crash" },
	[TRACE_VCPU_ON] = { "on", { "entry" } },
	[TRACE_VCPU_OFF] = { .name = "off" },
	[TRACE_VCPU_PARK] = { .name = "park" },
	[TRACE_NOTHING] = { "nothing", { "address" } },
	[TRACE_HOST_IRQ] = { "host irq", { "pc" } },
	[TRACE_LOAD] = { "load", { "address", "value" } },
	[TRACE_STORE] = { "store", { "address", "value" } },
	[TRACE_ENTRY] = { "entry", { "pc" } },
	[TRACE_CALL] = { "call", { "function", "argument" } },
	[TRACE_LINE] = { "line", { "pin", "level" } },
	[TRACE_SWITCH] = { "switch", { NULL } },
	[TRACE_WAKE] = { "wake", { NULL } },
};
static const struct kind exit_kind = { NULL, { "pc", "detail" } };

/* ---- writing ---- */

void trace_write(struct trace_record *r)
{
	u64 flags = irq_save();
	struct cpu *cpu = this_cpu();
	struct trace_ring *ring = &rings[cpu->index];
	u64 count = ring->count;

	r->cycles = cycles_read_ordered();
	r->cpu = (u8)cpu->index;
	ring->records[count % RECORDS] = *r;
	__atomic_store_n(&ring->count, count + 1, __ATOMIC_RELEASE);
	irq_restore(flags);
}

static void keep_name(const struct guest *g)
{
	struct trace_name *n = &names[g->id % NAMES];

	n->id = g->id;
	string_copy(n->name, g->name, sizeof(n->name));
}

void trace_keep_names(void)
{
	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		keep_name(g);
}

/* Lives are told of all guests. */
static bool is_chosen(unsigned kind, unsigned guest)
{
	u32 only = __atomic_load_n(&only_guest, __ATOMIC_RELAXED);

	return !only || only == guest || kind < TRACE_NOTHING;
}

void trace_guest(unsigned kind, const struct guest *g)
{
	struct trace_record r = {
		.guest = g->id, .vcpu = TRACE_NO_VCPU, .kind = (u8)kind,
	};

	if (kind == TRACE_CREATE)
		keep_name(g);
	trace_write(&r);
}

void trace_vcpu(unsigned kind, const struct vcpu *v, u64 first, u64 second)
{
	struct trace_record r = {
		.args = { first, second }, .guest = v->guest->id,
		.vcpu = (u16)v->index, .kind = (u8)kind,
	};

	if (is_chosen(kind, v->guest->id))
		trace_write(&r);
}

void trace_line(const struct guest *g, u32 pin, bool level)
{
	struct trace_record r = {
		.args = { pin, level }, .vcpu = TRACE_NO_VCPU,
		.kind = TRACE_LINE,
	};

	if (!g || !is_chosen(TRACE_LINE, g->id))
		return;
	r.guest = g->id;
	trace_write(&r);
}

void trace_thread(unsigned kind, const struct thread *t)
{
	const struct vcpu *v = t->vcpu;
	struct trace_record r = {
		.guest = v ? v->guest->id : 0, .kind = (u8)kind,
		.vcpu = v ? (u16)v->index : TRACE_NO_VCPU,
	};

	_Static_assert(sizeof(r.args) <= sizeof(t->name), "a part of it");
	memcpy(r.args, t->name, sizeof(r.args));
	if (is_chosen(kind, r.guest))
		trace_write(&r);
}

void trace_host_irq(u64 pc)
{
	const struct vcpu *v = thread_current()->vcpu;
	struct trace_record r = {
		.args = { pc }, .kind = TRACE_HOST_IRQ,
		.guest = v ? v->guest->id : 0,
		.vcpu = v ? (u16)v->index : TRACE_NO_VCPU,
	};

	if (is_chosen(TRACE_HOST_IRQ, r.guest))
		trace_write(&r);
}

void trace_return(struct vcpu *v, u64 pc)
{
	struct vcpu_access *a = &v->access;

	if (trace_is_on(TRACE_MMIO) && a->how &&
	    !(a->how & VCPU_ACCESS_TRACED)) {
		trace_vcpu(a->how & VCPU_ACCESS_STORE ? TRACE_STORE :
			   TRACE_LOAD, v, a->address, a->value);
		a->how |= VCPU_ACCESS_TRACED;
	}
	if (trace_is_on(TRACE_ENTRIES))
		trace_vcpu(TRACE_ENTRY, v, pc, 0);
}

/* ---- choosing ---- */

static void switch_entries(void *arg)
{
	arch_trace_exits(arg);
}

void trace_vcpu_begin(struct vcpu *v)
{
	u32 groups = __atomic_load_n(&trace_groups, __ATOMIC_RELAXED);
	u64 who = 0;

	if (groups & BIT(TRACE_EXITS) && !(groups & TRACE_IN_C) &&
	    is_chosen(TRACE_EXIT, v->guest->id))
		who = v->guest->id | (u64)v->index << TRACE_WHO_VCPU_SHIFT |
		      (u64)TRACE_RAW << TRACE_WHO_KIND_SHIFT;
	__atomic_store_n(&v->trace_who, who, __ATOMIC_RELAXED);
}

unsigned trace_only_guest(void)
{
	u32 groups = __atomic_load_n(&trace_groups, __ATOMIC_RELAXED);

	return groups == BIT(TRACE_LIFE) ? 0 :
	       __atomic_load_n(&only_guest, __ATOMIC_RELAXED);
}

static void begin_vcpus(void)
{
	for (struct guest *g = guest_next(NULL); g; g = guest_next(g))
		for (unsigned i = 0; i < g->vcpu_count; i++)
			trace_vcpu_begin(g->vcpus[i]);
}

void trace_select(u32 groups, unsigned only)
{
	static struct mutex lock = MUTEX_INIT(lock);
	static bool on;

	SCOPED_MUTEX(&lock);
	for (unsigned cpu = 0; cpu < CONFIG_CPU_MAX; cpu++)
		cpus[cpu].trace_ring = &rings[cpu];
	/* Who is about to write of a group that ends does not mean all. */
	if (groups)
		__atomic_store_n(&only_guest, only, __ATOMIC_RELAXED);
	__atomic_store_n(&trace_groups, groups | BIT(TRACE_LIFE),
			 __ATOMIC_RELAXED);
	begin_vcpus();
	if (!(groups & TRACE_BY_ENTRY) == !on)
		return;
	on = groups & TRACE_BY_ENTRY;
	smp_call(CPU_MASK_ALL, switch_entries, on ? &on : NULL);
}

/* ---- reading ---- */

/*
 * Record number i of that CPU; false: it is there no more.  Who sees a part of
 * a new record sees the count before the one that it follows: entry code
 * orders no more than that.
 */
static bool copy(unsigned cpu, u64 i, struct trace_record *r)
{
	const struct trace_ring *ring = &rings[cpu];

	*r = ring->records[i % RECORDS];
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (__atomic_load_n(&ring->count, __ATOMIC_RELAXED) - i >= RECORDS - 1)
		return false;
	r->cpu = (u8)cpu;
	if (r->kind >= TRACE_RAW)
		r->kind = (u8)(TRACE_EXIT +
			       arch_trace_reason((unsigned)r->kind - TRACE_RAW,
						 r->args[1]));
	return true;
}

/* The CPU whose record before at[] is the newest; none: CONFIG_CPU_MAX. */
static unsigned newest(const struct trace_walk *w)
{
	unsigned best = CONFIG_CPU_MAX;
	struct trace_record r;
	u64 cycles = 0;

	for (unsigned cpu = 0; cpu < CONFIG_CPU_MAX; cpu++) {
		if (!w->at[cpu] || !copy(cpu, w->at[cpu] - 1, &r) ||
		    r.cycles < cycles)
			continue;
		cycles = r.cycles;
		best = cpu;
	}
	return best;
}

void trace_walk_begin(struct trace_walk *w, size_t count)
{
	for (unsigned cpu = 0; cpu < CONFIG_CPU_MAX; cpu++)
		w->at[cpu] = w->end[cpu] =
			__atomic_load_n(&rings[cpu].count, __ATOMIC_ACQUIRE);
	for (unsigned cpu; count && (cpu = newest(w)) != CONFIG_CPU_MAX;
	     count--)
		w->at[cpu]--;
}

bool trace_walk_next(struct trace_walk *w, struct trace_record *r)
{
	unsigned best = CONFIG_CPU_MAX;
	struct trace_record found;

	for (unsigned cpu = 0; cpu < CONFIG_CPU_MAX; cpu++) {
		while (w->at[cpu] != w->end[cpu] &&
		       !copy(cpu, w->at[cpu], &found))
			w->at[cpu]++;
		if (w->at[cpu] == w->end[cpu])
			continue;
		if (best != CONFIG_CPU_MAX && found.cycles >= r->cycles)
			continue;
		*r = found;
		best = cpu;
	}
	if (best == CONFIG_CPU_MAX)
		return false;
	w->at[best]++;
	return true;
}

/* ---- for people ---- */

static void report_who(struct console *con, const struct trace_record *r)
{
	const struct trace_name *n = &names[r->guest % NAMES];
	char who[48] = "";

	if (r->guest && n->id == r->guest)
		string_copy(who, n->name, sizeof(who));
	else if (r->guest)
		snprintf(who, sizeof(who), "guest %u", r->guest);
	if (r->guest && r->vcpu != TRACE_NO_VCPU)
		printf_append(who, sizeof(who), "/%u", r->vcpu);
	report_name(con, "who", *who ? who : NULL);
}

static void report_what(struct console *con, const struct trace_record *r)
{
	const struct kind *k = &exit_kind;

	if (r->kind < TRACE_EXIT) {
		k = &kinds[r->kind];
		report_text(con, "event", k->name);
	} else {
		report_textf(con, "event", "exit %s",
			     arch_exit_names[r->kind - TRACE_EXIT]);
	}
	report_object(con, "details");
	if (r->kind == TRACE_SWITCH || r->kind == TRACE_WAKE)
		report_textf(con, "thread", "%.16s", (const char *)r->args);
	for (unsigned i = 0; i < ARRAY_LEN(k->args) && k->args[i]; i++)
		report_hex(con, k->args[i], r->args[i]);
	report_end(con);
}

void trace_report(struct console *con, const struct trace_record *r)
{
	report_row(con);
	report_u64(con, "since_boot_ns", clock_cycles_to_ns(r->cycles));
	report_index(con, "cpu", r->cpu);
	report_who(con, r);
	report_what(con, r);
	report_end(con);
}

void trace_report_begin(struct console *con)
{
	report_list(con, "records",
		    "since_boot_ns:12 cpu:3 who:-16 event:-16 details");
}

void trace_dump(struct console *con, size_t count)
{
	struct trace_record r;
	struct trace_walk w;

	trace_report_begin(con);
	trace_walk_begin(&w, count);
	while (trace_walk_next(&w, &r))
		trace_report(con, &r);
	report_end(con);
}
