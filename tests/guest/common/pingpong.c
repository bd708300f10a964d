// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long two VCPUs need for what they do to each other, in ticks of the
 * counter.  With "one-cpu" among the boot arguments: "bench ping-pong TICKS",
 * of 1000 rounds of an IPI to the other one, which sleeps, and one back to this
 * one, which does, too.  Otherwise, where each has a host CPU: some lines
 * "median NAME TICKS", of one round among many, as others on the machine may
 * make single ones as late as they like: "wake", the same rounds; "ipi", where
 * both wait awake; "flush", of the other's TLB.
 */
#include "ipi.h"

#define ROUNDS		1000
#define WARM_ROUNDS	100
#define SAMPLES		9
#define SAMPLE_ROUNDS	251

static volatile bool ready, done;
/* IPIs that came as exceptions, by VCPU. */
static volatile uint64_t came[2];

void IPI_VECTOR
{
	if (ipi_take())
		came[vcpu_index()]++;
}

static void take_asleep(void)
{
	while (!ipi_take())
		wait();
}

/* ---- the rounds ---- */

static void round_asleep(void)
{
	ipi_send(1);
	take_asleep();
}

static void round_awake(void)
{
	const uint64_t before = came[0];

	ipi_send(1);
	while (came[0] == before)
		;
}

static void round_flush(void)
{
	ipi_flush(1);
}

/* ---- of the other VCPU ---- */

static void answer_asleep(unsigned rounds)
{
	while (rounds--) {
		take_asleep();
		ipi_send(0);
	}
}

static void answer_awake(unsigned rounds)
{
	ipi_unmask();
	for (unsigned i = 0; i < rounds; i++) {
		while (came[1] == i)
			;
		ipi_send(0);
	}
}

static void partner_asleep(uint64_t arg)
{
	ipi_init_cpu();
	ready = true;
	answer_asleep(WARM_ROUNDS + ROUNDS);
}

static void partner_all(uint64_t arg)
{
	ipi_init_cpu();
	ready = true;
	answer_asleep(SAMPLES * SAMPLE_ROUNDS);
	answer_awake(SAMPLES * SAMPLE_ROUNDS);
	while (!done)
		;
}

/* ---- of this one ---- */

static void sort(uint64_t *values, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		const uint64_t value = values[i];
		unsigned at = i;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

static void sample(const char *name, void (*round)(void))
{
	static uint64_t took[SAMPLE_ROUNDS];

	for (unsigned i = 0; i < SAMPLE_ROUNDS; i++) {
		const uint64_t begin = now();

		round();
		took[i] = now() - begin;
	}
	sort(took, SAMPLE_ROUNDS);
	print("median %s %u\n", name, took[SAMPLE_ROUNDS / 2]);
}

static void samples(const char *name, void (*round)(void))
{
	for (unsigned i = 0; i < SAMPLES; i++)
		sample(name, round);
}

static void partner_begin(void (*fn)(uint64_t arg))
{
	vcpu_begin(1, fn, 0);
	while (!ready)
		;
}

static void measure_asleep(void)
{
	uint64_t begin;

	partner_begin(partner_asleep);
	for (unsigned i = 0; i < WARM_ROUNDS; i++)
		round_asleep();
	begin = now();
	for (unsigned i = 0; i < ROUNDS; i++)
		round_asleep();
	print("bench ping-pong %u\n", now() - begin);
}

static void measure_all(void)
{
	partner_begin(partner_all);
	samples("wake", round_asleep);
	ipi_unmask();
	samples("ipi", round_awake);
	samples("flush", round_flush);
	done = true;
}

void guest_main(void *tree)
{
	ipi_init(tree);
	ipi_init_cpu();
	if (tree_has_word(tree, "one-cpu"))
		measure_asleep();
	else
		measure_all();
	vcpu_join(1);
	pass();
}
