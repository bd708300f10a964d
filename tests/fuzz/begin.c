// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Before all fuzzers: the fake machine, with its memory and clock.  They are
 * one program, of which the name that it is called by chooses one.
 */
#include "../suites/fake_platform.h"
#include <arch/fake.h>
#include <libs/string.h>
#include <vmm/log.h>
#include <vmm/test.h>
#include <vmm/timer.h>
#include <vmm/vpic.h>

/* What the files' LLVMFuzzerTestOneInput() are called in the program. */
typedef int fuzzer(const u8 *data, size_t size);
#define FUZZER(name)	fuzzer fuzz_##name;
#include <generated/fuzzers.h>
#undef FUZZER

static const struct {
	const char *name;
	fuzzer *run;
} fuzzers[] = {
#define FUZZER(name)	{ #name, fuzz_##name },
#include <generated/fuzzers.h>
};

/* Controllers can be shown to guests: they look at their nodes. */
static const struct vpic_slots slots = { .version = 3 };
static const struct vpic_pins pins;

/* What suites share may report to these. */
void test_fail(const char *file, int line, const char *what)
{
	panic("%s:%d: %s does not hold", file, line, what);
}

void test_fail_values(const char *file, int line, const char *what,
		      const u64 values[2])
{
	test_fail(file, line, what);
}

static fuzzer *chosen;

static fuzzer *choose(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_LEN(fuzzers); i++)
		if (string_equal(fuzzers[i].name, name))
			return fuzzers[i].run;
	__builtin_trap();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	chosen = choose(**argv);
	fake_machine_init();
	platform_reset();
	platform_stand_in();
	timer_init_cpu();
	vpic_slots = &slots;
	vpic_pins = &pins;
	return 0;
}

fuzzer LLVMFuzzerTestOneInput;
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	return chosen(data, size);
}
