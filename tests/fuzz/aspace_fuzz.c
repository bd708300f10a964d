// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the map of a guest's regions (LLVM's libFuzzer): one thread adds,
 * removes and changes regions against a list of them, sometimes without
 * memory, while others on other CPUs look up; what they see is one map, whole,
 * for as long as they look.
 */
#include "../suites/fake_platform.h"
#include "../suites/sched_actors.h"
#include "../suites/story.h"
#include <arch/barrier.h>
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/alloc_fault.h>
#include <vmm/aspace.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define REGIONS		40
#define READERS		3
#define STEPS		4000

static struct story story;
static struct aspace as;
static struct region regions[REGIONS];	/* the list, in no order */
static unsigned region_count;
static bool starved;			/* the next allocation fails */

static u64 last(const struct region *r)
{
	return r->base.v + (r->size - 1);
}

/* Pages near the bottom, or bytes up to the last one there is. */
static gpa_t pick_base(void)
{
	u64 where = story_take(&story, 1);

	if (where & 0x80)
		return GPA(~0ull - (where & 0x7f));
	return GPA(where * 0x1000);
}

static struct region *find_listed(gpa_t base)
{
	for (unsigned i = 0; i < region_count; i++)
		if (regions[i].base.v == base.v)
			return &regions[i];
	return NULL;
}

static int expected_add(const struct region *r)
{
	if (!r->size || last(r) < r->base.v)
		return -EINVAL;
	for (unsigned i = 0; i < region_count; i++)
		if (regions[i].base.v <= last(r) &&
		    r->base.v <= last(&regions[i]))
			return -EEXIST;
	return starved ? -ENOMEM : 0;
}

static void add_region(void)
{
	struct region r = { .base = pick_base(), .kind = REGION_MMIO };
	u64 size = story_take(&story, 1);
	int rc;

	r.size = r.base.v < MIB(1) ? size * 0x400 : size;
	rc = expected_add(&r);
	assert(aspace_add(&as, &r) == rc);
	if (!rc)
		regions[region_count++] = r;
}

static void remove_region(void)
{
	gpa_t base = pick_base();
	struct region *r = find_listed(base);
	int rc = !r ? -ENOENT : starved ? -ENOMEM : 0;

	assert(aspace_remove(&as, base) == rc);
	if (!rc)
		*r = regions[--region_count];
}

static void change_kind(void)
{
	enum region_kind kind = story_below(&story, REGION_PASSTHROUGH + 1);
	gpa_t base = pick_base();
	struct region *r = find_listed(base);
	int rc = !r ? -ENOENT : starved ? -ENOMEM : 0;

	assert(aspace_set_kind(&as, base, kind) == rc);
	if (!rc)
		r->kind = kind;
}

/* A byte, and what reaches from it to the end of its region or beyond. */
static void look_up(u64 a)
{
	const struct region *r = aspace_find_byte(&as, GPA(a)), *listed;
	u64 rest;

	for (unsigned i = 0; i < region_count; i++) {
		listed = &regions[i];
		if (a < listed->base.v || a > last(listed))
			continue;
		assert(r && !memcmp(r, listed, sizeof(*r)));
		rest = last(listed) - a + 1;
		assert(aspace_find(&as, GPA(a), rest) == r);
		assert(!aspace_find(&as, GPA(a), rest + 1));
		return;
	}
	assert(!r);
}

static void look_around(void)
{
	u64 flags = irq_save();

	for (unsigned i = 0; i < region_count; i++) {
		look_up(regions[i].base.v - 1);
		look_up(regions[i].base.v);
		look_up(last(&regions[i]));
		look_up(last(&regions[i]) + 1);
	}
	look_up(pick_base().v);
	for (unsigned i = 0; i < region_count; i++)
		assert(aspace_nth(&as, i));
	assert(!aspace_nth(&as, region_count));
	irq_restore(flags);
}

static void (*const changes[])(void) = {
	add_region, add_region, remove_region, change_kind,
};

/* The one that writes. */
static void change(struct actor *a)
{
	u32 what = (u32)story_take(&story, 1);

	if (!story.left) {
		platform_spin();
		return;
	}
	if (region_count == REGIONS)
		what = 2;
	starved = what & 0x80 && what & 0x40;
	if (starved)
		alloc_fault_begin(ALLOC_FAULT_ONCE, 1);
	changes[what % ARRAY_LEN(changes)]();
	alloc_fault_end();
	look_around();
	if (what & 0x20)
		platform_spin();
}

/*
 * An exit on another CPU, interrupts masked: it holds on to what it found
 * while others go on.
 */
static void read_slowly(struct actor *a)
{
	static struct region copies[READERS + 1][64];
	struct region *copy = copies[a - actors];
	u64 flags = irq_save();
	const struct aspace_map *m = __atomic_load_n(&as.map,
						     __ATOMIC_RELAXED);
	const struct aspace_map head = *m;

	memcpy(copy, m->regions, head.count * sizeof(*copy));
	for (u32 n = story_below(&story, 5); n; n--) {
		cpu_relax();
		assert(!memcmp(m, &head, sizeof(head)));
		assert(!memcmp(m->regions, copy, head.count * sizeof(*copy)));
	}
	irq_restore(flags);
	platform_spin();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct heap_stats before, after;

	story = (struct story){ .at = data, .left = size };
	heap_stats_get(&before);
	assert(!aspace_init(&as));
	region_count = 0;
	actors_begin(1 + READERS);
	for (unsigned i = 0; i <= READERS; i++) {
		struct thread *t = actors_add(i ? read_slowly : change, NULL);

		assert(t);
		t->affinity = CPU_MASK(i);
		thread_start(t);
	}
	for (unsigned i = 0; i < STEPS && story.left; i++)
		platform_step(1000);
	story.left = 0;
	assert(actors_end());
	look_around();
	assert(aspace_bytes(&as) >= region_count * sizeof(struct region));
	aspace_fini(&as);
	heap_stats_get(&after);
	assert(!memcmp(&before, &after, sizeof(before)));
	return 0;
}
