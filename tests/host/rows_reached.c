// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which register rows of emulated devices are read and written: the linker
 * puts __wrap_emu_access() in place of emu_access().  Appends lines to the file
 * that ROWS_REACHED names: "row TYPE NUMBER NAME r|rw" for each there is, of
 * types that are met, then "r TYPE NUMBER" and "w TYPE NUMBER".
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <vmm/emulator.h>

#define TYPES	32
#define ROWS	256

/* What this process has told already. */
static struct told {
	const struct emulator *type;
	bool rows[2][ROWS];
} told[TYPES];

void __real_emu_access(struct emu *e, struct access *a);
void __wrap_emu_access(struct emu *e, struct access *a);

PRINTF(1, 2) static void tell(const char *fmt, ...)
{
	static int file = -1;
	va_list ap;

	if (file < 0)
		file = open(getenv("ROWS_REACHED") ?: "/dev/null",
			    O_WRONLY | O_APPEND | O_CREAT, 0666);
	va_start(ap, fmt);
	vdprintf(file, fmt, ap);
	va_end(ap);
}

static void tell_rows(const struct emulator *t)
{
	for (size_t i = 0; i < t->reg_count; i++) {
		const struct emu_reg *r = &t->regs[i];

		if (r->width)
			tell("row %s %zu %s %s\n", t->name, i, r->name,
			     r->write || r->wmask || r->after ? "rw" : "r");
	}
}

static struct told *told_of(const struct emulator *t)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (told[i].type == t)
			return &told[i];
		if (told[i].type)
			continue;
		told[i].type = t;
		tell_rows(t);
		return &told[i];
	}
	abort();
}

static bool holds(const struct emu_reg *r, const struct access *a, u64 at)
{
	u64 stride = r->stride ? r->stride : r->width;
	u64 count = r->count ? r->count : 1;

	return r->width && r->region == a->region && at >= r->offset &&
	       (at - r->offset) / stride < count &&
	       (at - r->offset) % stride < r->width;
}

static void tell_access(const struct emulator *t, const struct access *a)
{
	struct told *known = told_of(t);

	for (size_t i = 0; i < t->reg_count && i < ROWS; i++) {
		for (unsigned byte = 0; byte < a->size; byte++) {
			if (known->rows[a->write][i] ||
			    !holds(&t->regs[i], a, a->offset + byte))
				continue;
			known->rows[a->write][i] = true;
			tell("%c %s %zu\n", a->write ? 'w' : 'r', t->name, i);
		}
	}
}

void __wrap_emu_access(struct emu *e, struct access *a)
{
	tell_access(e->type, a);
	__real_emu_access(e, a);
}

/* Types that nobody meets are told, too. */
__attribute__((constructor)) static void tell_all(void)
{
	set_for_each(emulator, t)
		told_of(t);
}
