// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the suites natively and reports them through cmocka: a group for each
 * suite, a test for each case.  Arguments name the suites to run.  The last
 * line says how many cases passed and failed.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/fake.h>
#include <vmm/console.h>
#include <vmm/test.h>
#include <vmm/timer.h>

#include "../suites/fake_platform.h"

SET_DEFINE(suite);

static unsigned failure_count;		/* of the running case */
static unsigned passed_count, case_count;

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
	passed_count++;
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
	case_count += (unsigned)s->case_count;
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

int main(int argc, char **argv)
{
	fake_machine_init();
	platform_reset();
	timer_init_cpu();
	if (guest_console_init())
		return 1;
	set_for_each(suite, s)
		if (is_wanted(s, argc, argv))
			run_suite(s);
	printf("%u passed, %u failed\n", passed_count,
	       case_count - passed_count);
	return !passed_count || passed_count != case_count;
}
