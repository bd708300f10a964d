/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files: the boot archive (cpio newc, plain or gzip) mounted at `/`.  Other
 * file systems join as members of a set later.
 */
#ifndef VMM_FILE_H
#define VMM_FILE_H

#include <vmm/types.h>

/* An open regular file; data stays valid for as long as the archive. */
struct file {
	const char *path;
	const u8 *data;
	u64 size;
};

/* Finds and unpacks the archive; bad ones are reported and left out. */
int file_mount_archive(void);

/* -ENOENT, -EISDIR: not reported.  Paths are absolute; "." and ".." resolved
 * within the root. */
int file_open(const char *path, struct file *out);

/* Entries of a directory in name order; -ENOENT, -ENOTDIR. */
struct file_entry {
	const char *name;
	u64 size;
	bool is_directory;
};
int file_list(const char *path,
	      void (*fn)(const struct file_entry *e, void *arg), void *arg);

#endif
