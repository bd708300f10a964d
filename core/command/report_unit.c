// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers with units, as people read them. */
#include "report_form.h"
#include <libs/printf.h>
#include <libs/string.h>

static const struct report_unit units[] = {
	{ "_bytes", 1024, 6, "B\0KiB\0MiB\0GiB\0TiB\0", "_bytes", 0 },
	{ "_boot_ns", 0, 3, NULL, "_seconds", 9 },	/* as in the log */
	{ "_ns", 1000, 3, "ns\0us\0ms\0s\0", "_seconds", 9 },
	{ "_hz", 1000, 3, "Hz\0kHz\0MHz\0GHz\0", "_hertz", 0 },
	{ "_permille", 0, 9, "%", "_ratio", 3 },
};

const struct report_unit *report_unit_of(const char *key, size_t *size)
{
	*size = strlen(key);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t suffix = strlen(units[i].suffix);

		if (*size <= suffix ||
		    strcmp(key + *size - suffix, units[i].suffix))
			continue;
		*size -= units[i].strip;
		return &units[i];
	}
	return NULL;
}

/* Four digits at most before the unit, unless it is the largest one. */
static void format_scaled(const struct report_unit *u, u64 value, char *buf)
{
	const char *name = u->names;
	unsigned rest = 0, digits = 3;

	while (value >= u->base && name[strlen(name) + 1]) {
		rest = (unsigned)(value % u->base) * 1000 / u->base;
		value /= u->base;
		name += strlen(name) + 1;
	}
	for (u64 limit = 10; limit <= 100 && value >= limit; limit *= 10) {
		rest /= 10;
		digits--;
	}
	if (rest)
		snprintf(buf, REPORT_NUMBER_SIZE, "%" PRIu64 ".%0*u %s", value,
			 (int)digits, rest, name);
	else
		snprintf(buf, REPORT_NUMBER_SIZE, "%" PRIu64 " %s", value,
			 name);
}

void report_unit_format(const struct report_unit *u, u64 value, char *buf)
{
	if (!u)
		snprintf(buf, REPORT_NUMBER_SIZE, "%" PRIu64, value);
	else if (u->base)
		format_scaled(u, value, buf);
	else if (u->names)
		snprintf(buf, REPORT_NUMBER_SIZE, "%" PRIu64 ".%u%s",
			 value / 10, (unsigned)(value % 10), u->names);
	else
		snprintf(buf, REPORT_NUMBER_SIZE, "%" PRIu64 ".%06u",
			 value / 1000000000,
			 (unsigned)(value / 1000 % 1000000));
}
