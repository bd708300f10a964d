/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that guests of suites are made of. */
#ifndef TESTS_SUITES_GUEST_FILES_H
#define TESTS_SUITES_GUEST_FILES_H

#include <vmm/types.h>

#define FILES_KERNEL	"/starved/kernel"
#define FILES_PACKED	"/starved/kernel.gz"
#define FILES_INITRD	"/starved/initrd"
#define FILES_TREE	"/starved/guest.dtb"	/* of the usual variant */
#define FILES_SCRIPT	"/starved/script"

/*
 * Puts them in the file system, beside what is there; once.  False: could
 * not.  Inside the hypervisor they stay.
 */
bool guest_files_add(void);

#endif
