// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The end: our own mistake, told on the host console by polling, then the
 * machine stops or starts again (option panic=stop|reboot).
 */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/console.h>
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
#define NO_CPU		(~0u)
#define FRAME_ROOM	512		/* bytes, of a usual function */

static bool reboot;
static u32 panic_cpu = NO_CPU;		/* a: index of who came first */

static bool parse_panic(const char *value)
{
	reboot = string_equal(value, "reboot");
	return reboot || string_equal(value, "stop");
}
OPTION(panic, parse_panic);

static void panic_write(struct console *con, const char *data, size_t size)
{
	host_console_write(data, size);
}

static struct console out = { .write = panic_write };

static _Noreturn void stop(void)
{
	irq_mask();
	for (;;)
		arch_cpu_idle();
}

void panic_stop_others(void)
{
	u32 first = __atomic_load_n(&panic_cpu, __ATOMIC_ACQUIRE);

	if (unlikely(first != NO_CPU) && first != this_cpu()->index)
		stop();
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

static void print_where(void)
{
	const struct thread *t = thread_current();

	con_printf(&out, "cpu %u, thread %s", this_cpu()->index,
		   t ? t->name : "none");
	if (t && t->vcpu)
		con_printf(&out, ", guest %s/%u", t->vcpu->guest->name,
			   t->vcpu->index);
	con_printf(&out, "\n");
}

static void print_backtrace(void)
{
	u64 pcs[FRAMES_MAX];
	size_t count = arch_backtrace(pcs, FRAMES_MAX);

	con_printf(&out, "called from:\n");
	for (size_t i = 0; i < count; i++)
		symbols_print(pcs[i], &out);
}

static _Noreturn void finish(void)
{
	print_backtrace();
	con_printf(&out, "last of the log:\n");
	log_dump_last(&out);
	con_printf(&out, "traced last:\n");
	trace_dump(&out, TRACE_MAX);
	con_printf(&out, reboot ? "rebooting\n" : "stopped\n");
	if (reboot)
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
	print_where();
	finish();
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
	print_where();
	arch_frame_dump(frame, &out);
	finish();
}
