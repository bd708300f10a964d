/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel images: recognised by header, placed by their format's rules.
 * Identification and planning are pure; loading writes guest memory.
 */
#ifndef VMM_IMAGE_LOADER_H
#define VMM_IMAGE_LOADER_H

#include <vmm/types.h>

struct guest;
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
 * Puts firmware, kernel, initrd and tree into g's memory as its config says
 * and tells how the first VCPU begins.  Called at creation and at reset.
 * Everything readable with caches off.  Reported.
 */
int image_load_guest(struct guest *g, struct vcpu_start *start);

#endif
