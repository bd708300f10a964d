/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot archives of a few small files, for suites that need some. */
#ifndef TESTS_SUITES_ARCHIVE_H
#define TESTS_SUITES_ARCHIVE_H

#include <vmm/types.h>

void archive_begin(void);
void archive_add(const char *name, const char *data, size_t size);
/* As file_mount(); to be ended by file_unmount(). */
int archive_mount(void);

#endif
