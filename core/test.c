// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the suites inside the hypervisor. */
#include <vmm/test.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/wait.h>

SET_DEFINE(suite);

/* One run at a time. */
static struct {
	struct mutex lock;
	struct console *con;		/* lock: all */
	const struct suite *suite;
	const struct test_case *test;
	unsigned failures;		/* of the case that runs */
} run = { .lock = MUTEX_INIT(run.lock) };

struct count {
	unsigned passed, failed;
};

/* Cases may have threads of their own that fail. */
static void note_failure(void)
{
	__atomic_fetch_add(&run.failures, 1, __ATOMIC_RELAXED);
	run.con->error_count++;		/* told, so that nobody else does */
}

void test_fail(const char *file, int line, const char *what)
{
	note_failure();
	con_printf(run.con, "FAIL %s.%s: %s:%d: %s\n", run.suite->name,
		   run.test->name, file, line, what);
}

void test_fail_values(const char *file, int line, const char *what,
		      const u64 values[2])
{
	note_failure();
	con_printf(run.con, "FAIL %s.%s: %s:%d: %s: %" PRIu64 " (%#" PRIx64
		   ") and %" PRIu64 " (%#" PRIx64 ")\n", run.suite->name,
		   run.test->name, file, line, what, values[0], values[0],
		   values[1], values[1]);
}

/* Errors that cases provoke are expected; nobody wants to read them. */
static void discard(struct console *con, const char *data, size_t size)
{
}

static struct console nobody = { .write = discard };

static void run_case(const struct test_case *c)
{
	run.test = c;
	run.failures = 0;
	console_set_thread(&nobody);
	c->run();
	console_set_thread(run.con);
}

static void run_suite(const struct suite *s, struct count *total)
{
	struct count c = { 0, 0 };

	run.suite = s;
	for (size_t i = 0; i < s->case_count; i++) {
		run_case(&s->cases[i]);
		if (run.failures)
			c.failed++;
		else
			c.passed++;
	}
	con_printf(run.con, "%s: %u passed, %u failed\n", s->name, c.passed,
		   c.failed);
	total->passed += c.passed;
	total->failed += c.failed;
}

int test_run(struct console *con, const char *name)
{
	struct count total = { 0, 0 };
	SCOPED_MUTEX(&run.lock);

	run.con = con;
	set_for_each(suite, s)
		if (!name || string_equal(name, s->name))
			run_suite(s, &total);
	if (!total.passed && !total.failed)
		return fail(-ENOENT, "test: there is no suite %s",
			    name ? name : "at all");
	con_printf(con, "%u passed, %u failed\n", total.passed, total.failed);
	return total.failed ? -ECANCELED : 0;
}
