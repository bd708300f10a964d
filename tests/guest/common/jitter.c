// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How late timers are: sleeps until the counter is at a value, events=NUMBER
 * times, and looks how far it is then.  A tick may be many instructions; how
 * much of one was over is told by looking until the next.  Prints in 64ths of
 * a tick
 *
 *	jitter MINIMUM MEDIAN P999 MAXIMUM in event NUMBER
 */
#include "alarm.h"
#include "chance.h"

#define EVENTS		100000
#define PARTS		64
#define BUCKETS		(1u << 17)	/* the last also has what is later */
/* Nanoseconds between two events. */
#define SLEEP_MIN	6000
#define SLEEP_SPREAD	8000

static uint32_t buckets[BUCKETS];
static uint64_t latest, latest_event, looks_in_100;

/* Looks at the counter until it changes; gives it, and how often. */
static inline uint64_t next_tick(uint64_t *looks)
{
	const uint64_t begin = now();
	uint64_t t, count = 0;

	do {
		t = now();
		count++;
	} while (t == begin);
	*looks = count;
	return t;
}

static void calibrate(void)
{
	uint64_t looks;

	looks_in_100 = 0;
	for (unsigned i = 0; i < 100; i++) {
		const uint64_t begin = next_tick(&looks);
		uint64_t count = 0;

		while (now() == begin)
			count++;
		looks_in_100 += count + 1;
	}
}

static uint64_t late_by(uint64_t due)
{
	uint64_t looks, parts;
	const uint64_t t = next_tick(&looks);

	parts = (t - due) * PARTS;
	looks = looks * PARTS * 100 / looks_in_100;
	return parts > looks ? parts - looks : 0;
}

static void event(uint64_t number)
{
	const uint64_t sleep = SLEEP_MIN + below(SLEEP_SPREAD);
	const uint64_t due = now() + sleep * counter_hz() / 1000000000;
	uint64_t late;

	alarm_set(due);
	while (now() < due)
		wait();
	late = late_by(due);
	alarm_end();
	if (late > latest) {
		latest = late;
		latest_event = number;
	}
	buckets[late < BUCKETS ? late : BUCKETS - 1]++;
}

/* The lateness that this many of them do not exceed. */
static uint64_t quantile(uint64_t count)
{
	uint64_t at = 0;

	for (uint64_t sum = buckets[0]; sum < count && at < BUCKETS - 1; )
		sum += buckets[++at];
	return at;
}

void guest_main(void *tree)
{
	const uint64_t events = chance_number(tree, "events=", EVENTS);

	chance_begin(tree);
	alarm_init();
	calibrate();
	for (unsigned i = 0; i < 100; i++)	/* all is warm */
		event(i);
	for (unsigned i = 0; i < BUCKETS; i++)
		buckets[i] = 0;
	latest = 0;
	for (uint64_t i = 0; i < events; i++)
		event(i);
	print("jitter %u %u %u %u in event %u\n", quantile(1),
	      quantile((events + 1) / 2), quantile(events - events / 1000),
	      latest, latest_event);
	pass();
}
