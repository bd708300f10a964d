// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A domain of an APLIC and interrupt files by the specification (RISC-V
 * Advanced Interrupt Architecture 1.0: chapter 4, and 3 for the files).
 */
#include "pins_fake.h"
#include "pins_ref.h"

#include <libs/string.h>

#define SOURCES		97		/* 0, and those there are */
#define HARTS		PINS_REF_HARTS
#define IDS		256
#define NO_PRIORITY	256

enum { INACTIVE, DETACHED, EDGE1 = 4, EDGE0, LEVEL1, LEVEL0 };

static struct {
	struct {
		u32 mode, target;
		bool high, pending, enable;
	} source[SOURCES];
	struct { bool delivery, force; u32 threshold; } idc[HARTS];
	struct {
		bool pending[IDS], enable[IDS], delivery;
		u32 threshold;
	} file[HARTS];
	u32 genmsi;
	bool on, sends;
} ref;

/* 4.5.2 */
static bool is_level(u32 id)
{
	return ref.source[id].mode == LEVEL1 || ref.source[id].mode == LEVEL0;
}

static bool rectified(u32 id)
{
	switch (ref.source[id].mode) {
	case EDGE1:
	case LEVEL1:
		return ref.source[id].high;
	case EDGE0:
	case LEVEL0:
		return !ref.source[id].high;
	}
	return false;
}

/* ---- delivery ---- */

/* 4.8.1.4: of what is below the threshold the most urgent. */
static u32 idc_top(unsigned hart)
{
	u32 least = ref.idc[hart].threshold, found = 0;

	if (!least)
		least = NO_PRIORITY;
	for (u32 id = 1; id < SOURCES; id++)
		if (ref.source[id].pending && ref.source[id].enable &&
		    ref.source[id].target >> 18 == hart &&
		    (ref.source[id].target & 0xff) < least) {
			least = ref.source[id].target & 0xff;
			found = id << 16 | least;
		}
	return found;
}

/* 3.9: the lowest identity below the threshold. */
static u32 file_top(unsigned hart)
{
	for (u32 id = 1; id < IDS; id++)
		if (ref.file[hart].pending[id] && ref.file[hart].enable[id])
			return !ref.file[hart].threshold ||
			       id < ref.file[hart].threshold ?
			       id << 16 | id : 0;
	return 0;
}

static void message(u32 hart, u32 id)
{
	if (hart < HARTS && id && id < IDS)
		ref.file[hart].pending[id] = true;
}

/* 4.9.2: a message is sent, and it pends no longer. */
static void forward(void)
{
	for (u32 id = 1; ref.sends && ref.on && id < SOURCES; id++)
		if (ref.source[id].pending && ref.source[id].enable) {
			ref.source[id].pending = false;
			message(ref.source[id].target >> 18,
				ref.source[id].target & 0x7ff);
		}
}

/* ---- pending bits: 4.7 ---- */

static void pending_set(u32 id)
{
	if (ref.source[id].mode != INACTIVE &&
	    (!is_level(id) || (ref.sends && rectified(id))))
		ref.source[id].pending = true;
}

static void pending_clear(u32 id)
{
	if (!is_level(id) || ref.sends)
		ref.source[id].pending = false;
}

static void enable_set(u32 id)
{
	ref.source[id].enable = ref.source[id].mode != INACTIVE;
}

static void enable_clear(u32 id)
{
	ref.source[id].enable = false;
}

static void line(u32 id, bool high)
{
	const bool was = rectified(id);

	ref.source[id].high = high;
	if (rectified(id) && !was)
		ref.source[id].pending = true;
	if (!rectified(id) && is_level(id))
		ref.source[id].pending = false;
}

/* Of edges, none is made up by a change of mode. */
static void set_mode(u32 id, u32 value)
{
	u32 mode = value & BIT(10) ? INACTIVE : value & 7;

	if (mode == 2 || mode == 3)
		mode = INACTIVE;
	if (mode == INACTIVE) {
		ref.source[id].pending = ref.source[id].enable = false;
		ref.source[id].target = 0;
	} else if (ref.source[id].mode == INACTIVE) {
		ref.source[id].target = ref.sends ? 0 : 1;
	}
	ref.source[id].mode = mode;
	if (is_level(id))
		ref.source[id].pending = rectified(id);
}

static void set_target(u32 id, u32 value)
{
	if (ref.source[id].mode == INACTIVE)
		return;
	if (ref.sends)
		ref.source[id].target = value & ~0x3f800u;
	else
		ref.source[id].target = (value & ~0x3ffffu) |
					(value & 0xff ? value & 0xff : 1);
}

/* ---- steps ---- */

static u32 any_source(struct story *s)
{
	static const u32 edges[] = { 0, 31, 32, 64, 95, 96, 97, 1023 };

	if (story_below(s, 8))
		return 1 + story_below(s, 6);
	return edges[story_below(s, ARRAY_LEN(edges))];
}

static bool is_source(u32 id)
{
	return id && id < SOURCES;
}

static bool do_line(struct story *s)
{
	const u32 id = any_source(s);
	const bool high = story_below(s, 2);

	fake_pins_line(id, high);
	if (is_source(id))
		line(id, high);
	return true;
}

static bool do_mode(struct story *s)
{
	const u32 id = MAX(any_source(s), 1u);
	const u32 value = story_below(s, 8) | (story_below(s, 16) ? 0 :
					       BIT(10));

	fake_pins_put(4ull * id, value);
	if (is_source(id))
		set_mode(id, value);
	return fake_pins_get(4ull * id) ==
	       (is_source(id) ? ref.source[id].mode : 0);
}

static bool do_target(struct story *s)
{
	const u32 id = MAX(any_source(s), 1u);
	const u32 value = story_below(s, HARTS + 1) << 18 |
			  (u32)story_take(s, 2);

	fake_pins_put(0x3000 + 4ull * id, value);
	if (is_source(id))
		set_target(id, value);
	return fake_pins_get(0x3000 + 4ull * id) ==
	       (is_source(id) ? ref.source[id].target : 0);
}

/* Registers with a bit for each, and beside them one that takes a number. */
static bool do_bits(struct story *s)
{
	static const struct {
		u64 bits;
		void (*fn)(u32 id);
	} rows[] = {
		{ 0x1c00, pending_set }, { 0x1d00, pending_clear },
		{ 0x1e00, enable_set }, { 0x1f00, enable_clear },
		{ 0x1e00, enable_set }, { 0x1c00, pending_set },
	};
	const unsigned row = story_below(s, ARRAY_LEN(rows));
	const u32 id = any_source(s);
	u32 value = (u32)story_take(s, 1);

	if (story_below(s, 2)) {
		fake_pins_put(rows[row].bits + 0xdc, id);
		if (is_source(id))
			rows[row].fn(id);
		return true;
	}
	fake_pins_put(rows[row].bits + id / 32 * 4, value);
	for (u32 i = id / 32 * 32; value; i++, value >>= 1)
		if (is_source(i) && (value & 1))
			rows[row].fn(i);
	return true;
}

static bool do_port(struct story *s)
{
	const u32 id = any_source(s);

	if (story_below(s, 2))
		fake_pins_put(0x2000, id);
	else
		fake_pins_put(0x2004, __builtin_bswap32(id));
	if (is_source(id))
		pending_set(id);
	return true;
}

static bool do_domain(struct story *s)
{
	ref.on = story_below(s, 4);
	fake_pins_put(0, ref.on ? BIT(8) : 0);
	return fake_pins_get(0) == (0x80000000u | (u32)ref.on << 8 |
				    (ref.sends ? 4 : 0));
}

static bool do_genmsi(struct story *s)
{
	const u32 value = story_below(s, HARTS + 1) << 18 |
			  (u32)story_take(s, 2);

	fake_pins_put(0x3000, value);
	if (ref.sends) {
		ref.genmsi = value & ~0x3f800u;
		message(value >> 18, value & 0x7ff);
	}
	return fake_pins_get(0x3000) == ref.genmsi;
}

/* 4.8.1.5: what a claim finds pends no longer; none: force ends. */
static bool do_claim(struct story *s)
{
	const unsigned hart = story_below(s, HARTS);
	const u32 top = ref.sends ? 0 : idc_top(hart);

	if (fake_pins_get(0x401c + 32ull * hart) != top)
		return false;
	if (top)
		pending_clear(top >> 16);
	else
		ref.idc[hart].force = false;
	return true;
}

/* There are as many as wires to harts: none where messages are sent. */
static bool do_idc(struct story *s)
{
	const unsigned hart = story_below(s, HARTS + 1);
	const u32 value = story_below(s, 3) ? 1 : story_byte(s);
	const u64 at = 0x4000 + 32ull * hart;
	const bool there = hart < HARTS && !ref.sends;

	switch (story_below(s, 3)) {
	case 0:
		fake_pins_put(at, value);
		if (there)
			ref.idc[hart].delivery = value & 1;
		return fake_pins_get(at) == (there ? value & 1 : 0);
	case 1:
		fake_pins_put(at + 4, value);
		if (there)
			ref.idc[hart].force = value & 1;
		return fake_pins_get(at + 4) == (there ? value & 1 : 0);
	}
	fake_pins_put(at + 8, value);
	if (there)
		ref.idc[hart].threshold = value;
	return fake_pins_get(at + 8) == (there ? value : 0);
}

static void forget_files(void)
{
	memset(ref.file, 0, sizeof(ref.file));
}

/* Its pins are told again. */
static void vcpu_reset(unsigned hart)
{
	struct guest *g = &fake_pins.guest;
	struct vcpu *v = &fake_pins.vcpus[hart];

	fake_pins.level[hart] = false;
	g->pic->ops->vcpu_reset(g->pic, v);
	if (g->files)
		g->files->ops->vcpu_reset(g->files, v);
}

/* Wires stay as they are at devices that were not reset: they drive again. */
static bool do_other(struct story *s)
{
	switch (story_below(s, 16)) {
	case 0:
		return fake_pins_move();
	case 1:
		emu_reset(fake_pins.pic);
		memset(ref.source, 0, sizeof(ref.source));
		memset(ref.idc, 0, sizeof(ref.idc));
		ref.on = false;
		ref.genmsi = 0;
		break;
	case 2:
		if (fake_pins.files)
			emu_reset(fake_pins.files);
		forget_files();
		break;
	case 3:
		fake_pins_look(story_below(s, HARTS));
		break;
	default:
		vcpu_reset(story_below(s, HARTS));
	}
	return true;
}

/* ---- files: 3.8, 3.10 ---- */

static bool file_access(unsigned hart, unsigned number, u64 mask, u64 *value)
{
	struct vpic_files *f = fake_pins.guest.files;

	return !f->ops->access(f, &fake_pins.vcpus[hart], number, mask, value);
}

static bool file_word(unsigned hart, unsigned number, u64 mask, u64 value)
{
	bool *const all = number < 0xc0 ? ref.file[hart].pending :
					  ref.file[hart].enable;
	const u32 first = (number & 0x3f) / 2 * 64;
	u64 was = 0;

	for (u32 i = 0; i < 64 && first + i < IDS; i++) {
		was |= (u64)all[first + i] << i;
		if ((mask >> i & 1) && first + i)
			all[first + i] = value >> i & 1;
	}
	return file_access(hart, number, mask, &value) && value == was;
}

static bool file_switch(unsigned hart, u64 value)
{
	u64 was = value;

	if (!file_access(hart, 0x70, ~0ull, &was) ||
	    was != ref.file[hart].delivery)
		return false;
	ref.file[hart].delivery = value & 1;
	return true;
}

static bool file_threshold(unsigned hart, u64 value)
{
	u64 was = value;

	if (!file_access(hart, 0x72, ~0ull, &was) ||
	    was != ref.file[hart].threshold)
		return false;
	ref.file[hart].threshold = value & (IDS - 1);
	return true;
}

static bool do_file(struct story *s)
{
	const unsigned hart = story_below(s, HARTS);
	unsigned number = story_byte(s);
	u64 value = story_take(s, 2), none = 0;

	switch (story_below(s, 4)) {
	case 0:
		return file_switch(hart, story_below(s, 4) ? 1 : value);
	case 1:
		return file_threshold(hart, value);
	case 2:
		if (number >= 0x70)
			return number >= 0x80 || file_access(hart, number, 0,
							     &none);
		return !file_access(hart, number, 0, &none);
	}
	number = story_below(s, 2) ? 0x80 : 0xc0;
	if (story_below(s, 4))
		value = story_take(s, 8);
	else
		number += 2 * story_below(s, 8);
	return file_word(hart, number, story_below(s, 2) ? ~0ull : value,
			 value) &&
	       !file_access(hart, number + 1, 0, &none);
}

static bool do_file_claim(struct story *s)
{
	struct vpic_files *f = fake_pins.guest.files;
	const unsigned hart = story_below(s, HARTS);
	const u32 top = file_top(hart);

	if (f->ops->top(f, &fake_pins.vcpus[hart], true) != top)
		return false;
	ref.file[hart].pending[top & 0x7ff] = false;
	return true;
}

/* Stores of guests and devices to a page of the files. */
static bool do_message(struct story *s)
{
	const unsigned hart = story_below(s, GUEST_CPU_MAX);
	const u32 id = (u32)story_take(s, 2) % (IDS + 8);

	switch (story_below(s, 3)) {
	case 0:
		fake_pins_files_put(0x1000ull * hart, id);
		break;
	case 1:
		fake_pins_files_put(0x1000ull * hart + 4,
				    __builtin_bswap32(id));
		break;
	default:
		guest_msi(&fake_pins.guest, 1,
			  GPA(0x28000000 + 0x1000ull * hart), id);
	}
	message(hart, id);
	return true;
}

/* ---- comparing ---- */

static bool agrees_sources(void)
{
	u32 pending[4] = { 0 }, enable[4] = { 0 }, input[4] = { 0 };

	for (u32 id = 1; id < SOURCES; id++) {
		pending[id / 32] |= (u32)ref.source[id].pending << id % 32;
		enable[id / 32] |= (u32)ref.source[id].enable << id % 32;
		input[id / 32] |= (u32)rectified(id) << id % 32;
	}
	for (u32 w = 0; w < 4; w++)
		if (fake_pins_get(0x1c00 + 4 * w) != pending[w] ||
		    fake_pins_get(0x1e00 + 4 * w) != enable[w] ||
		    fake_pins_get(0x1d00 + 4 * w) != input[w])
			return false;
	return true;
}

static bool agrees_direct(unsigned hart)
{
	const bool pin = ref.on && ref.idc[hart].delivery &&
			 (ref.idc[hart].force || idc_top(hart));

	return fake_pins_get(0x4018 + 32ull * hart) == idc_top(hart) &&
	       fake_pins.level[hart] == pin;
}

static bool agrees_file(unsigned hart)
{
	struct vpic_files *f = fake_pins.guest.files;
	const u32 top = file_top(hart);

	return f->ops->top(f, &fake_pins.vcpus[hart], false) == top &&
	       fake_pins.level[hart] == (ref.file[hart].delivery && top);
}

static bool agrees(void)
{
	bool good = agrees_sources() && !fake_pins.wrong;

	for (unsigned i = 0; i < HARTS; i++)
		good = good && (ref.sends ? agrees_file(i) :
					    agrees_direct(i));
	return good;
}

static bool (*const direct_steps[])(struct story *s) = {
	do_line, do_line, do_mode, do_target, do_bits, do_bits, do_port,
	do_domain, do_idc, do_idc, do_claim, do_claim, do_genmsi, do_other,
};
static bool (*const message_steps[])(struct story *s) = {
	do_line, do_line, do_mode, do_target, do_bits, do_bits, do_port,
	do_domain, do_genmsi, do_other, do_file, do_file, do_file_claim,
	do_message, do_claim, do_idc,
};

static bool step(struct story *s)
{
	bool good;

	if (ref.sends)
		good = message_steps[story_below(s, ARRAY_LEN(message_steps))]
			(s);
	else
		good = direct_steps[story_below(s, ARRAY_LEN(direct_steps))]
			(s);
	forward();
	return good && agrees();
}

bool aplic_ref_run(struct story *s, unsigned steps)
{
	bool good = fake_pins_create(FAKE_APLIC, HARTS);

	memset(&ref, 0, sizeof(ref));
	for (; good && steps && story_goes_on(s); steps--)
		good = step(s);
	fake_pins_destroy();
	return good;
}

bool imsic_ref_run(struct story *s, unsigned steps)
{
	bool good = fake_pins_create(FAKE_IMSIC, HARTS);

	memset(&ref, 0, sizeof(ref));
	ref.sends = true;
	for (; good && steps && story_goes_on(s); steps--)
		good = step(s);
	fake_pins_destroy();
	return good;
}
