// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Panics of native runs (the linker puts __wrap_panic() in place of panic()):
 * a suite may expect one, any other ends the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <arch/fake.h>
#include <vmm/log.h>

static jmp_buf *expecting;

PRINTF(1, 2) _Noreturn void __wrap_panic(const char *fmt, ...);

void __wrap_panic(const char *fmt, ...)
{
	va_list ap;

	if (expecting)
		longjmp(*expecting, 1);
	fprintf(stderr, "panic: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

bool fake_panics(void (*fn)(void *), void *arg)
{
	jmp_buf here;
	volatile bool panicked = true;

	expecting = &here;
	if (!setjmp(here)) {
		fn(arg);
		panicked = false;
	}
	expecting = NULL;
	return panicked;
}
