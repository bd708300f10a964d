/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel images: recognised by header, placed by their format's rules.
 * Identification and planning are pure; loading writes guest memory.
 */
#ifndef VMM_IMAGE_LOADER_H
#define VMM_IMAGE_LOADER_H

#include <vmm/types.h>

struct guest;
struct guest_config;
struct vcpu_start;

enum kernel_format {
	KERNEL_ARM64_IMAGE, KERNEL_RISCV_IMAGE, KERNEL_ARM_ZIMAGE,
	KERNEL_BZIMAGE, KERNEL_ELF, KERNEL_RAW,
};

/* What a header says; all offsets and sizes bounds-checked. */
struct kernel_info {
	enum kernel_format format;
	u64 text_offset;	/* from a 2 MiB boundary of RAM, by format */
	u64 memory_size;	/* with its bss */
	u64 entry;		/* absolute (ELF) or offset from the start */
};

/*
 * Pure.  -ENOEXEC: for another architecture, or a header that lies;
 * reported with `name` and what is wrong.
 */
int kernel_identify(const u8 *data, u64 size, const char *name,
		    struct kernel_info *out);

/*
 * Pure: is that how a kernel of this architecture begins that is a flat image
 * with a header?  The bytes that it takes, or 0; *code: where it has code
 * first, if it says so.
 */
u64 kernel_extent(const u8 *data, u64 size, u64 *code);

/*
 * Pure: where in RAM everything goes.  QEMU's places where they fit, which
 * keep the rules of Linux's Documentation/arch/arm64/booting.rst: kernel at
 * a 2 MiB boundary + text_offset, initrd in its 32 GiB window, tree within
 * 2 MiB and never across a boundary of 2 MiB.
 */
struct image_needs {
	const char *name;			/* of the guest */
	u64 ram_base, ram_size;
	const struct kernel_info *kernel;	/* NULL: firmware starts */
	u64 initrd_size, tree_size;		/* initrd 0: none */
};
struct image_plan {
	u64 kernel, entry;
	u64 initrd;
	u64 tree;
};
/*
 * Pure: the bank that kernel and tree go to, into needs: the lowest, or the
 * one that an ELF kernel names.  config has memory.
 */
void image_plan_choose(const struct guest_config *config,
		       struct image_needs *needs);
/* -ERANGE, reported with the sizes, when it does not fit. */
int image_plan_make(const struct image_needs *needs, struct image_plan *out);

/*
 * Puts firmware, kernel, initrd and tree into g's memory as its config says
 * and tells how the first VCPU begins.  Called at creation and at reset.
 * Everything readable with caches off.  Reported.
 */
int image_load_guest(struct guest *g, struct vcpu_start *start);

#endif
