// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The end: our own mistake, told on the host console by polling, then the
 * machine halts, starts again after a while, or waits for a debugger: option
 * panic=halt, panic=SECONDS, panic=gdb; stop is halt and reboot is 0.
 */
#include <libs/parse.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/gdb.h>
#include <vmm/guest.h>
#include <vmm/hostmap.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/options.h>
#include <vmm/panic.h>
#include <vmm/symbols.h>
#include <vmm/trace.h>

#define FRAMES_MAX	24
#define TRACE_MAX	32
#define LOG_MAX		1024		/* bytes */
#define NO_CPU		(~0u)
#define FRAME_ROOM	512		/* bytes, of a usual function */

#define SECONDS_MAX	86400u

static bool reboot, debug;
static u32 reboot_seconds;		/* after the report */
static u32 panic_cpu = NO_CPU;		/* a: index of who came first */

static bool parse_panic(const char *value)
{
	reboot_seconds = 0;
	reboot = string_equal(value, "reboot") ||
		 (!parse_u32(value, &reboot_seconds) &&
		  reboot_seconds <= SECONDS_MAX);
	debug = string_equal(value, "gdb");
	return reboot || debug || string_equal(value, "stop") ||
	       string_equal(value, "halt");
}
OPTION(panic, parse_panic);

static void panic_write(struct console *con, const char *data, size_t size)
{
	host_console_write(data, size);
}

static struct console out = { .write = panic_write };

static const struct arch_frame *frames[CONFIG_CPU_MAX];	/* a */

const struct arch_frame *panic_frame(unsigned cpu)
{
	return __atomic_load_n(&frames[cpu], __ATOMIC_ACQUIRE);
}

static void set_frame(const struct arch_frame *frame)
{
	__atomic_store_n(&frames[this_cpu()->index], frame, __ATOMIC_RELEASE);
}

static _Noreturn void stop(void)
{
	irq_mask();
	for (;;)
		arch_cpu_idle();
}

static void stop_at(const struct arch_frame *frame)
{
	set_frame(frame);
	stop();
}

void panic_stop_others(void)
{
	u32 first = __atomic_load_n(&panic_cpu, __ATOMIC_ACQUIRE);

	if (unlikely(first != NO_CPU) && first != this_cpu()->index)
		arch_frame_call(stop_at);
}

/* Only the first CPU speaks, and only once. */
static void enter(void)
{
	u32 nobody = NO_CPU;

	irq_mask();
	if (!__atomic_compare_exchange_n(&panic_cpu, &nobody,
					 this_cpu()->index, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		stop();
	host_console_panic();
	for_each_online_cpu(c)
		if (c != this_cpu() && irq_chip())
			irq_chip()->send_ipi(c);
}

static void print_where(const struct cpu *cpu)
{
	const struct thread *t = cpu->current;

	con_printf(&out, "cpu %u, thread %s", cpu->index,
		   t ? t->name : "none");
	if (t && t->vcpu)
		con_printf(&out, ", guest %s/%u", t->vcpu->guest->name,
			   t->vcpu->index);
	con_printf(&out, "\n");
}

static void print_others(void)
{
	for_each_online_cpu(c)
		if (c != this_cpu())
			print_where(c);
}

static void print_backtrace(void)
{
	u64 pcs[FRAMES_MAX];
	size_t count = arch_backtrace(pcs, FRAMES_MAX);

	con_printf(&out, "called from:\n");
	for (size_t i = 0; i < count; i++)
		symbols_print_return(pcs[i], &out);
}

static void serve(void)
{
	con_printf(&out, "waiting for gdb: `kill` reboots, `detach` halts\n");
	reboot = gdb_panic();
}

static void finish(const struct arch_frame *frame)
{
	set_frame(frame);
	print_backtrace();
	con_printf(&out, "others, as they were stopped:\n");
	print_others();
	con_printf(&out, "last of the log:\n");
	log_dump_last(&out, LOG_MAX);
	con_printf(&out, "traced last:\n");
	trace_dump(&out, TRACE_MAX);
	if (debug)
		serve();
	if (!reboot) {
		con_printf(&out, "stopped\n");
		stop();
	}
	if (reboot_seconds)
		con_printf(&out, "rebooting in %u s\n", reboot_seconds);
	clock_delay(reboot_seconds * 1000000000ull);
	con_printf(&out, "rebooting\n");
	cpu_machine_reset();
	stop();
}

void panic(const char *fmt, ...)
{
	va_list ap;

	enter();
	con_printf(&out, "\npanic: ");
	va_start(ap, fmt);
	con_vprintf(&out, fmt, ap);
	va_end(ap);
	con_printf(&out, "\n");
	print_where(this_cpu());
	arch_frame_call(finish);
	stop();
}

/* Below a stack lies a page that is not mapped. */
static bool is_at_guard(u64 sp)
{
	const u64 below = sp - FRAME_ROOM;
	hpa_t ignored;

	return hostmap_translate((const void *)(uintptr_t)below, &ignored);
}

void trap_panic(const struct arch_frame *frame, u64 sp)
{
	enter();
	con_printf(&out, "\npanic: %s in the hypervisor\n",
		   is_at_guard(sp) ? "stack overflow" : "exception");
	print_where(this_cpu());
	arch_frame_dump(frame, &out);
	finish(frame);
	stop();
}
