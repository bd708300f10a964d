// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Panics of native runs (the linker puts __wrap_panic() in place of panic()):
 * a suite may expect one, any other ends the program.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arch/fake.h>
#include <vmm/log.h>

#define EXIT_PANIC	42

static bool expecting;

PRINTF(1, 2) _Noreturn void __wrap_panic(const char *fmt, ...);

void __wrap_panic(const char *fmt, ...)
{
	va_list ap;

	if (expecting)
		_exit(EXIT_PANIC);
	fprintf(stderr, "panic: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	abort();
}

bool fake_panics(void (*fn)(void *), void *arg)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		abort();
	if (!child) {
		expecting = true;
		fn(arg);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child)
		abort();
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_PANIC;
}
