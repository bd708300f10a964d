// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers, sizes, times and lists as people type them. */
#include <libs/parse.h>
#include <libs/bitmap.h>
#include <libs/char.h>
#include <libs/string.h>
#include <vmm/errno.h>

/* Reads a number and moves *s behind it. */
static int read_number(const char **s, u64 *out)
{
	const char *digits = string_after(*s, "0x");
	unsigned base = digits ? 16 : 10;
	const char *p = digits ? digits : *s;
	u64 value = 0;

	if (char_digit(*p) >= base)
		return -EINVAL;
	for (; char_digit(*p) < base; p++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, char_digit(*p), &value))
			return -ERANGE;
	*s = p;
	*out = value;
	return 0;
}

struct unit {
	const char *name;
	u64 factor;
};

/* A number and one of the units, whose list ends with an empty row. */
static int read_with_unit(const char *s, const struct unit *units, u64 *out)
{
	u64 value;
	int err = read_number(&s, &value);

	if (err)
		return err;
	for (; units->name; units++) {
		if (!string_equal(s, units->name))
			continue;
		if (__builtin_mul_overflow(value, units->factor, &value))
			return -ERANGE;
		*out = value;
		return 0;
	}
	return -EINVAL;
}

int parse_u64(const char *s, u64 *out)
{
	static const struct unit none[] = { { "", 1 }, { NULL, 0 } };

	return read_with_unit(s, none, out);
}

int parse_u32(const char *s, u32 *out)
{
	u64 value;
	int err = parse_u64(s, &value);

	if (err)
		return err;
	if (value > UINT32_MAX)
		return -ERANGE;
	*out = (u32)value;
	return 0;
}

int parse_size(const char *s, u64 *out)
{
	static const struct unit sizes[] = {
		{ "", 1 },
		{ "K", KIB(1) }, { "M", MIB(1) }, { "G", GIB(1) },
		{ "k", KIB(1) }, { "m", MIB(1) }, { "g", GIB(1) },
		{ NULL, 0 }
	};

	return read_with_unit(s, sizes, out);
}

int parse_time_ns(const char *s, u64 *out)
{
	static const struct unit times[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 }, { NULL, 0 }
	};

	if (string_equal(s, "0")) {
		*out = 0;
		return 0;
	}
	return read_with_unit(s, times, out);
}

/* One number or range; moves *s behind it. */
static int read_range(const char **s, unsigned long *map, size_t size)
{
	u64 first, last;
	int err = read_number(s, &first);

	if (err)
		return err;
	last = first;
	if (**s == '-') {
		++*s;
		err = read_number(s, &last);
	}
	if (err)
		return err;
	if (last < first)
		return -EINVAL;
	if (last >= size)
		return -ERANGE;
	bitmap_set_range(map, (size_t)first, (size_t)(last - first) + 1);
	return 0;
}

int parse_list(const char *s, unsigned long *map, size_t size)
{
	int err;

	bitmap_clear_range(map, 0, size);
	for (;;) {
		err = read_range(&s, map, size);
		if (err || *s != ',')
			break;
		s++;
	}
	if (!err && *s)
		err = -EINVAL;
	if (err)
		bitmap_clear_range(map, 0, size);
	return err;
}
