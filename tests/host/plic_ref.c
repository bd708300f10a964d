// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The PLIC by its specification (RISC-V Platform-Level Interrupt Controller
 * Specification 1.0.0): gateways, one pending bit for each source, a claim by
 * any context that has it enabled.
 */
#include "pins_fake.h"
#include "pins_ref.h"

#include <libs/string.h>

#define SOURCES		96		/* 0, and those there are */
#define CONTEXTS	(2 * PINS_REF_HARTS)

static struct {
	struct { u32 priority; bool high, pending, served; } source[SOURCES];
	bool enable[CONTEXTS][SOURCES];
	u32 threshold[CONTEXTS];
} ref;

/* 4: the highest priority, then the lowest number; 0 is never taken. */
static u32 best(unsigned context, u32 above)
{
	u32 found = 0;

	for (u32 id = 1; id < SOURCES; id++)
		if (ref.source[id].pending && ref.enable[context][id] &&
		    ref.source[id].priority > above) {
			above = ref.source[id].priority;
			found = id;
		}
	return found;
}

/* 2: a gateway hands on one request, and the next when that is completed. */
static void gateway(u32 id)
{
	if (ref.source[id].high && !ref.source[id].served)
		ref.source[id].pending = true;
}

static u32 claim(unsigned context)
{
	const u32 id = best(context, 0);

	ref.source[id].served = id;
	ref.source[id].pending = false;
	return id;
}

static void complete(unsigned context, u32 id)
{
	if (id >= SOURCES || !ref.enable[context][id])
		return;
	ref.source[id].served = false;
	gateway(id);
}

/* ---- steps ---- */

static u32 any_source(struct story *s)
{
	static const u32 edges[] = { 0, 1, 31, 32, 63, 64, 95, 96, 1023 };

	if (story_below(s, 8))
		return 1 + story_below(s, 8);
	return edges[story_below(s, ARRAY_LEN(edges))];
}

static bool do_line(struct story *s)
{
	const u32 id = any_source(s);
	const bool high = story_below(s, 2);

	fake_pins_line(id, high);
	if (!id || id >= SOURCES)
		return true;
	ref.source[id].high = high;
	gateway(id);
	return true;
}

static bool do_priority(struct story *s)
{
	const u32 id = 1 + any_source(s) % 1023, value = story_byte(s);

	fake_pins_put(4ull * id, value);
	if (id < SOURCES)
		ref.source[id].priority = value & 7;
	return fake_pins_get(4ull * id) == (id < SOURCES ? value & 7 : 0);
}

static bool do_enable(struct story *s)
{
	const unsigned context = story_below(s, CONTEXTS);
	const u32 w = story_below(s, 4), value = (u32)story_take(s, 2);
	const u64 at = 0x2000 + 0x80ull * context + 4 * w;
	u32 expected = 0;

	fake_pins_put(at, value);
	for (u32 id = 32 * w; id < 32 * w + 32 && id < SOURCES; id++) {
		ref.enable[context][id] = id && (value >> id % 32 & 1);
		expected |= (u32)ref.enable[context][id] << id % 32;
	}
	return fake_pins_get(at) == expected;
}

static bool do_threshold(struct story *s)
{
	const unsigned context = story_below(s, CONTEXTS + 1);
	const u64 at = 0x200000 + 0x1000ull * context;
	const u32 value = story_byte(s);

	fake_pins_put(at, value);
	if (context == CONTEXTS)
		return fake_pins_get(at) == 0;
	ref.threshold[context] = value & 7;
	return fake_pins_get(at) == (value & 7);
}

static bool do_claim(struct story *s)
{
	const unsigned context = story_below(s, CONTEXTS);

	return fake_pins_get(0x200004 + 0x1000ull * context) ==
	       claim(context);
}

static bool do_complete(struct story *s)
{
	const unsigned context = story_below(s, CONTEXTS);
	const u32 id = any_source(s);

	fake_pins_put(0x200004 + 0x1000ull * context, id);
	complete(context, id);
	return true;
}

/* The pin of a VCPU that was reset is told again. */
static bool do_other(struct story *s)
{
	struct vpic *p = fake_pins.guest.pic;
	const unsigned v = story_below(s, PINS_REF_HARTS);

	switch (story_below(s, 16)) {
	case 0:
		return fake_pins_move();
	case 1:
		emu_reset(fake_pins.pic);
		memset(&ref, 0, sizeof(ref));
		return true;
	case 2:
		fake_pins_look(v);
		return true;
	}
	fake_pins.level[v] = false;
	p->ops->vcpu_reset(p, &fake_pins.vcpus[v]);
	return true;
}

static bool (*const steps_of[])(struct story *s) = {
	do_line, do_line, do_priority, do_enable, do_threshold, do_claim,
	do_claim, do_complete, do_complete, do_other,
};

/* Hart n's pin is that of context 2n + 1, its supervisor mode's. */
static bool agrees(void)
{
	u32 pending[SOURCES / 32] = { 0 };

	for (u32 id = 0; id < SOURCES; id++)
		pending[id / 32] |= (u32)ref.source[id].pending << id % 32;
	for (u32 w = 0; w < SOURCES / 32; w++)
		if (fake_pins_get(0x1000 + 4 * w) != pending[w])
			return false;
	for (unsigned i = 0; i < PINS_REF_HARTS; i++)
		if (fake_pins.level[i] !=
		    !!best(2 * i + 1, ref.threshold[2 * i + 1]))
			return false;
	return !fake_pins.wrong;
}

bool plic_ref_run(struct story *s, unsigned steps)
{
	bool good = fake_pins_create(FAKE_PLIC, PINS_REF_HARTS);

	memset(&ref, 0, sizeof(ref));
	for (; good && steps && story_goes_on(s); steps--)
		good = steps_of[story_below(s, ARRAY_LEN(steps_of))](s) &&
		       agrees();
	fake_pins_destroy();
	return good;
}
