// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes ELF files: headers, segments, symbols (LLVM's libFuzzer). */
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/log.h>

static void look_up(const struct elf *e, u64 address)
{
	char name[40];
	u64 distance;

	if (!elf_symbol(e, address, &distance, name, sizeof(name)))
		assert(distance <= address &&
		       strnlen(name, sizeof(name)) < sizeof(name));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct elf_segment s;
	struct elf_memory m;
	struct elf e;

	elf_memory_init(&m, data, size);
	if (elf_open(&e, &m.source))
		return 0;
	for (u32 i = 0; i < e.segment_count && i < 64; i++) {
		if (elf_segment(&e, i, &s))
			continue;
		if (s.type == ELF_SEGMENT_LOAD || s.type == ELF_SEGMENT_NOTE)
			assert(s.offset <= size &&
			       s.file_size <= size - s.offset);
		assert(s.type != ELF_SEGMENT_LOAD ||
		       s.file_size <= s.memory_size);
		look_up(&e, s.virtual);
	}
	look_up(&e, e.entry);
	look_up(&e, 0);
	look_up(&e, ~0ull);
	return 0;
}
