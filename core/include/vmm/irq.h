/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host interrupts.  One root controller, registered by an irqchip driver.
 * Where several parts make it up, their drivers agree on one space of numbers.
 */
#ifndef VMM_IRQ_H
#define VMM_IRQ_H

#include <vmm/cpu.h>
#include <vmm/dt.h>
#include <vmm/types.h>

struct console;

enum irq_trigger {
	IRQ_TRIGGER_NONE,		/* as the firmware left it */
	IRQ_TRIGGER_EDGE_RISING	= 1,
	IRQ_TRIGGER_EDGE_FALLING = 2,
	IRQ_TRIGGER_LEVEL_HIGH	= 4,
	IRQ_TRIGGER_LEVEL_LOW	= 8,
};

/* One interrupt as a device node names it. */
struct irq_spec {
	u32 number;
	enum irq_trigger trigger;
};

struct irqchip {
	const char *name;
	u32 irq_count;			/* numbers are below this */
	/*
	 * What a device's tree says to a number and trigger.  -ENOTSUP: irq's
	 * parent is no part of this controller; -EINVAL: no such interrupt.
	 * Not reported.
	 */
	int (*translate)(const struct dt_irq *irq, struct irq_spec *out);
	/* Takes what is pending, calls irq_handle(), ends it if told so. */
	void (*dispatch)(void);
	void (*mask)(u32 number);
	void (*unmask)(u32 number);
	void (*set_trigger)(u32 number, enum irq_trigger trigger);
	void (*set_affinity)(u32 number, const struct cpu *cpu);
	void (*send_ipi)(struct cpu *cpu);
	void (*init_cpu)(void);		/* on each secondary */
	bool (*is_percpu)(u32 number);
	/*
	 * Of what pends on this CPU at one time, this per-CPU one is taken
	 * first.  NULL: the hardware's order is fixed.
	 */
	void (*prefer)(u32 number);
	/* Ends, on this CPU, an interrupt that was left active. */
	void (*deactivate)(u32 number);
	/*
	 * As if this CPU had taken a forwarded per-CPU one and left it so.
	 * NULL: they have no such state.
	 */
	void (*activate)(u32 number);
};

/*
 * Once, by the root controller's driver; dispatch is called from then on.
 * -EBUSY, reported: there is one already.  -ENOMEM.
 */
int irq_chip_register(const struct irqchip *chip);
const struct irqchip *irq_chip(void);	/* NULL before */
void irq_init_cpu(void);		/* on each secondary */

/*
 * Handlers run in interrupt context, masked.  A per-CPU number's handler
 * serves all CPUs; each enables it for itself with irq_enable_percpu().
 * -EBUSY when taken, -ERANGE beyond the controller, -ENODEV without one: all
 * reported.  -ENOMEM.  Shared numbers are unmasked, routed to the calling CPU.
 */
int irq_request(const struct irq_spec *spec, const char *name,
		void (*fn)(void *arg), void *arg);
/*
 * The same for an interrupt that a guest ends: its priority is dropped
 * before fn runs, but it stays active, so that it cannot come again, until
 * the guest's end of interrupt reaches the controller in hardware or
 * somebody calls irq_deactivate() on the CPU that took it.
 */
int irq_request_forwarded(const struct irq_spec *spec, const char *name,
			  void (*fn)(void *arg), void *arg);
void irq_deactivate(u32 number);
/* The handler does not run any more when it returns.  Thread context. */
void irq_free(u32 number);
void irq_enable_percpu(u32 number);
/* The same; where the controller can, it is taken before all others. */
void irq_enable_percpu_first(u32 number);

/* -ERANGE, -ENOENT without a handler, -EINVAL: per CPU, or no such CPU. */
int irq_set_affinity(u32 number, unsigned cpu_index);

/* ---- What every interrupt goes through ---- */

/* The rate is looked at once in so many interrupts of a number on a CPU. */
#define IRQ_STORM_COUNT		16384

/* c: constant while registered, o: each CPU its own element */
struct irq_action {
	void (*fn)(void *arg);		/* c */
	void *arg;			/* c */
	bool forwarded;			/* c: a guest ends it */
	u64 counts[CONFIG_CPU_MAX];	/* o */
};

extern struct irq_table {
	struct irq_action **actions;	/* a: by number, NULL: unhandled */
	void (*dispatch)(void);		/* c: the chip's */
} irq_table;

/* The slow ends of irq_handle(); any number may be unhandled. */
void irq_unhandled(u32 number);
void irq_check_storm(struct irq_action *a);

/*
 * For the controller's dispatch; number is below its irq_count.  An interrupt
 * without a handler is masked and reported; a shared one that storms (more
 * than 50 000 a second, or a quarter of a CPU's time) is masked for a second
 * and reported, once.  False when the number is a forwarded one: the
 * controller must leave it active.
 */
static ALWAYS_INLINE bool irq_handle(u32 number)
{
	struct cpu *cpu = this_cpu();
	struct irq_action *a = __atomic_load_n(&irq_table.actions[number],
					       __ATOMIC_ACQUIRE);

	if (unlikely(!a)) {
		irq_unhandled(number);
		return true;
	}
	cpu->in_irq = true;
	if (unlikely(!(++a->counts[cpu->index] % IRQ_STORM_COUNT)))
		irq_check_storm(a);
	a->fn(a->arg);
	cpu->in_irq = false;
	return !a->forwarded;		/* irq_free() waits for this CPU */
}

/* The architecture's call: an interrupt is pending.  Masked. */
static ALWAYS_INLINE void irq_dispatch(void)
{
	irq_table.dispatch();
}

/* How many cpu has taken, of any number. */
u64 irq_count_of(const struct cpu *cpu);

/* True in a handler. */
static inline bool irq_context(void)
{
	return this_cpu()->in_irq;
}

/* Numbers, names and counts as an answer (<vmm/report.h>). */
void irq_report(struct console *con);

#endif
