// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives files to a fuzzer, without mutation, where libFuzzer is not there: by
 * gcc, to count what they reach.  The name that it is called by chooses.
 */
#include <stdio.h>
#include <stdlib.h>

#include <vmm/types.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static bool give(const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;
	u8 *data;
	bool good;

	if (!file || fseek(file, 0, SEEK_END))
		return false;
	size = ftell(file);
	data = size < 0 ? NULL : malloc((size_t)size + 1);
	if (!data)
		return false;
	rewind(file);
	good = fread(data, 1, (size_t)size, file) == (size_t)size;
	fclose(file);
	if (good)
		LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return good;
}

int main(int argc, char **argv)
{
	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		if (!give(argv[i])) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			return 1;
		}
	}
	return 0;
}
