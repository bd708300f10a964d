// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rest of <vmm/arch.h> on the fake machine: caches that are coherent, and
 * VCPUs that remember how they began and spin for ever, interrupts taken.
 */
#include <string.h>

#include <arch/barrier.h>
#include <arch/irqflags.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/guest.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>
#include <vmm/why.h>

void arch_cache(enum cache_op op, const void *va, size_t size)
{
}

void arch_code_sync(const void *va, size_t size)
{
}

void arch_memory_wipe(void *va, size_t size)
{
	memset(va, 0, size);
}

void arch_patch_apply(void)
{
}

void arch_guest_tlb_flush(struct guest *g, gpa_t base, u64 size)
{
	g->arch.flush_count++;
}

int arch_guest_init(struct guest *g)
{
	return 0;
}

void arch_guest_fini(struct guest *g)
{
}

int arch_vcpu_init(struct vcpu *v)
{
	return 0;
}

void arch_vcpu_fini(struct vcpu *v)
{
}

void arch_vcpu_reset(struct vcpu *v, const struct vcpu_start *start)
{
	v->arch.pc = start->entry.v;
	memcpy(v->arch.args, start->args, sizeof(v->arch.args));
}

void arch_vcpu_load(struct vcpu *v)
{
	assert(!v->arch.loaded && irq_masked());
	v->arch.loaded = true;
}

void arch_vcpu_put(struct vcpu *v)
{
	assert(v->arch.loaded && irq_masked());
	v->arch.loaded = false;
}

/* The guest is interrupted as on real machines: by an exit, masked. */
static void take_exit(const struct vcpu *v)
{
	if (!fake_irq_pending)
		return;
	fake_irq_pending = false;
	if (this_cpu()->arch.traces_exits && trace_is_on(TRACE_EXITS))
		trace_vcpu(TRACE_EXIT + EXIT_NONE, v, v->arch.pc, 0);
	irq_dispatch();
}

void arch_trace_exits(bool on)
{
	this_cpu()->arch.traces_exits = on;
}

void arch_vcpu_run(struct vcpu *v)
{
	for (;;) {
		while (this_cpu()->requests)
			vcpu_service(v);
		cpu_relax();
		take_exit(v);
	}
}

const struct arch_state_row arch_vcpu_state[] = {
	{ "pc", sizeof(u64), offsetof(struct arch_vcpu, pc) },
	{ "args", 4 * sizeof(u64), offsetof(struct arch_vcpu, args) },
};
const size_t arch_vcpu_state_count = ARRAY_LEN(arch_vcpu_state);

void *arch_vcpu_state_at(struct vcpu *v, size_t id)
{
	return (u8 *)&v->arch + arch_vcpu_state[id].offset;
}

/* Interrupts of its are masked when its second argument says so. */
void arch_vcpu_explain(struct vcpu *v, enum vcpu_place place,
		       struct vcpu_why *w)
{
	w->pc = v->arch.pc;
	w->masked = v->arch.args[1];
	w->mask = "args[1]";
	w->timer_count = 1;
	w->timers[0] = (struct why_timer){
		.name = "none", .due_ns = ~0ull,
	};
}

const char *const arch_exit_names[ARCH_EXIT_COUNT] = {
	[EXIT_NONE] = "none", [EXIT_OTHER] = "other",
};

void arch_frame_dump(const struct arch_frame *frame, struct console *con)
{
}
