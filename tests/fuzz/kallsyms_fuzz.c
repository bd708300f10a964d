// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes the search for a kernel's names, and look-ups (LLVM's libFuzzer). */
#include <libs/kallsyms.h>
#include <libs/string.h>
#include <vmm/types.h>

struct memory {
	struct kallsyms_source source;
	const u8 *data;
};

static int read(struct kallsyms_source *s, u64 offset, void *to, size_t size)
{
	struct memory *m = container_of(s, struct memory, source);

	if (offset > s->size || size > s->size - offset)
		__builtin_trap();
	memcpy(to, m->data + offset, size);
	return 0;
}

/* The least part of a table that the search goes on from. */
static void force_table(struct kallsyms *k, const struct memory *m)
{
	*k = (struct kallsyms){ .source = (struct kallsyms_source *)&m->source,
				.count = 300 };
	for (size_t i = 0; i < 5 && 2 * i + 1 < m->source.size; i++)
		(&k->names)[i] = m->data[2 * i] + 256u * m->data[2 * i + 1];
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct memory m = { { .size = size, .read = read }, data };
	char name[KALLSYMS_NAME_SIZE];
	static struct kallsyms k;
	u64 distance;

	if (kallsyms_find(&k, &m.source))
		force_table(&k, &m);
	for (u64 offset = 0; offset < 1u << 20; offset = 3 * offset + 1)
		if (kallsyms_lookup(&k, offset, &distance, name) &&
		    strnlen(name, sizeof(name)) == sizeof(name))
			__builtin_trap();
	return 0;
}
