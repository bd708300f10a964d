// SPDX-License-Identifier: GPL-2.0-or-later
/* Guests that cannot be made for want of memory: told whose, nothing lost. */
#include "capture.h"
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/page.h>
#include <vmm/test.h>

static void ignore(struct guest_report *r, const struct guest_problem *problem)
{
}

/* A guest with two VCPUs and nothing to start; its memory is not checked. */
static struct guest_config *configure(void)
{
	const struct guest_options options = {
		.name = "starved", .cpu_count = 2, .memory_size = MIB(2),
		.priority = -1,
		.variant = (unsigned)__builtin_ctz(arch_guest_variants()),
	};
	struct guest_report report = { .problem = ignore };
	struct guest_config *c = heap_alloc(sizeof(*c));
	void *fdt;

	if (!c || guest_tree_compose(&options, &fdt) ||
	    guest_config_parse(fdt, fdt_totalsize(fdt), c, &report))
		return NULL;
	string_copy(c->name, options.name, sizeof(c->name));
	return c;
}

static u64 pages_free(void)
{
	struct page_stats s;

	page_stats_get(&s);
	return s.free_bytes;
}

/* The n-th allocation fails: NULL, and the words are in capture_text. */
static struct guest *create_starved(u64 n)
{
	struct guest_config *c = configure();
	struct guest *g = NULL;

	capture_begin();
	heap_fail_after(n);
	if (c && guest_create(c, &g))
		g = NULL;
	heap_fail_after(0);
	capture_end();
	return g;
}

/* Each allocation fails once; the first rounds open slabs of the heap. */
static void out_of_memory(void)
{
	struct heap_stats before, after_it;
	struct guest *g = NULL;
	u64 pages = 0;

	heap_stats_get(&before);
	for (u64 n = 1; n < 200 && !(g = create_starved(n)); n++) {
		EXPECT(strstr(capture_text, "starved: "));
		heap_stats_get(&after_it);
		EXPECT_EQ(after_it.object_count, before.object_count);
	}
	EXPECT(g);
	EXPECT_EQ(guest_destroy(g), 0);
	pages = pages_free();
	g = create_starved(0);
	EXPECT(g);
	EXPECT_EQ(guest_destroy(g), 0);
	EXPECT_EQ(pages_free(), pages);
}

SUITE(guest_create, TEST(out_of_memory));
