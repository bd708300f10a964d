// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzes guest trees: parse, check, write (LLVM's libFuzzer). */
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/guest_config.h>
#include <vmm/heap.h>
#include <vmm/page.h>

static struct guest_config config;

/* What reaches a terminal. */
static bool is_harmless(const char *s)
{
	for (; *s; s++)
		if ((u8)*s < ' ' || *s == 0x7f ||
		    ((u8)*s == 0xc2 && ((u8)s[1] & 0xe0) == 0x80))
			return false;
	return true;
}

static void ignore(struct guest_report *r, const struct guest_problem *p)
{
	if (!is_harmless(p->path) || !is_harmless(p->text) ||
	    (p->property && !is_harmless(p->property)))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const struct guest_host_facts host = {
		.free_bytes = GIB(1), .cpus = 0xf, .variants = ~0u,
		.address_bits = 40, .thorough = true,
	};
	static const struct guest_boot_facts facts = {
		.initrd_base = GIB(1), .initrd_size = 1,
	};
	struct guest_report report = { .problem = ignore };
	/* In pages: the fuzzer would guess how the heap marks what is free. */
	void *tree = heap_alloc(PAGE_SIZE + size), *written;
	size_t written_size;

	if (size)
		memcpy(tree, data, size);
	if (guest_config_parse(tree, size, &config, &report) != -EBADMSG) {
		guest_config_check(&config, &host, &report);
		if (!guest_tree_write(&config, &facts, &written,
				      &written_size)) {
			if (dt_check(written, written_size, "written"))
				__builtin_trap();
			heap_free(written);
		}
	}
	heap_free(tree);
	return 0;
}
