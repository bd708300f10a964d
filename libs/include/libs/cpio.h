/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks cpio archives in memory: the "new ASCII" format of cpio(5), magic
 * 070701, and its twin 070702, whose checksum is not looked at.  Several
 * archives may follow each other with zero bytes between them.  The archive
 * may hold anything: nothing beyond it is read.
 *
 *	struct cpio c;
 *	struct cpio_entry e;
 *	cpio_init(&c, data, size);
 *	while ((result = cpio_next(&c, &e)) == CPIO_ENTRY) ...
 */
#ifndef LIBS_CPIO_H
#define LIBS_CPIO_H

#include <vmm/types.h>

/* Kinds of file in an entry's mode. */
#define CPIO_MODE_KIND		0170000u
#define CPIO_MODE_SYMLINK	0120000u
#define CPIO_MODE_FILE		0100000u
#define CPIO_MODE_DIRECTORY	0040000u

enum cpio_result {
	CPIO_ENTRY,		/* the entry is filled in */
	CPIO_END,		/* all archives ended as they should */
	CPIO_MALFORMED,		/* reason and offset say what and where */
};

/* Pointers lead into the archive. */
struct cpio_entry {
	const char *name;	/* ends with a zero byte, is not empty */
	const u8 *data;		/* a symlink's data is its target */
	size_t size;		/* of data */
	u32 mode;
	u32 inode;		/* with device: entries that share them are */
	u64 device;		/* one file, whose data comes with the last */
	u32 link_count;
	u32 time;		/* of modification, seconds since 1970 */
};

struct cpio {
	const u8 *data;
	size_t size;
	size_t start;		/* of the archive that we are in */
	size_t offset;		/* of the next header; of the bad one */
	const char *reason;	/* after CPIO_MALFORMED */
	bool inside;		/* the trailer is still to come */
};

/* data must stay for as long as the walk and the entries' users. */
void cpio_init(struct cpio *c, const void *data, size_t size);

/* After CPIO_END and CPIO_MALFORMED each further call says the same. */
enum cpio_result cpio_next(struct cpio *c, struct cpio_entry *entry);

#endif
