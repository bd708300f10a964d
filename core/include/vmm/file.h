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

/*
 * Finds the archive in the slot that the host's tree names, unpacks and
 * mounts it.  None at all is no error.  As file_mount(); once, at boot.
 */
int file_mount_archive(void);

/*
 * Adds an archive at data, which must stay.  What is damaged is reported and
 * left out, what comes before it stays usable: -EBADMSG, -E2BIG, -ENOMEM.
 * Of equal paths the last one counts.
 */
int file_mount(const void *data, size_t size);
/* Forgets all; nobody has a file open.  For tests. */
void file_unmount(void);

/*
 * -ENOENT, -EISDIR, -ENOMEM: not reported.  Paths begin at the root; "." and
 * ".." are resolved within it.
 */
int file_open(const char *path, struct file *out);

/* Entries of a directory in name order; -ENOENT, -ENOTDIR, -ENOMEM. */
struct file_entry {
	const char *name;		/* only during the call */
	u64 size;
	bool is_directory;
};
int file_list(const char *path,
	      void (*fn)(const struct file_entry *e, void *arg), void *arg);

#endif
