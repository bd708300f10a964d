/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test suites.  The same source runs natively under sanitizers (through
 * cmocka) and inside the hypervisor (`test run`).
 *
 *	static void empty(void)
 *	{
 *		EXPECT(list_is_empty(&l));
 *	}
 *	SUITE(list, TEST(empty), TEST(order));
 *
 * A case ends at its first EXPECT that does not hold.  Suites that need real
 * hardware are SUITE_INSIDE, those that need the build host SUITE_NATIVE (and
 * are only linked there).
 */
#ifndef VMM_TEST_H
#define VMM_TEST_H

#include <vmm/set.h>
#include <vmm/types.h>

struct test_case {
	const char *name;
	void (*run)(void);
};

struct suite {
	const char *name;
	const struct test_case *cases;
	size_t case_count;
};

SET_DECLARE(suite);

#define TEST(fn)	{ #fn, fn }
#define SUITE(n, ...)							\
	static const struct test_case n##_cases[] = { __VA_ARGS__ };	\
	static const struct suite n##_suite = {				\
		.name = #n, .cases = n##_cases,				\
		.case_count = ARRAY_LEN(n##_cases) };			\
	SET_ADD(suite, n##_suite)

/*
 * Records a failure of the running case.  Supplied by the runner: cmocka's
 * glue in tests/host, core/test.c inside the hypervisor.
 */
void test_fail(const char *file, int line, const char *what);
void test_fail_values(const char *file, int line, const char *what,
		      const u64 values[2]);

/*
 * Inside the hypervisor: runs the suite of that name, or all (NULL); the
 * last line on con is "N passed, N failed".  -ENOENT, -ECANCELED (some did
 * not pass), both reported.
 */
struct console;
int test_run(struct console *con, const char *name);

#define EXPECT(cond) do {						\
	if (!(cond)) {							\
		test_fail(__FILE__, __LINE__, #cond);			\
		return;							\
	}								\
} while (0)

/* Both sides are converted to u64 and printed when they differ. */
#define EXPECT_EQ(a, b) do {						\
	const u64 test_values[2] = { (u64)(a), (u64)(b) };		\
	if (test_values[0] != test_values[1]) {				\
		test_fail_values(__FILE__, __LINE__, #a " == " #b,	\
				 test_values);				\
		return;							\
	}								\
} while (0)

#endif
