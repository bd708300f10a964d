// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All VCPUs keep the CPU as busy as they can without doing anything, as a boot
 * argument says: "waits" for an interrupt that is due and masked, "yields",
 * "spins" without an exit, "exits" of all kinds; or sleep, and "meet" as often
 * as they can, all awake at one moment.
 */
#include "alarm.h"
#include "hostile.h"
#include "fpregs.h"

static const char *arguments;

static void waits(void)
{
	watchdog_init();
	attack_ticks = 0;
	watchdog_start();
	for (;;)
		wait();
}

static void yields(void)
{
	for (;;)
		hostile_yield();
}

static void spins(void)
{
	for (;;)
		;
}

static void exits(void)
{
	for (uint64_t i = 0; ; i++)
		exit_of_kind(i % EXIT_KINDS);
}

#define MEETINGS	50000		/* in a second */

static void meet(void)
{
	const uint64_t period = counter_hz() / MEETINGS;

	alarm_init();
	for (;;) {
		const uint64_t due = (now() / period + 1) * period;

		alarm_set(due);
		while (now() < due)
			wait();
		alarm_end();
	}
}

static const struct {
	const char *word;
	void (*run)(void);
} ways[] = {
	{ "waits", waits }, { "yields", yields }, { "spins", spins },
	{ "exits", exits },
	{ "meet", meet },
};

static void work(uint64_t index)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (tree_has_word(arguments, ways[i].word))
			ways[i].run();
	expect_failed("arguments", 0, "no word", index, 0);
}

void guest_main(void *tree)
{
	arguments = tree;
	chance_all(tree, work);
}
