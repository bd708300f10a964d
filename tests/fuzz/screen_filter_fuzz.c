// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what guests print (LLVM's libFuzzer): the first byte says how it is
 * cut; what comes out must hold nothing that reaches beyond a screen, which is
 * found out by a terminal of another kind than the filter has.
 */
#include <libs/string.h>
#include <vmm/log.h>
#include <vmm/screen_filter.h>

#define ESC	0x1b

static char out[8192];

/* Behind ESC [: parameters and intermediates, then what is asked for. */
static size_t check_control(size_t at, size_t used, bool replay)
{
	while (at < used && out[at] >= 0x20 && out[at] < 0x40)
		at++;
	assert(at < used && out[at] >= 0x40 && out[at] < 0x7f);
	assert(!strchr("tiy", out[at]));
	assert(!replay || !strchr("cnx", out[at]));
	return at + 1;
}

static size_t check_escape(size_t at, size_t used, bool replay)
{
	assert(at < used);
	if (out[at] == '[')
		return check_control(at + 1, used, replay);
	assert(!strchr("]PX^_", out[at]));
	assert(!replay || out[at] != 'Z');
	while (at < used && out[at] >= 0x20 && out[at] < 0x30)
		at++;
	assert(at < used && out[at] >= 0x30 && out[at] < 0x7f);
	return at + 1;
}

/* C1 controls come as two bytes; a first one that stands alone is none. */
static void check(size_t used, bool replay)
{
	for (size_t at = 0; at < used; ) {
		const u8 byte = (u8)out[at++];

		assert(byte != 0x05);
		if (byte == 0xc2 && at < used)
			assert((out[at] & 0xe0) != 0x80);
		if (byte == ESC)
			at = check_escape(at, used, replay);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct screen_filter f;
	size_t step, used = 0, count;

	if (!size || size > 4096)
		return 0;
	screen_filter_init(&f);
	f.replay = *data & 1;
	step = (size_t)(*data >> 1) + 1;
	for (size_t at = 1; at < size; at += step) {
		count = screen_filter_pass(&f, data + at,
					   MIN(step, size - at), out + used);
		assert(count <= MIN(step, size - at) + SCREEN_SEQUENCE_MAX);
		used += count;
	}
	check(used, *data & 1);
	assert(strlen(screen_filter_end(&f)) < 100 && !f.size);
	return 0;
}
