// SPDX-License-Identifier: GPL-2.0-or-later
/* Wires from RISC-V interrupt controllers to CPUs: cpu_wires.h. */

#include "cpu_wires.h"

#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/irq.h>
#include <vmm/log.h>

#define PIN_SUPERVISOR_EXTERNAL	9

/* The CPU of a controller that is one's own. */
static bool cpu_of(struct dt_node controller, u64 *hwid)
{
	return dt_is_compatible(controller, "riscv,cpu-intc") &&
	       dt_reg_raw(dt_parent(controller), 0, hwid);
}

int cpu_wires_parse(struct emu *e, struct cpu_wire *wires, unsigned max)
{
	struct dt_irq irq;
	unsigned n = 0;
	int rc;

	if (!dt_exists(e->node))
		return 0;
	for (; !(rc = dt_irq(e->node, n, &irq)); n++) {
		if (n == max)
			return fail(-ERANGE, "%s: interrupts-extended: serves "
				    "%u contexts of CPUs, not one more",
				    e->name, max);
		if (!cpu_of(irq.parent, &wires[n].hwid))
			break;
		wires[n].pin = irq.cells[0];
	}
	return rc == -ENOENT ? (int)n :
	       fail(-EINVAL, "%s: interrupts-extended: entry %u leads to no "
		    "CPU", e->name, n);
}

void cpu_wire_connect(struct cpu_wire *w, struct vcpu *v)
{
	if (w->hwid == v->hwid && w->pin == PIN_SUPERVISOR_EXTERNAL)
		w->vcpu = v;
}

void cpu_wire_disconnect(struct cpu_wire *w, struct vcpu *v)
{
	if (w->vcpu == v)
		w->vcpu = NULL;
}

void cpu_wire_refresh(struct cpu_wire *w, struct vcpu *v)
{
	if (w->vcpu == v)
		vpic_pins->set(v, w->pin, w->level);
}

void cpu_wire_set(struct cpu_wire *w, bool level)
{
	if (w->level == level)
		return;
	w->level = level;
	if (w->vcpu)
		vpic_pins->set(w->vcpu, w->pin, level);
}

/* ---- controllers of wires ---- */

void cpu_wires_init(struct cpu_wires *w, struct emu *e,
		    const struct vpic_ops *ops, const char *source_count)
{
	u32 last = 0;

	dt_u32(e->node, source_count, 0, &last);
	last = MIN(last, (u32)SOURCE_COUNT - 1);
	for (u32 id = 1; id <= last; id++)
		source_put(w->valid, id, true);
	w->word_count = last / 32 + 1;
	w->emu = e;
	spin_init(&w->lock, LOCK_VPIC);
	w->pic = (struct vpic){
		.ops = ops, .guest = e->guest, .pin_count = last + 1,
	};
	if (e->guest)
		e->guest->pic = &w->pic;
}

/* What VCPUs are to be told. */
static u32 changes(const struct cpu_wires *w)
{
	const u32 told = __atomic_load_n(&w->told, __ATOMIC_ACQUIRE);

	return (w->levels ^ told) & w->connected;
}

/* Whoever finds no change knows that each has been told. */
static void tell_one(struct cpu_wires *w)
{
	const unsigned n = (unsigned)__builtin_ctz(changes(w));

	cpu_wire_set(&w->to[n], w->levels & BIT(n));
	__atomic_store_n(&w->told, w->told ^ BIT(n), __ATOMIC_RELEASE);
}

/* Whose exit this is, who syncs before it goes on; NULL: it is none. */
static struct vcpu *current_vcpu(const struct cpu_wires *w)
{
	struct vcpu *v = irq_context() ? NULL : thread_current()->vcpu;

	return v && v->guest == w->pic.guest ? v : NULL;
}

void cpu_wires_tell(struct cpu_wires *w)
{
	const u32 changed = changes(w);
	struct vcpu *v = changed & (changed - 1) ? current_vcpu(w) : NULL;

	if (v)
		vcpu_kick(v);
	while (!v && changes(w))
		tell_one(w);
}

/* False: there is no more to be told. */
static bool tell_next(struct cpu_wires *w)
{
	SCOPED_LOCK_RAW(&w->lock);

	if (changes(w))
		tell_one(w);
	return changes(w);
}

struct wires_change wires_change_begin(struct cpu_wires *w, struct vcpu *by)
{
	spin_lock(&w->lock);
	return (struct wires_change){ .wires = w, .by = by };
}

void wires_change_end(const struct wires_change *c)
{
	spin_unlock(&c->wires->lock);
	if (!changes(c->wires))
		return;
	while (tell_next(c->wires))
		emu_preempt_point(c->wires->emu, c->by);
}

void cpu_wires_sync(struct vpic *p, struct vcpu *v)
{
	struct cpu_wires *w = container_of(p, struct cpu_wires, pic);

	while (changes(w)) {
		vcpu_interruptible_begin(v);
		vcpu_interruptible_end(v);
		tell_next(w);
	}
	vpic_pins_sync(p, v);
}

/* With the lock, for each wire. */
static void for_each(struct vpic *p, struct vcpu *v,
		     void (*fn)(struct cpu_wire *w, struct vcpu *v))
{
	struct cpu_wires *w = container_of(p, struct cpu_wires, pic);
	SCOPED_LOCK(&w->lock);

	w->connected = 0;
	for (unsigned i = 0; i < w->count; i++) {
		fn(&w->to[i], v);
		w->connected |= (u32)!!w->to[i].vcpu << i;
	}
}

int cpu_wires_vcpu_init(struct vpic *p, struct vcpu *v)
{
	for_each(p, v, cpu_wire_connect);
	return 0;
}

void cpu_wires_vcpu_fini(struct vpic *p, struct vcpu *v)
{
	for_each(p, v, cpu_wire_disconnect);
}

void cpu_wires_vcpu_reset(struct vpic *p, struct vcpu *v)
{
	struct cpu_wires *w = container_of(p, struct cpu_wires, pic);
	SCOPED_LOCK(&w->lock);

	for (unsigned i = 0; i < w->count; i++)
		if (w->to[i].vcpu == v)
			cpu_wire_refresh(&w->to[i], v);
}
