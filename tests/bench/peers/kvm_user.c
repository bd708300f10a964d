// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The smallest user of KVM (Documentation/virt/kvm/api.rst), the only program
 * of a machine: runs the guest /guest.bin, shows what it writes to its UART,
 * and ends the machine.  Lines "peer NAME VALUE" are its own figures: ticks of
 * the counter, or bytes.  The environment, which the kernel's command line is,
 * chooses:
 *   guest_entry=OFFSET     where in RAM a guest that is not raw goes
 *   guest_dry=1            it is not run
 *   guest_cpus=N           it has as many VCPUs, each on a CPU of its own
 *   guest_beside=PRIORITY  beside it, on its CPU, runs another one of the same
 *                          binary with the tree /beside.dtb; both are of
 *                          SCHED_FIFO, the first one of priority 2
 */
#define _GNU_SOURCE
#include "kvm_user.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define RAM_SIZE	(256ull << 20)
/* An initramfs, or what is as large as a kernel and one. */
#define LOAD_SIZE	(28ull << 20)
#define LOAD_OFFSET	(64ull << 20)
#define GUEST_SECONDS	200
#define GUEST_PRIORITY	2
/* Until a guest beside does what it is there for. */
#define BESIDE_MICROSECONDS	100000
/* Where in its UART a guest stores to leave the CPU to another one. */
#define UART_YIELD	0xf00
/* Until the kernel has done what it puts off at boot. */
#define SETTLE_SECONDS	10

static char console[1 << 16];
static size_t console_length;

static void machine_off(void)
{
	fwrite(console, 1, console_length, stdout);
	fflush(stdout);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

int need(int result, const char *what)
{
	if (result >= 0)
		return result;
	printf("\npeer failed: %s: %m\n", what);
	machine_off();
	return result;
}

void register_set(const struct vm *vm, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	need(ioctl(vm->cpus[0], KVM_SET_ONE_REG, &reg), "a register");
}

static void figure(const char *name, uint64_t value)
{
	printf("peer %s %llu\n", name, (unsigned long long)value);
}

static uint64_t free_bytes(void)
{
	struct sysinfo info;

	need(sysinfo(&info), "sysinfo");
	return (uint64_t)info.freeram * info.mem_unit;
}

/* ---- before ---- */

static void console_open(void)
{
	int fd;

	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	fd = open("/dev/console", O_RDWR);
	for (int i = 0; i < 3 && fd >= 0; i++)
		dup2(fd, i);
}

/* Where KVM is no part of the kernel. */
static void module_load(void)
{
	const int fd = open("/kvm.ko", O_RDONLY);

	if (fd >= 0)
		need((int)syscall(SYS_finit_module, fd, "", 0), "kvm.ko");
}

/* What stands for a kernel and its initramfs, unless one is there. */
static void load_file_make(void)
{
	static char block[1 << 16];
	const int fd = open("/load", O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return;
	memset(block, 0x5a, sizeof(block));
	for (uint64_t done = 0; done < LOAD_SIZE; done += sizeof(block))
		need((int)write(fd, block, sizeof(block)), "/load");
	close(fd);
}

/* ---- the guest ---- */

static void file_read(const char *name, char *to, size_t size)
{
	const int fd = need(open(name, O_RDONLY), name);

	while (size) {
		const ssize_t n = read(fd, to, size);

		need((int)n, name);
		if (n == 0)
			break;
		to += n;
		size -= (size_t)n;
	}
	close(fd);
}

static char *ram_create(const struct vm *vm)
{
	char *ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = ram_base,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)ram,
	};

	need(ram == MAP_FAILED ? -1 : 0, "guest RAM");
	need(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &slot), "guest RAM");
	return ram;
}

/* The environment's number of that name, or what it is otherwise. */
static uint64_t chosen(const char *name, uint64_t otherwise)
{
	const char *said = getenv(name);

	return said ? strtoull(said, NULL, 0) : otherwise;
}

static struct vm vm_create(const char *tree)
{
	const uint64_t entry = chosen("guest_entry", raw_offset);
	struct vm vm = { .cpu_count = (unsigned)chosen("guest_cpus", 1) };
	char *ram;

	need(vm.cpu_count > MAX_CPUS ? -1 : 0, "guest_cpus");
	vm.kvm = need(open("/dev/kvm", O_RDWR), "/dev/kvm");
	vm.fd = need(ioctl(vm.kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	ram = ram_create(&vm);
	for (unsigned i = 0; i < vm.cpu_count; i++)
		vm.cpus[i] = need(ioctl(vm.fd, KVM_CREATE_VCPU, i),
				  "KVM_CREATE_VCPU");
	irqchip_create(&vm);
	vcpus_setup(&vm, ram_base + entry);
	file_read("/guest.bin", ram + entry, TREE_OFFSET - entry);
	file_read(tree, ram + TREE_OFFSET, 1 << 20);
	file_read("/load", ram + LOAD_OFFSET, LOAD_SIZE);
	return vm;
}

/*
 * Kept until the guest has ended: a console that still sends would disturb what
 * is measured next.
 */
static void uart_put(char c)
{
	if (console_length < sizeof(console))
		console[console_length++] = c;
}

/* There is a UART and nothing else. */
static void mmio_handle(struct kvm_run *run)
{
	const uint64_t offset = run->mmio.phys_addr - uart_base;

	if (!run->mmio.is_write) {
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		run->mmio.data[0] = uart_read(offset);
	} else if (offset == 0) {
		uart_put((char)run->mmio.data[0]);
	} else if (offset == UART_YIELD) {
		sched_yield();
	}
}

/* Of a VCPU that left; does it go on? */
static bool exit_handle(struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		mmio_handle(run);
		return true;
	case KVM_EXIT_SYSTEM_EVENT:
		return false;
	default:
		printf("\npeer failed: exit %u\n", run->exit_reason);
		return false;
	}
}

/* Until the guest turns itself off. */
static void vcpu_run(const struct vm *vm, unsigned index)
{
	const int cpu = vm->cpus[index];
	const int size = need(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
			      "KVM_GET_VCPU_MMAP_SIZE");
	struct kvm_run *run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
				   MAP_SHARED, cpu, 0);

	need(run == MAP_FAILED ? -1 : 0, "kvm_run");
	if (index == 0)
		clock_setup(vm);
	do {
		need(ioctl(cpu, KVM_RUN, 0), "KVM_RUN");
	} while (exit_handle(run));
}

/* ---- threads ---- */

struct runner {
	const struct vm *vm;
	unsigned index;		/* of the VCPU, and the CPU it is on */
	int priority;		/* 0: an ordinary thread */
};

static void thread_place(const struct runner *r)
{
	const struct sched_param p = { .sched_priority = r->priority };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(r->index, &set);
	/* Fails where there is one CPU for all. */
	sched_setaffinity(0, sizeof(set), &set);
	if (r->priority)
		need(sched_setscheduler(0, SCHED_FIFO, &p), "SCHED_FIFO");
}

static void *runner_main(void *arg)
{
	const struct runner *r = arg;

	thread_place(r);
	vcpu_run(r->vm, r->index);
	return NULL;
}

static void runner_begin(struct runner *r)
{
	pthread_t thread;

	need(-pthread_create(&thread, NULL, runner_main, r), "a thread");
}

static void guest_late(int number)
{
	(void)number;
	need(-1, "the guest does not end");
}

/* The first VCPU by this thread, others by some of their own. */
static void vm_run(const struct vm *vm, int priority)
{
	static struct runner others[MAX_CPUS];
	const struct runner first = { vm, 0, priority };

	thread_place(&first);
	for (unsigned i = 1; i < vm->cpu_count; i++) {
		others[i] = (struct runner){ vm, i, priority };
		runner_begin(&others[i]);
	}
	signal(SIGALRM, guest_late);
	alarm(GUEST_SECONDS);
	vcpu_run(vm, 0);
}

/* Of a thread that is above the other's, or it would not come to it. */
static void beside_begin(int priority)
{
	static struct runner beside;
	static struct vm vm;
	const struct runner first = { .priority = GUEST_PRIORITY };

	vm = vm_create("/beside.dtb");
	beside = (struct runner){ &vm, 0, priority };
	thread_place(&first);
	runner_begin(&beside);
	usleep(BESIDE_MICROSECONDS);
}

int main(void)
{
	const int beside = (int)chosen("guest_beside", 0);
	const uint64_t boot = counter_now(), free = free_bytes();
	uint64_t begin;
	struct vm vm;

	console_open();
	module_load();
	figure("boot", boot);
	figure("free", free);
	load_file_make();
	sleep(SETTLE_SECONDS);
	begin = counter_now();
	vm = vm_create("/guest.dtb");
	figure("create", counter_now() - begin);
	if (beside)
		beside_begin(beside);
	if (!getenv("guest_dry"))
		vm_run(&vm, beside ? GUEST_PRIORITY : 0);
	machine_off();
}
