// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the suites natively and reports them through cmocka: a group for each
 * suite, a test for each case.  Each suite has a process and a fake machine of
 * its own, so that one that crashes or hangs spoils no other.  Arguments name
 * the suites to run.  The last line says how many cases passed and failed.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <arch/fake.h>
#include <vmm/console.h>
#include <vmm/test.h>
#include <vmm/timer.h>

#include "../suites/fake_platform.h"

#define SUITE_SECONDS	120	/* a suite that takes longer hangs */

SET_DEFINE(suite);

static unsigned failure_count;		/* of the running case */

/* Shared with the processes of the suites. */
static struct counts {
	unsigned cases, passed, ended_early;
} *counts;

void test_fail(const char *file, int line, const char *what)
{
	failure_count++;
	print_error("%s:%d: %s does not hold\n", file, line, what);
}

void test_fail_values(const char *file, int line, const char *what,
		      const u64 values[2])
{
	failure_count++;
	print_error("%s:%d: %s does not hold: %" PRIu64 " (%#" PRIx64
		    ") and %" PRIu64 " (%#" PRIx64 ")\n", file, line, what,
		    values[0], values[0], values[1], values[1]);
}

static void run_case(void **state)
{
	const struct test_case *c = *state;

	fake_faults_begin();		/* cmocka has set its own handler */
	failure_count = 0;
	c->run();
	if (failure_count)
		fail();
	counts->passed++;
}

static void run_suite(const struct suite *s)
{
	struct CMUnitTest *tests = calloc(s->case_count, sizeof(*tests));

	if (!tests)
		abort();
	for (size_t i = 0; i < s->case_count; i++)
		tests[i] = (struct CMUnitTest){
			.name = s->cases[i].name,
			.test_func = run_case,
			.initial_state = (void *)(uintptr_t)&s->cases[i],
		};
	counts->cases += (unsigned)s->case_count;
	_cmocka_run_group_tests(s->name, tests, s->case_count, NULL, NULL);
	free(tests);
}

static bool is_wanted(const struct suite *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], s->name))
			return true;
	return argc < 2;
}

/* In a process of its own; what its cases came to is added by the parent. */
static void run_alone(const struct suite *s)
{
	alarm(SUITE_SECONDS);
	fake_machine_init();
	platform_reset();
	timer_init_cpu();
	if (guest_console_init())
		exit(1);
	run_suite(s);
	exit(0);
}

static void run_apart(const struct suite *s)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child < 0)
		abort();
	if (!child)
		run_alone(s);
	if (waitpid(child, &status, 0) != child)
		abort();
	if (status) {
		printf("suite %s ended early: %s %d\n", s->name,
		       WIFSIGNALED(status) ? "signal" : "status",
		       WIFSIGNALED(status) ? WTERMSIG(status) :
					     WEXITSTATUS(status));
		counts->ended_early++;
	}
}

int main(int argc, char **argv)
{
	unsigned failed;

	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		abort();
	set_for_each(suite, s)
		if (is_wanted(s, argc, argv))
			run_apart(s);
	failed = counts->cases - counts->passed;
	if (!failed)
		failed = counts->ended_early;
	printf("%u passed, %u failed\n", counts->passed, failed);
	return !counts->passed || failed;
}
