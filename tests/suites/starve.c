// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations without memory: see starve.h. */
#include "starve.h"
#include "capture.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/alloc_fault.h>
#include <vmm/heap.h>
#include <vmm/page.h>
#include <vmm/test.h>

#define SITES_MAX	1000		/* more is an endless loop */

/* What must be again as it was. */
struct usage {
	struct heap_stats heap;
	u64 owner_bytes[PAGE_OWNER_COUNT];
};

/* One run of an operation. */
struct outcome {
	int n;
	enum alloc_fault kind;
	int rc;
	u64 failed;
};

static struct usage usage(void)
{
	struct page_stats pages;
	struct usage u;

	memset(&u, 0, sizeof(u));
	heap_stats_get(&u.heap);
	page_stats_get(&pages);
	memcpy(u.owner_bytes, pages.owner_bytes, sizeof(u.owner_bytes));
	return u;
}

static const char *lost(const struct usage *before, const struct usage *now)
{
	static char text[160];

	text[0] = '\0';
	if (before->heap.object_count != now->heap.object_count)
		printf_append(text, sizeof(text), " %lld objects",
			      (long long)(now->heap.object_count -
					  before->heap.object_count));
	if (before->heap.object_bytes != now->heap.object_bytes)
		printf_append(text, sizeof(text), " %lld heap bytes",
			      (long long)(now->heap.object_bytes -
					  before->heap.object_bytes));
	for (unsigned i = 0; i < PAGE_OWNER_COUNT; i++)
		if (before->owner_bytes[i] != now->owner_bytes[i])
			printf_append(text, sizeof(text), " %lld of %s",
				      (long long)(now->owner_bytes[i] -
						  before->owner_bytes[i]),
				      page_owner_names[i]);
	return text;
}

static void begin(const struct starving *s)
{
	if (s->begin)
		s->begin(s->arg);
}

static struct outcome attempt(const struct starving *s, enum alloc_fault kind,
			      int n)
{
	struct outcome o = { .n = n, .kind = kind };

	capture_begin();
	alloc_fault_begin(kind, (u64)n);
	o.rc = s->run(s->arg);
	o.failed = alloc_fault_end();
	capture_end();
	if (!o.rc && s->undo)
		s->undo(s->arg);
	return o;
}

/* NULL: nothing. */
static const char *wrong(const struct starving *s, const struct outcome *o)
{
	if (o->rc && !o->failed && !s->refused)
		return "fails with memory, too";
	if (o->rc > 0)
		return "gives a positive code";
	if (o->rc && !strstr(capture_text, s->words ? s->words : " "))
		return "is refused without words";
	if (!o->rc && strstr(capture_text, "no memory"))
		return "works without memory, as it says";
	if (s->is_well && !s->is_well(s->arg))
		return "has changed something";
	return NULL;
}

static void complain(const struct starving *s, const struct outcome *o,
		     const char *what, const char *more)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s: allocation %d%s fails: %s%s (%d: "
		 "%.200s)", s->what, o->n,
		 o->kind == ALLOC_FAULT_ON ? " and all after it" : "", what,
		 more, o->rc, capture_text);
	test_fail(__FILE__, __LINE__, text);
}

static int sweep(const struct starving *s, enum alloc_fault kind)
{
	for (int n = 1; n <= SITES_MAX; n++) {
		struct usage before, now;
		struct outcome o;
		const char *what;

		begin(s);
		before = usage();
		o = attempt(s, kind, n);
		now = usage();
		what = wrong(s, &o);
		if (what) {
			complain(s, &o, what, "");
			return -1;
		}
		if (memcmp(&before, &now, sizeof(now))) {
			complain(s, &o, "loses", lost(&before, &now));
			return -1;
		}
		if (!o.failed)
			return n - 1;
	}
	complain(s, &(struct outcome){ .kind = kind }, "no end", "");
	return -1;
}

/* The first run leaves what is kept for the next: page tables, above all. */
int starve(const struct starving *s)
{
	struct outcome first;
	int count;

	begin(s);
	first = attempt(s, ALLOC_FAULT_ONCE, 0);
	if (first.rc && !s->refused) {
		complain(s, &first, "does not work at all", "");
		return -1;
	}
	count = sweep(s, ALLOC_FAULT_ONCE);
	return count < 0 || sweep(s, ALLOC_FAULT_ON) < 0 ? -1 : count;
}
