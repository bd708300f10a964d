// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What two VCPUs do to each other: IPIs to one that runs and to one that
 * sleeps, flushes of its TLB.  Whoever looks at instructions knows by the
 * functions KIND_sender and KIND_receiver which is which.
 */
#include "ipi.h"

#define ROUNDS		50
/* Nanoseconds until the other surely sleeps, or runs again. */
#define PAUSE		200000

void ipi_sender(void);
void ipi_receiver(void);
void wake_sender(void);
void wake_receiver(void);
void flush_sender(void);
void flush_receiver(void);

static volatile uint64_t taken, flushed;

static void pause(void)
{
	const uint64_t end = now() + PAUSE * counter_hz() / 1000000000;

	while (now() < end)
		;
}

__attribute__((noinline)) void ipi_sender(void)
{
	ipi_send(1);
	while (!taken)
		;
	taken = 0;
}

__attribute__((noinline)) void ipi_receiver(void)
{
	while (!ipi_take())
		;
	taken = 1;
}

__attribute__((noinline)) void wake_sender(void)
{
	ipi_send(1);
	while (!taken)
		;
	taken = 0;
}

__attribute__((noinline)) void wake_receiver(void)
{
	while (!ipi_take())
		wait();
	taken = 1;
}

__attribute__((noinline)) void flush_sender(void)
{
	ipi_flush(1);
}

__attribute__((noinline)) void flush_receiver(void)
{
	while (flushed < ROUNDS)
		;
}

static void receive(uint64_t arg)
{
	ipi_init_cpu();
	taken = 1;
	for (unsigned i = 0; i < ROUNDS; i++)
		ipi_receiver();
	for (unsigned i = 0; i < ROUNDS; i++)
		wake_receiver();
	flush_receiver();
}

void guest_main(void *tree)
{
	vcpu_begin(1, receive, 0);
	while (!taken)
		;
	taken = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		pause();
		ipi_sender();
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		pause();
		wake_sender();
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		flush_sender();
		flushed++;
	}
	vcpu_join(1);
	pass();
}
