// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes archives: cpio(5), "new ASCII". */
#include "archive.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/file.h>

static u8 archive[KIB(16)] ALIGNED(4);
static size_t used;

void archive_begin(void)
{
	used = 0;
	memset(archive, 0, sizeof(archive));
}

void archive_add(const char *name, const char *data, size_t size)
{
	char header[111];
	size_t name_size = strlen(name) + 1;

	snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08zx"
		 "%08x%08x%08x%08x%08zx%08x", 1, 0100644, 0, 0, 1, 0, size,
		 0, 0, 0, 0, name_size, 0);
	memcpy(archive + used, header, 110);
	memcpy(archive + used + 110, name, name_size);
	used = ALIGN_UP(used + 110 + name_size, 4u);
	memcpy(archive + used, data, size);
	used = ALIGN_UP(used + size, 4u);
}

int archive_mount(void)
{
	archive_add("TRAILER!!!", "", 0);
	return file_mount(archive, used);
}
