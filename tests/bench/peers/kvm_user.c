// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The smallest user of KVM (Documentation/virt/kvm/api.rst), the only program
 * of a machine: runs the guest /guest.bin, shows what it writes to its UART,
 * and ends the machine.  Lines "peer NAME VALUE" are its own figures: ticks of
 * the counter, or bytes.  guest_entry=OFFSET in the environment, which the
 * kernel's command line is, says where in RAM a guest that is not raw goes,
 * guest_dry=1 that it is not run.
 */
#include "kvm_user.h"

#include <fcntl.h>
#include <linux/kvm.h>
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
#define GUEST_SECONDS	60
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

	need(ioctl(vm->cpu, KVM_SET_ONE_REG, &reg), "a register");
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

static uint64_t entry_offset(void)
{
	const char *said = getenv("guest_entry");

	return said ? strtoull(said, NULL, 0) : raw_offset;
}

static struct vm vm_create(void)
{
	const uint64_t entry = entry_offset();
	struct vm vm;
	char *ram;

	vm.kvm = need(open("/dev/kvm", O_RDWR), "/dev/kvm");
	vm.fd = need(ioctl(vm.kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	ram = ram_create(&vm);
	vm.cpu = need(ioctl(vm.fd, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	irqchip_create(&vm);
	vcpu_setup(&vm, ram_base + entry);
	file_read("/guest.bin", ram + entry, TREE_OFFSET - entry);
	file_read("/guest.dtb", ram + TREE_OFFSET, 1 << 20);
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

static void guest_late(int number)
{
	(void)number;
	need(-1, "the guest does not end");
}

static void vm_run(const struct vm *vm)
{
	const int size = need(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
			      "KVM_GET_VCPU_MMAP_SIZE");
	struct kvm_run *run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
				   MAP_SHARED, vm->cpu, 0);

	need(run == MAP_FAILED ? -1 : 0, "kvm_run");
	signal(SIGALRM, guest_late);
	alarm(GUEST_SECONDS);
	clock_setup(vm);
	do {
		need(ioctl(vm->cpu, KVM_RUN, 0), "KVM_RUN");
	} while (exit_handle(run));
}

int main(void)
{
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
	vm = vm_create();
	figure("create", counter_now() - begin);
	if (!getenv("guest_dry"))
		vm_run(&vm);
	machine_off();
}
