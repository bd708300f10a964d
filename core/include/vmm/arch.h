/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The architecture contract: everything the rest of the tree may ask of an
 * architecture.  All of it is mandatory; there are no weak defaults and no
 * conditional parts.  tests/host/arch_fake is the smallest implementer.
 *
 * Types and inlines come from eight headers of the architecture:
 *   <arch/page.h>     PAGE_SHIFT, ARCH_LINEAR_BASE, ARCH_IMAGE_BASE,
 *                     ARCH_DYNAMIC_BASE, ARCH_DYNAMIC_SIZE, ARCH_STACK_SIZE
 *   <arch/state.h>    struct arch_thread, arch_cpu, arch_guest, arch_vcpu,
 *                     ARCH_EXIT_COUNT, ARCH_VCPU_STACK_RESERVE
 *   <arch/irqflags.h> irq_mask, irq_unmask, irq_save, irq_restore, irq_masked
 *   <arch/barrier.h>  mb, rmb, wmb, cpu_relax, index_clamp
 *   <arch/io.h>       io_read8..64, io_write8..64, and _relaxed forms
 *   <arch/percpu.h>   arch_this_cpu, arch_set_this_cpu
 *   <arch/cycles.h>   cycles_read, cycles_read_ordered: the counter behind
 *                     clock_now(), running since reset, the same on all CPUs
 *   <arch/guest.h>    ARCH_GUEST_OPTION, ARCH_GUEST_CHOICES: see below
 */
#ifndef VMM_ARCH_H
#define VMM_ARCH_H

#include <arch/guest.h>
#include <arch/page.h>
#include <arch/state.h>
#include <vmm/dt.h>
#include <vmm/types.h>

struct console;
struct cpu;
struct guest;
struct guest_config;
struct guest_report;
struct pt_format;
struct vcpu;
struct vcpu_why;

/* ---- CPUs.  Starting, stopping and IPIs belong to drivers. ---- */

/*
 * Once on each CPU, before it runs anything but its boot code: virtualization
 * on, traps set, features read.  -ENOTSUP, already reported, where this CPU
 * was entered in a mode that cannot host guests or differs from the first.
 */
int arch_cpu_init(struct cpu *cpu);

/* The number the host's device tree gives this CPU. */
u64 arch_cpu_hwid(void);

/*
 * Physical address at which firmware must enter a secondary CPU, and the
 * argument it must pass for cpu (whose boot stack is set).
 */
hpa_t arch_cpu_entry(struct cpu *cpu, u64 *arg);

/* Interrupts masked; returns, still masked, once one is pending. */
void arch_cpu_idle(void);

/* Features in use, mitigations, alternatives: fields of host info's answer. */
void arch_cpu_describe(struct console *con);

/* Return addresses of the caller's frames, innermost first. */
size_t arch_backtrace(u64 *pcs, size_t max);

/* ---- Threads ---- */

/* The first switch to t calls fn(arg) on a stack that ends at stack_top. */
void arch_thread_init(struct arch_thread *t, void *stack_top,
		      void (*fn)(void *), void *arg);

/* Interrupts masked.  Returns when somebody switches back to from. */
void arch_thread_switch(struct arch_thread *from, struct arch_thread *to);

/* ---- Code and caches ---- */

/* To the point of coherency, for readers that do not snoop our caches. */
enum cache_op { CACHE_CLEAN, CACHE_INVALIDATE, CACHE_FLUSH };
void arch_cache(enum cache_op op, const void *va, size_t size);

/*
 * After writing instructions that this or other CPUs will execute, with
 * caches on or off: the data is cleaned as by CACHE_CLEAN.
 */
void arch_code_sync(const void *va, size_t size);

/* Zeroes whole pages and leaves nothing of them in caches only. */
void arch_memory_wipe(void *va, size_t size);

/*
 * Puts in the alternatives that this machine's features select.  Once, on
 * the first CPU, before the image's text becomes read-only.
 */
void arch_patch_apply(void);

/* ---- Address spaces ---- */

/* What a table's owner must know besides its format. */
struct pt_geometry {
	u8 levels;		/* tables from the root down */
	u8 address_bits;	/* of the input addresses */
	u8 root_shift;		/* log2 of the root's size and alignment */
};

/* Format and geometry of our own tables. */
const struct pt_format *arch_pt_host(struct pt_geometry *geometry);

/*
 * Format and geometry of a guest whose memory needs address_bits.  -ERANGE,
 * reported, when this machine cannot translate that many.
 */
int arch_pt_guest(unsigned address_bits, const struct pt_format **format,
		  struct pt_geometry *geometry);
/* The most that it takes: bits of guest physical addresses. */
unsigned arch_guest_address_bits(void);

/* Runs this CPU on our own table at root. */
void arch_pt_load(hpa_t root);

/* Complete on all CPUs when they return.  Size 0 means everything. */
void arch_tlb_flush(const void *va, size_t size);
void arch_guest_tlb_flush(struct guest *g, gpa_t base, u64 size);

/* ---- Guests ---- */

/*
 * What running guests needs of host interrupts, on all CPUs.  Once, in
 * thread context, when the CPUs are up; -errno, reported.
 */
int arch_guests_init(void);

int arch_guest_init(struct guest *g);
void arch_guest_fini(struct guest *g);

/* ---- VCPUs ---- */

/* How a VCPU begins: at reset, or when another VCPU turned it on. */
struct vcpu_start {
	gpa_t entry;
	u64 args[4];
	unsigned arg_count;
};

/* v->thread has its stack; the guest's part is there. */
int arch_vcpu_init(struct vcpu *v);
void arch_vcpu_fini(struct vcpu *v);

/* Architectural reset, then start.  v is stopped and put. */
void arch_vcpu_reset(struct vcpu *v, const struct vcpu_start *start);

/*
 * Brings v's state into this CPU, or takes it out into memory.  Interrupts
 * masked.  The scheduler calls load before v's thread runs on a CPU that
 * does not hold its state, and put on the CPU that holds it before another
 * VCPU's load, before v may run elsewhere, and before state is looked at.
 */
void arch_vcpu_load(struct vcpu *v);
void arch_vcpu_put(struct vcpu *v);

/*
 * What the next trap overwrites of the exit that v's thread handles: into v,
 * where VCPU_PARKED finds its pc, and back.  Interrupts masked.
 */
void arch_exit_save(struct vcpu *v);
void arch_exit_restore(const struct vcpu *v);

/*
 * Runs v from its thread, forever: exits are calls of the architecture's
 * handlers on the thread's stack, and those make the up-calls of
 * <vmm/vcpu.h>.  The thread ends inside vcpu_service().
 */
_Noreturn void arch_vcpu_run(struct vcpu *v);

/*
 * State by id, for terminal, debugger, save and restore.  ids are rows of
 * arch_vcpu_state[], and their values lie where arch_vcpu_state_at() says
 * while v is stopped and put.
 */
struct arch_state_row {
	const char *name;	/* the manual's spelling */
	u16 size;		/* bytes */
	u16 offset;		/* the architecture's own use */
};
extern const struct arch_state_row arch_vcpu_state[];
extern const size_t arch_vcpu_state_count;
void *arch_vcpu_state_at(struct vcpu *v, size_t id);

/*
 * What v is at, in <vmm/why.h>'s words: all that is said there to be filled in
 * here.  On the CPU that holds v's state, where place says that there is one,
 * or anywhere; interrupts masked, nothing of v changes.
 */
enum vcpu_place {
	VCPU_INTERRUPTED,	/* this CPU was taken from the guest */
	VCPU_SWITCHED,		/* its thread does not run */
	VCPU_PARKED,		/* nor is it in its guest; arch_exit_save() */
};
void arch_vcpu_explain(struct vcpu *v, enum vcpu_place place,
		       struct vcpu_why *w);

/* ---- Debugging guests.  v is stopped and put. ---- */

/*
 * Where v's code finds its virtual address va, by v's own tables; the same
 * holds for the 4 KiB around it.  -EFAULT: nowhere.
 */
int arch_vcpu_translate(struct vcpu *v, u64 va, gpa_t *out);

/* What a CPU can watch for by itself. */
enum debug_kind { DEBUG_EXECUTE, DEBUG_WRITE, DEBUG_READ, DEBUG_ACCESS };
struct debug_point {
	u64 address;		/* virtual */
	u64 size;		/* bytes; of DEBUG_EXECUTE the instruction's */
	enum debug_kind kind;
};
struct vcpu_debug {
	bool on;		/* breakpoints: vcpu_debug_break() */
	bool step;		/* stop behind the next instruction */
	bool tables;		/* vcpu_debug_tables() as they may change */
	const struct debug_point *points;
	unsigned count;
};
/*
 * From now on v stops for these, by the up-calls of <vmm/guest_debug.h>; not
 * on: its guest has all exceptions for itself, at no cost, as at first.
 * -ENOTSUP: a kind that this CPU cannot watch for; -ENOSPC: more points than
 * it has registers; -ENOMEM.  Then nothing changes.
 */
int arch_vcpu_debug_set(struct vcpu *v, const struct vcpu_debug *d);

/*
 * For CPUs that cannot step: where v may go next, which gets breakpoints.
 * How many, at most 2; 0: the CPU steps by itself.
 */
unsigned arch_vcpu_step(struct vcpu *v, u64 next[2]);

/* The breakpoint instruction of that many bytes, or NULL. */
const void *arch_breakpoint(u64 size);

/*
 * Registers in the order of gdb's target description (gdb manual, appendix
 * G).  A run is `count` registers of one kind, name0, name1, ..., or one
 * called name; without a name they are rows of arch_vcpu_state[], from
 * `first` on, under their own names.
 */
struct arch_gdb_run {
	const char *feature;
	const char *name;
	const char *type;	/* NULL: an integer */
	u16 bits;
	u16 count;
	u16 first;
};
extern const char arch_gdb_name[];	/* of the architecture */
extern const struct arch_gdb_run arch_gdb_runs[];
extern const size_t arch_gdb_run_count;
/* The n-th of a run that has a name; NULL: it is always 0. */
const void *arch_gdb_at(struct vcpu *v, size_t run, unsigned n);
/* The same is written, as far as guests may have it so. */
void arch_gdb_write(struct vcpu *v, size_t run, unsigned n, const void *value);

/* Names of the exit reasons that v->stats is indexed by. */
extern const char *const arch_exit_names[ARCH_EXIT_COUNT];

/* ---- What guests are made of and how they begin: pure ---- */

/*
 * Guests come in variants by their interrupt controller.  `guest create` has
 * an option for it, --ARCH_GUEST_OPTION, whose values are the words of
 * ARCH_GUEST_CHOICES ("2|3"); a variant is the number of such a word, from
 * 1 on.  Which ones this host can run, BIT(variant) each; the lowest is what
 * guests get that ask for none.
 */
u32 arch_guest_variants(void);

/*
 * The built-in tree of a guest: one node cpu@N, one memory node, the devices
 * that an ordinary machine of this architecture has.  Variant 0 is the
 * architecture's usual.  NULL: no such variant.
 */
const void *arch_guest_template(unsigned variant);

/*
 * Puts into the nodes below /cpus, at `parent` of a guest's tree that is being
 * composed, what follows from the host's CPUs, in place of what they say.  0
 * or libfdt's error.
 */
int arch_guest_cpus_describe(void *fdt, int parent);

/*
 * The variant of guests whose interrupt controller is n; 0: it is none that
 * interrupts of devices go to.
 */
unsigned arch_guest_pic(struct dt_node n);

/*
 * The controller's number of a device's wire.  -EINVAL: cells that mean no
 * wire of a device; -ERANGE: beyond the controller; -ENODEV: leads to a CPU,
 * which is the emulator's own business.  Not reported.
 */
int arch_guest_irq(const struct dt_irq *irq, u32 *pin);

/*
 * What is odd in a guest's tree by the architecture's own rules: CPUs for
 * another one, no timer, CPUs that nobody can turn on or interrupt.
 */
void arch_guest_check(const struct guest_config *config,
		      struct guest_report *report);

struct arch_boot_protocol {
	const char *name;		/* of the architecture, for messages */
	unsigned formats;		/* BIT(enum kernel_format) it can run */
	u16 elf_machine;		/* e_machine of its kernels */
	u64 raw_offset;			/* of headerless kernels, from RAM */
	u64 cpu_id_mask;		/* bits that `reg` of a cpu may have */
	const char *enable_method;	/* of a cpu that others turn on */
};
extern const struct arch_boot_protocol arch_boot_protocol;

/* Arguments of a kernel whose tree is at tree, begun on CPU hwid. */
void arch_boot_args(struct vcpu_start *start, u64 hwid, gpa_t tree);

/* ---- Tracing ---- */

/*
 * From now on this CPU calls trace_vcpu(TRACE_EXIT + reason, ...) at each
 * exit, with the guest's pc and what the CPU says of the reason, while
 * TRACE_EXITS is on, or, where v->trace_who is not 0, writes such a record by
 * itself, with TRACE_RAW; TRACE_CALL while TRACE_CALLS is, TRACE_HOST_IRQ at
 * each interrupt of our own code while TRACE_IRQS is; and calls
 * trace_return() before the guest goes on after another exit than an
 * interrupt.  Or nothing of all that, at no cost.  Masked.
 */
void arch_trace_exits(bool on);
/* The reason of an exit of which entry code wrote TRACE_RAW + raw. */
unsigned arch_trace_reason(unsigned raw, u64 detail);

/* ---- What the architecture calls in core, besides <vmm/vcpu.h> ---- */

struct boot_info {
	hpa_t dtb;		/* 8-byte aligned, mapped with its MiB */
	const void *dtb_va;	/* where it is readable before our tables */
	hpa_t image;		/* where the image was loaded */
	u64 boot_hwid;
};
_Noreturn void core_main(const struct boot_info *boot);
_Noreturn void core_secondary_main(struct cpu *cpu);

/* A host interrupt is pending: irq_dispatch() of <vmm/irq.h>. */
/* The same in our own code: at its end another thread may run.  Masked. */
void irq_dispatch_own(void);

/* An exception in our own code, when its stack pointer was sp. */
struct arch_frame;
_Noreturn void trap_panic(const struct arch_frame *frame, u64 sp);
void arch_frame_dump(const struct arch_frame *frame, struct console *con);
/*
 * Calls fn, which does not return, with the caller's own registers, on its
 * stack: pc is this call.
 */
void arch_frame_call(void (*fn)(const struct arch_frame *frame));
/* As arch_gdb_at(), of the runs of the first feature. */
const void *arch_frame_at(const struct arch_frame *frame, size_t run,
			  unsigned n);

#endif
