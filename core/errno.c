// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and sentences of the error codes. */
#include <vmm/errno.h>
#include <vmm/types.h>

static const struct row {
	int code;
	const char *name, *text;
} rows[] = {
#define ERRNO_ROW(name, number, text)	{ number, #name, text },
	ERRNO_LIST(ERRNO_ROW)
};

static const struct row none = { 0, "OK", "no error" };
static const struct row unknown = { -1, "E?", "a code that nothing has" };

static const struct row *row_find(int code)
{
	if (code == 0)
		return &none;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == code || rows[i].code == -code)
			return &rows[i];
	return &unknown;
}

const char *errno_name(int code)
{
	return row_find(code)->name;
}

const char *errno_text(int code)
{
	return row_find(code)->text;
}
