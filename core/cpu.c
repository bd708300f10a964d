// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Host CPUs: which ones the host's tree describes (Devicetree Specification
 * 0.4, 3.7 and 3.8), and how they come up.
 */
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/cpu.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/hostmap.h>
#include <vmm/irq.h>
#include <vmm/log.h>
#include <vmm/sched.h>
#include <vmm/timer.h>

#include <libs/string.h>

#define OPS_MAX		4
#define START_NS	1000000000ull

struct cpu cpus[CONFIG_CPU_MAX];
unsigned cpu_count = 1;
cpu_mask_t cpu_online_mask;

static struct dt_node cpu_nodes[CONFIG_CPU_MAX];	/* c */
static const struct cpu_ops *all_ops[OPS_MAX];		/* c */
static unsigned ops_count;

void cpu_ops_register(const struct cpu_ops *ops)
{
	if (ops_count == OPS_MAX) {
		log_error("cpu: more than %d ways to start or stop CPUs",
			  OPS_MAX);
		return;
	}
	all_ops[ops_count++] = ops;
}

static bool is_named(const struct cpu_ops *ops, const char *name)
{
	if (!name || !ops->name)
		return name == ops->name;
	return string_equal(ops->name, name);
}

static const struct cpu_ops *ops_find(const char *name)
{
	unsigned i;

	for (i = 0; i < ops_count; i++) {
		if (all_ops[i]->start && is_named(all_ops[i], name))
			return all_ops[i];
	}
	return NULL;
}

/* ---- What the tree says ---- */

static bool is_cpu(struct dt_node n)
{
	const char *type = dt_string(n, "device_type", 0);

	return type && string_equal(type, "cpu") && dt_is_available(n);
}

static bool is_known(u64 hwid)
{
	unsigned i;

	for (i = 0; i < cpu_count; i++) {
		if (cpus[i].hwid == hwid)
			return true;
	}
	return false;
}

/* False: there is no room left. */
static bool add_cpu(struct dt_node n, u64 boot_hwid)
{
	u64 hwid;

	if (!dt_reg_raw(n, 0, &hwid)) {
		log_warning("cpu: %s: no usable reg, left out", dt_name(n));
		return true;
	}
	if (hwid == boot_hwid) {
		cpu_nodes[0] = n;
		return true;
	}
	if (is_known(hwid)) {
		log_warning("cpu: %s: described twice", dt_name(n));
		return true;
	}
	if (cpu_count == CONFIG_CPU_MAX)
		return false;
	cpus[cpu_count].hwid = hwid;
	cpus[cpu_count].index = cpu_count;
	cpu_nodes[cpu_count++] = n;
	return true;
}

static void set_online(struct cpu *cpu)
{
	__atomic_fetch_or(&cpu_online_mask, CPU_MASK(cpu->index),
			  __ATOMIC_RELAXED);
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
}

int cpu_init(u64 boot_hwid)
{
	struct dt_node parent = dt_find_path(dt_host, "/cpus");
	unsigned left_out = 0, i;

	for (i = 0; i < CONFIG_CPU_MAX; i++)
		cpu_nodes[i] = DT_NONE;
	cpus[0].hwid = boot_hwid;
	set_online(&cpus[0]);
	dt_for_each_child(n, parent) {
		if (is_cpu(n) && !add_cpu(n, boot_hwid))
			left_out++;
	}
	if (left_out)
		log_warning("cpu: %u CPUs beyond %u stay off", left_out,
			    CONFIG_CPU_MAX);
	if (!dt_exists(cpu_nodes[0]))
		return fail(-EBADMSG,
			    "cpu: the boot CPU %llx is not in the tree",
			    (unsigned long long)boot_hwid);
	return 0;
}

/* ---- Starting ---- */

static bool came_online(const struct cpu *cpu)
{
	struct clock_limit limit = clock_limit(START_NS);

	while (!__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE)) {
		if (clock_limit_is_over(&limit))
			return false;
		cpu_relax();
	}
	return true;
}

static int start(struct cpu *cpu)
{
	struct dt_node n = cpu_nodes[cpu->index];
	const char *method = dt_string(n, "enable-method", 0);
	const struct cpu_ops *ops = ops_find(method);
	hpa_t entry;
	u8 *stack;
	u64 arg;
	int err;

	if (!ops)
		return fail(-ENOTSUP, "cpu: %s: enable-method %s is not known",
			    dt_name(n), method ? method : "(none)");
	err = hostmap_stack(ARCH_STACK_SIZE, &stack);
	if (err)
		return fail(err, "cpu: %s: no memory for its stack",
			    dt_name(n));
	cpu->boot_stack_top = stack + ARCH_STACK_SIZE;
	entry = arch_cpu_entry(cpu, &arg);
	err = ops->start(cpu, entry, arg);
	if (err) {
		hostmap_stack_free(stack, ARCH_STACK_SIZE);
		return err;
	}
	/* It may come yet: its stack stays. */
	if (!came_online(cpu))
		return fail(-ETIMEDOUT, "cpu: %s: was started, never came up",
			    dt_name(n));
	return 0;
}

void cpu_start_all(void)
{
	unsigned i, running = 1;

	for (i = 1; i < cpu_count; i++) {
		if (!start(&cpus[i]))
			running++;
	}
	log_info("cpu: %u of %u CPUs run", running, cpu_count);
}

/* Its entry code has set the per-CPU pointer and runs on its boot stack. */
_Noreturn void core_secondary_main(struct cpu *cpu)
{
	hostmap_load();
	if (arch_cpu_init(cpu)) {
		for (;;)
			arch_cpu_idle();
	}
	irq_init_cpu();
	timer_init_cpu();
	sched_init_cpu(cpu);
	set_online(cpu);
	sched_idle();
}

/* ---- The machine's power ---- */

static void try_off(bool last)
{
	for (unsigned i = 0; i < ops_count; i++)
		if (all_ops[i]->machine_off && all_ops[i]->off_last == last)
			all_ops[i]->machine_off();
}

int cpu_machine_off(void)
{
	try_off(false);
	try_off(true);
	return -ENOTSUP;
}

int cpu_machine_reset(void)
{
	unsigned i;

	for (i = 0; i < ops_count; i++) {
		if (all_ops[i]->machine_reset)
			all_ops[i]->machine_reset();
	}
	return -ENOTSUP;
}
