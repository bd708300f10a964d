// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes boot archives: mount, list and read all (LLVM's libFuzzer). */
#include <libs/printf.h>
#include <vmm/file.h>
#include <vmm/types.h>

static volatile u8 sink;

static void read_entry(const struct file_entry *e, void *arg)
{
	char path[64];
	struct file f;

	(void)arg;
	snprintf(path, sizeof(path), "/%s", e->name);
	if (file_open(path, &f))
		return;
	for (u64 i = 0; i < f.size; i++)
		sink = f.data[i];
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	file_mount(data, size);
	file_list("/", read_entry, NULL);
	file_unmount();
	return 0;
}
