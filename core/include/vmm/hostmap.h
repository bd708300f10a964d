/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's own address space: the image (text read-execute, rodata
 * read-only, the rest read-write), all RAM linearly, and a dynamic area for
 * device registers and stacks with guard pages.
 */
#ifndef VMM_HOSTMAP_H
#define VMM_HOSTMAP_H

#include <vmm/arch.h>
#include <vmm/types.h>

/*
 * Builds our tables from memory_early_page() and runs on them: W^X from
 * here on.  After memory_init(), before any allocator.
 */
int hostmap_init(const struct boot_info *boot);
void hostmap_load(void);		/* a secondary CPU, on itself */
hpa_t hostmap_root(void);

/* Device registers, any alignment; unmapped by the base it returned. */
int hostmap_io(hpa_t pa, size_t size, void **out);
void hostmap_io_unmap(void *va, size_t size);

/* A stack with an unmapped guard page below; size is page multiple. */
int hostmap_stack(size_t size, u8 **out);
void hostmap_stack_free(u8 *stack, size_t size);

/* Physical address behind any mapped pointer.  -EFAULT. */
int hostmap_translate(const void *va, hpa_t *out);
/* It can be read, and the page around it, without effect on a device. */
bool hostmap_is_memory(const void *va);

/* Makes text of the boot phase free memory; called once, at the end of it. */
void hostmap_free_boot(void);

/* Walks the live tables: -EPERM, reported, when a page is W and X. */
int hostmap_check_wx(void);

/* Physical address of something in the image (symbols of the script). */
hpa_t hostmap_image_hpa(const void *p);

#endif
