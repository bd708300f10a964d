// SPDX-License-Identifier: GPL-2.0-or-later
/* From the architecture's entry to the terminal: the order of the boot. */

#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/cpu.h>
#include <vmm/daemon.h>
#include <vmm/device.h>
#include <vmm/dt.h>
#include <vmm/file.h>
#include <vmm/guest.h>
#include <vmm/hostmap.h>
#include <vmm/image.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/memory.h>
#include <vmm/options.h>
#include <vmm/page.h>
#include <vmm/random.h>
#include <vmm/sched.h>
#include <vmm/timer.h>

#define HOST_TREE_MAX	MIB(2)

/* Nothing works without these: who fails has said why. */
static void need(int rc, const char *what)
{
	if (rc)
		panic("boot: %s: %s", what, errno_text(rc));
}

/* Until allocators and our own tables are there. */
static BOOT_TEXT void boot_memory(const struct boot_info *boot)
{
	dt_host = boot->dtb_va;
	need(dt_check(dt_host, HOST_TREE_MAX, "host tree"), "host tree");
	options_init();
	arch_patch_apply();
	need(memory_init(boot), "memory");
	need(hostmap_init(boot), "host mappings");
	dt_host = hpa_to_ptr(boot->dtb);
	memory_release_all();
}

static BOOT_TEXT void boot_devices(const struct boot_info *boot)
{
	device_early_console(hostmap_io);
	need(arch_cpu_init(this_cpu()), "first CPU");
	need(cpu_init(boot->boot_hwid), "CPUs");
	sched_init();
	device_scan(DRIVER_EARLY);
	need(irq_chip() ? 0 : -ENODEV, "interrupt controller");
	need(timer_is_there() ? 0 : -ENODEV, "timer");
	timer_init_cpu();
}

/* In a thread: drivers, files and CPUs may have to be waited for. */
static BOOT_TEXT void boot_services(void *arg)
{
	(void)arg;
	device_scan(DRIVER_NORMAL);
	random_init((void *)(uintptr_t)dt_host);
	cpu_start_all();
	need(guest_console_init(), "console rings");
	need(guest_init(), "guests");
	if (arch_guests_init())
		log_error("boot: guests cannot run on this machine");
	file_mount_archive();
	daemons_start();
}

static void boot_thread(void *arg)
{
	boot_services(arg);
	hostmap_free_boot();
}

_Noreturn void core_main(const struct boot_info *boot)
{
	struct thread *t;

	boot_memory(boot);
	boot_devices(boot);
	need(thread_create("boot", boot_thread, NULL, &t), "boot thread");
	thread_start(t);
	sched_idle();
}
