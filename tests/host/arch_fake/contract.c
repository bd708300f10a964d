// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rest of <vmm/arch.h> on the fake machine: caches that are coherent, and
 * VCPUs that remember how they began and spin for ever, interrupts taken.
 */
#include <string.h>

#include <arch/barrier.h>
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <vmm/arch.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/guest_debug.h>
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
	if (fake_put_hook)
		fake_put_hook();
}

/* Nothing of an exit is in registers that interrupts change. */
void arch_exit_save(struct vcpu *v)
{
	assert(v->arch.loaded && irq_masked());
	if (fake_exit_hook)
		fake_exit_hook();
}

void arch_exit_restore(const struct vcpu *v)
{
	assert(v->arch.loaded && irq_masked());
}

/* The guest is interrupted as on real machines: by an exit, masked. */
static void take_exit(struct vcpu *v)
{
	if (!fake_irq_pending)
		return;
	fake_irq_pending = false;
	if (this_cpu()->arch.traces_exits && trace_is_on(TRACE_EXITS))
		trace_vcpu(TRACE_EXIT + EXIT_NONE, v, v->arch.pc, 0);
	irq_dispatch();
	if (this_cpu()->leaving)
		sched_switch(v);
}

unsigned arch_trace_reason(unsigned raw, u64 detail)
{
	return raw % ARCH_EXIT_COUNT;
}

void arch_trace_exits(bool on)
{
	this_cpu()->arch.traces_exits = on;
}

/* Its code stands still, but for steps, until it is a breakpoint. */
static void run_debugged(struct vcpu *v)
{
	char code[4];

	if (v->arch.debug_step)
		v->arch.pc += sizeof(code);
	v->arch.debug_step = false;
	if (!guest_read(v->guest, GPA(v->arch.pc), code, sizeof(code)) &&
	    !memcmp(code, arch_breakpoint(sizeof(code)), sizeof(code)))
		vcpu_debug_break(v, v->arch.pc);
}

/* An exit that does not end until it is told something else. */
static void work_long(struct vcpu *v)
{
	while (v->arch.args[2] == FAKE_GUEST_WORKS) {
		vcpu_interruptible_begin(v);
		cpu_relax();
		vcpu_interruptible_end(v);
	}
}

/* What its third argument says: see enum fake_guest. */
static void do_as_told(struct vcpu *v)
{
	if (v->arch.args[2] == FAKE_GUEST_IDLES)
		vcpu_idle(v);
	if (v->arch.args[2] == FAKE_GUEST_ENDS)
		vcpu_power_off(v);
	if (v->arch.args[2] == FAKE_GUEST_WORKS)
		work_long(v);
}

void arch_vcpu_run(struct vcpu *v)
{
	for (;;) {
		while (this_cpu()->requests)
			vcpu_service(v);
		do_as_told(v);
		if (v->arch.debug_on)
			run_debugged(v);
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

/* Guests' addresses are physical but for this, below which there is none. */
#define VIRTUAL	0x1000

int arch_vcpu_translate(struct vcpu *v, u64 va, gpa_t *out)
{
	*out = GPA(va);
	return va < VIRTUAL ? -EFAULT : 0;
}

/* Two points, which watch nothing but code. */
int arch_vcpu_debug_set(struct vcpu *v, const struct vcpu_debug *d)
{
	for (unsigned i = 0; i < d->count; i++)
		if (d->points[i].kind != DEBUG_EXECUTE)
			return -ENOTSUP;
	if (d->count > 2)
		return -ENOSPC;
	v->arch.debug_on = d->on;
	v->arch.debug_step = d->step;
	v->arch.debug_count = d->count;
	return 0;
}

unsigned arch_vcpu_step(struct vcpu *v, u64 next[2])
{
	next[0] = v->arch.pc + 4;
	return 1;
}

const void *arch_breakpoint(u64 size)
{
	return size == 4 ? "stop" : NULL;
}

const char arch_gdb_name[] = "fake";
const struct arch_gdb_run arch_gdb_runs[] = {
	{ "org.fake.core", "pc", "code_ptr", 64, 1, 0 },
	{ "org.fake.core", "a", NULL, 64, 4, 0 },
	{ "org.fake.rows", NULL, NULL, 64, 1, 0 },
};
const size_t arch_gdb_run_count = ARRAY_LEN(arch_gdb_runs);

const void *arch_gdb_at(struct vcpu *v, size_t run, unsigned n)
{
	return run ? &v->arch.args[n] : &v->arch.pc;
}

void arch_gdb_write(struct vcpu *v, size_t run, unsigned n, const void *value)
{
	memcpy(run ? &v->arch.args[n] : &v->arch.pc, value, sizeof(u64));
}

const char *const arch_exit_names[ARCH_EXIT_COUNT] = {
	[EXIT_NONE] = "none", [EXIT_OTHER] = "other",
};

void arch_frame_dump(const struct arch_frame *frame, struct console *con)
{
}

void arch_frame_call(void (*fn)(const struct arch_frame *frame))
{
	fn(NULL);
}

const void *arch_frame_at(const struct arch_frame *frame, size_t run,
			  unsigned n)
{
	return NULL;
}
