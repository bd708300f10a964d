// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes the words of the boot loader's command line (LLVM's libFuzzer). */
#include <libs/string.h>
#include <vmm/heap.h>
#include <vmm/options.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text HEAP_SCOPED = heap_alloc(size + 1);

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	options_parse(text);
	return 0;
}
