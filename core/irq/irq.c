// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Host interrupts: who handles which number, how often it came on which CPU,
 * and what happens to those that nobody handles or that never stop.
 */
#include <arch/cycles.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/io_guard.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/spinlock.h>
#include <vmm/timer.h>

/*
 * A storm is 50 000 a second, or what keeps handlers busy for a quarter of the
 * time: a slow machine may never come to so many.
 */
#define STORM_NS	(IRQ_STORM_COUNT * 20000ull)
#define STORM_SHARE	4
#define STORM_PAUSE_NS	1000000000ull

/* c: constant while registered, i: irq_lock */
struct action {
	struct irq_action hot;		/* what each interrupt needs */
	const char *name;		/* c */
	u32 number;			/* c */
	bool percpu;			/* c */
	void (*fn)(void *arg);		/* c: what a shared one's calls */
	void *arg;			/* c */
	u64 busy_cycles;		/* o: in fn, of the CPU it goes to */
	u64 busy_checked;		/* i: that, and */
	u64 checked_ns;			/* i: when, as a storm was looked for,
					   a: or a pause ended */
	bool storm_reported;		/* i */
	struct timer pause;		/* ends the pause after a storm */
};

static struct spinlock irq_lock = SPINLOCK_INIT(LOCK_IRQ);
static const struct irqchip *chip;	/* c */
struct irq_table irq_table;
static u64 unhandled_count;		/* a */

int irq_chip_register(const struct irqchip *registered)
{
	if (chip)
		return fail(-EBUSY, "irq: %s: %s is the root controller",
			    registered->name, chip->name);
	if (io_guard_check(registered->name))
		return -EIO;
	irq_table.actions = heap_alloc(registered->irq_count *
				       sizeof(irq_table.actions[0]));
	if (!irq_table.actions)
		return -ENOMEM;
	irq_table.dispatch = registered->dispatch;
	chip = registered;
	return 0;
}

const struct irqchip *irq_chip(void)
{
	return chip;
}

void irq_init_cpu(void)
{
	chip->init_cpu();
}

static struct action *action_of(u32 number)
{
	struct irq_action *a = __atomic_load_n(&irq_table.actions[number],
					       __ATOMIC_ACQUIRE);

	return a ? container_of(a, struct action, hot) : NULL;
}

/* ---- Registering ---- */

static void pause_end(struct timer *t)
{
	struct action *a = container_of(t, struct action, pause);

	__atomic_store_n(&a->checked_ns, clock_now(), __ATOMIC_RELAXED);
	chip->unmask(a->number);
}

static int publish(struct action *a)
{
	SCOPED_LOCK(&irq_lock);
	if (irq_table.actions[a->number])
		return -EBUSY;
	__atomic_store_n(&irq_table.actions[a->number], &a->hot,
			 __ATOMIC_RELEASE);
	return 0;
}

/* What the controller is told before a shared number may come. */
static void enable_shared(const struct irq_spec *spec)
{
	if (spec->trigger != IRQ_TRIGGER_NONE)
		chip->set_trigger(spec->number, spec->trigger);
	chip->set_affinity(spec->number, this_cpu());
	chip->unmask(spec->number);
}

/* Checks, and fills in what the controller knows. */
static int make_action(const struct irq_spec *spec, const char *name,
		       struct action **out)
{
	struct action *a;

	if (!chip)
		return fail(-ENODEV, "irq: %s: no interrupt controller", name);
	if (spec->number >= chip->irq_count)
		return fail(-ERANGE, "irq: %s: number %u, %s has %u", name,
			    spec->number, chip->name, chip->irq_count);
	a = heap_alloc(sizeof(*a));
	if (!a)
		return -ENOMEM;
	a->name = name;
	a->number = spec->number;
	a->percpu = chip->is_percpu(spec->number);
	a->checked_ns = clock_now();
	timer_init(&a->pause, pause_end);
	*out = a;
	return 0;
}

static int start_action(const struct irq_spec *spec, struct action *a)
{
	if (publish(a)) {
		fail(-EBUSY, "irq: %s: number %u is taken", a->name,
		     a->number);
		heap_free(a);
		return -EBUSY;
	}
	if (!a->percpu)
		enable_shared(spec);
	return 0;
}

/* What a storm costs is known of shared numbers alone. */
static void run_timed(void *arg)
{
	struct action *a = arg;
	u64 since = cycles_read();

	a->fn(a->arg);
	a->busy_cycles += cycles_read() - since;
}

int irq_request(const struct irq_spec *spec, const char *name,
		void (*fn)(void *arg), void *arg)
{
	struct action *a;
	int err = make_action(spec, name, &a);

	if (err)
		return err;
	a->fn = fn;
	a->arg = arg;
	a->hot.fn = a->percpu ? fn : run_timed;
	a->hot.arg = a->percpu ? arg : a;
	return start_action(spec, a);
}

int irq_request_forwarded(const struct irq_spec *spec, const char *name,
			  void (*fn)(void *arg), void *arg)
{
	struct action *a;
	int err = make_action(spec, name, &a);

	if (err)
		return err;
	a->hot.fn = fn;
	a->hot.arg = arg;
	a->hot.forwarded = true;
	return start_action(spec, a);
}

void irq_deactivate(u32 number)
{
	chip->deactivate(number);
}

static void nothing(void *arg)
{
}

void irq_free(u32 number)
{
	struct action *a = action_of(number);

	if (!a)
		return;
	chip->mask(number);
	__atomic_store_n(&irq_table.actions[number], NULL, __ATOMIC_RELEASE);
	/* Handlers run masked: who answers has left them. */
	smp_call(CPU_MASK_ALL, nothing, NULL);
	timer_cancel(&a->pause);
	chip->mask(number);
	heap_free(a);
}

void irq_enable_percpu(u32 number)
{
	chip->unmask(number);
}

void irq_enable_percpu_first(u32 number)
{
	if (chip->prefer)
		chip->prefer(number);
	chip->unmask(number);
}

int irq_set_affinity(u32 number, unsigned cpu_index)
{
	if (number >= chip->irq_count)
		return fail(-ERANGE, "irq: %u: %s has %u", number, chip->name,
			    chip->irq_count);
	if (!action_of(number))
		return fail(-ENOENT, "irq: %u: nobody handles it", number);
	if (chip->is_percpu(number))
		return fail(-EINVAL, "irq: %u: belongs to each CPU", number);
	if (cpu_index >= cpu_count || !cpus[cpu_index].online)
		return fail(-EINVAL, "irq: %u: CPU %u does not run", number,
			    cpu_index);
	chip->set_affinity(number, &cpus[cpu_index]);
	return 0;
}

/* ---- Interrupts ---- */

static bool storm_seen(struct action *a, bool *first)
{
	u64 now = clock_now(), took, busy;

	SCOPED_LOCK_RAW(&irq_lock);
	took = now - a->checked_ns;
	busy = clock_cycles_to_ns(a->busy_cycles - a->busy_checked);
	a->checked_ns = now;
	a->busy_checked = a->busy_cycles;
	if (took >= STORM_NS && busy < took / STORM_SHARE)
		return false;
	*first = !a->storm_reported;
	a->storm_reported = true;
	return true;
}

/*
 * Numbers of each CPU are left alone: a guest can make its own timer ring
 * as often as it likes, which must not take the timer from others.
 */
void irq_check_storm(struct irq_action *hot)
{
	struct action *a = container_of(hot, struct action, hot);
	bool first;

	if (a->percpu || !storm_seen(a, &first))
		return;
	chip->mask(a->number);
	timer_set(&a->pause, clock_now() + STORM_PAUSE_NS);
	if (first)
		log_warning("irq: %s: number %u storms, paused for a second",
			    a->name, a->number);
}

void irq_unhandled(u32 number)
{
	struct cpu *cpu = this_cpu();

	cpu->in_irq = true;
	__atomic_fetch_add(&unhandled_count, 1, __ATOMIC_RELAXED);
	if (number < chip->irq_count)
		chip->mask(number);
	log_warning("irq: number %u: nobody handles it, masked", number);
	cpu->in_irq = false;
}

void irq_dispatch_own(void)
{
	irq_dispatch();
	if (!irq_context() && sched_preempt_is_due(this_cpu()))
		sched_preempt();
}

/* ---- For people ---- */

u64 irq_count_of(const struct cpu *cpu)
{
	u64 sum = cpu->ipi_count;

	for (u32 number = 0; chip && number < chip->irq_count; number++) {
		const struct action *a = action_of(number);

		if (a)
			sum += a->hot.counts[cpu->index];
	}
	return sum;
}

static void report_action(struct console *con, const struct action *a)
{
	report_row(con);
	report_index(con, "number", a->number);
	report_bool(con, "stormed", a->storm_reported);
	report_name(con, "name", a->name);
	report_array(con, "counts");
	for_each_online_cpu(c)
		report_count(con, NULL, a->hot.counts[c->index]);
	report_end(con);
	report_end(con);
}

void irq_report(struct console *con)
{
	u32 number;

	report_list(con, "irqs", "number:6 stormed:-7 name:-24 counts");
	for (number = 0; chip && number < chip->irq_count; number++) {
		const struct action *a = action_of(number);

		if (a)
			report_action(con, a);
	}
	report_end(con);
	report_count(con, "unhandled",
		     __atomic_load_n(&unhandled_count, __ATOMIC_RELAXED));
}
