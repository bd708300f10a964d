// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The interrupt controller, either version: states and registers of
 * interrupts, order and nesting, more of them pending than a CPU interface
 * has list registers, messages to other VCPUs.  Run it with four VCPUs.
 */
#include "gic.h"

#define FIRST	40u			/* shared ones that no device has */
#define MANY	24u

static uint32_t id_of(uint32_t ack)
{
	return ack & 0x3ff;
}

static void expect_nothing(void)
{
	EXPECT(id_of(gic_ack()) >= 1020);
}

static void expect_one(uint32_t id)
{
	uint32_t ack = GIC_SPURIOUS;

	EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
	EXPECT_EQ(id_of(ack), id);
	gic_eoi(ack);
}

static void use(uint32_t id, uint8_t priority)
{
	if (id >= GIC_SPI) {
		gic_route(id, vcpu_index());
		gic_edge(id, true);
	}
	gic_use(id, priority);
}

static void private_ones(void)
{
	use(5, 0x80);
	gic_sgi(5, 1u << vcpu_index());
	expect_one(5);
	expect_nothing();
	use(20, 0x80);
	gic_bit_set(GIC_PEND, 20);
	EXPECT(gic_bit(GIC_PEND, 20));
	EXPECT(gic_bit(GIC_UNPEND, 20));
	gic_bit_set(GIC_UNPEND, 20);
	EXPECT(!gic_bit(GIC_PEND, 20));
	expect_nothing();
	gic_bit_set(GIC_DISABLE, 20);
}

static void shared_one(void)
{
	const uint32_t id = FIRST;
	uint32_t ack;

	use(id, 0x80);
	EXPECT(gic_bit(GIC_ENABLE, id));
	gic_bit_set(GIC_PEND, id);
	EXPECT(gic_bit(GIC_PEND, id));
	EXPECT(!gic_bit(GIC_ACTIVATE, id));
	ack = gic_ack();
	EXPECT_EQ(id_of(ack), id);
	EXPECT(!gic_bit(GIC_PEND, id));
	EXPECT(gic_bit(GIC_ACTIVATE, id));
	EXPECT_EQ(gic_running_priority(), 0x80);
	gic_bit_set(GIC_PEND, id);	/* active and pending */
	EXPECT(gic_bit(GIC_PEND, id));
	EXPECT(gic_bit(GIC_ACTIVATE, id));
	expect_nothing();
	gic_eoi(ack);
	EXPECT_EQ(gic_running_priority(), 0xff);
	expect_one(id);
	EXPECT(!gic_bit(GIC_ACTIVATE, id));
	expect_nothing();
}

static void switched_while_pending(void)
{
	const uint32_t id = FIRST;

	gic_bit_set(GIC_DISABLE, id);
	gic_bit_set(GIC_PEND, id);
	expect_nothing();
	EXPECT(gic_bit(GIC_PEND, id));
	gic_bit_set(GIC_ENABLE, id);
	EXPECT(gic_bit(GIC_ENABLE, id));
	gic_bit_set(GIC_DISABLE, id);
	expect_nothing();
	EXPECT(gic_bit(GIC_PEND, id));
	gic_bit_set(GIC_ENABLE, id);
	expect_one(id);
	gic_bit_set(GIC_PEND, id);
	gic_bit_set(GIC_UNPEND, id);
	expect_nothing();
	gic_bit_set(GIC_PEND, id);
	gic_mask(0x80);			/* only what is more urgent */
	expect_nothing();
	gic_mask(0xff);
	expect_one(id);
	mmio_write32(GICD_BASE, 0);
	gic_bit_set(GIC_PEND, id);
	expect_nothing();
	gic_init();
	expect_one(id);
}

/* All pending at once come in order of priority, then of number. */
static void many_in_order(void)
{
	for (uint32_t i = 0; i < MANY; i++)
		use(FIRST + i, (uint8_t)(0xa0 - 8 * (i / 3)));
	for (uint32_t i = 0; i < MANY; i++)
		gic_bit_set(GIC_PEND, FIRST + i);
	for (uint32_t i = 0; i < MANY; i++)
		EXPECT(gic_bit(GIC_PEND, FIRST + i));
	for (uint32_t left = MANY / 3; left-- > 0; ) {
		uint32_t seen = 0;

		for (uint32_t i = 0; i < 3; i++) {
			uint32_t ack = GIC_SPURIOUS;

			EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
			EXPECT_EQ((id_of(ack) - FIRST) / 3, left);
			seen |= 1u << (id_of(ack) - FIRST) % 3;
			gic_eoi(ack);
		}
		EXPECT_EQ(seen, 7);
	}
	expect_nothing();
}

/* Each more urgent than the one before, taken before that has ended. */
static void nested(void)
{
	enum { DEPTH = 12 };
	uint32_t acks[DEPTH];

	for (uint32_t i = 0; i < DEPTH; i++) {
		use(FIRST + i, (uint8_t)(0xb0 - 8 * i));
		gic_bit_set(GIC_PEND, FIRST + i);
		acks[i] = GIC_SPURIOUS;
		EXPECT_SOON(id_of(acks[i] = gic_ack()) < 1020);
		EXPECT_EQ(id_of(acks[i]), FIRST + i);
		EXPECT_EQ(gic_running_priority(), 0xb0 - 8 * i);
	}
	use(FIRST + DEPTH, 0xb0);
	gic_bit_set(GIC_PEND, FIRST + DEPTH);	/* not urgent enough */
	for (uint32_t i = DEPTH; i-- > 0; ) {
		expect_nothing();
		EXPECT(gic_bit(GIC_ACTIVATE, FIRST + i));
		gic_eoi(acks[i]);
		EXPECT_SOON(!gic_bit(GIC_ACTIVATE, FIRST + i));
	}
	expect_one(FIRST + DEPTH);
	EXPECT_EQ(gic_running_priority(), 0xff);
}

/* Ended in two steps: others run between, this one doesn't. */
static void split_end(void)
{
	uint32_t acks[8];

	gic_eoi_mode(true);
	for (uint32_t i = 0; i < 8; i++) {
		use(FIRST + i, 0x80);
		gic_bit_set(GIC_PEND, FIRST + i);
		acks[i] = GIC_SPURIOUS;
		EXPECT_SOON(id_of(acks[i] = gic_ack()) < 1020);
		EXPECT_EQ(id_of(acks[i]), FIRST + i);
		gic_eoi(acks[i]);
		EXPECT_EQ(gic_running_priority(), 0xff);
		EXPECT(gic_bit(GIC_ACTIVATE, FIRST + i));
		gic_bit_set(GIC_PEND, FIRST + i);
	}
	expect_nothing();
	for (uint32_t i = 8; i-- > 0; )
		gic_dir(acks[i]);
	gic_eoi_mode(false);
	for (uint32_t i = 0; i < 8; i++) {
		uint32_t ack = GIC_SPURIOUS;

		EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
		gic_eoi(ack);
	}
	expect_nothing();
}

/* The UART's line stays up until its interrupt is cleared there. */
static void level_line(void)
{
	const uint32_t uart = GIC_SPI + 1;
	uint32_t ack;

	gic_route(uart, vcpu_index());
	gic_edge(uart, false);
	gic_use(uart, 0x80);
	mmio_write32(UART_BASE + 0x30, 0x301);
	mmio_write32(UART_BASE + 0x38, 0);
	expect_nothing();
	print(".\n");
	EXPECT_SOON(mmio_read32(UART_BASE + 0x3c) & 0x20);
	mmio_write32(UART_BASE + 0x38, 0x20);
	for (int i = 0; i < 3; i++) {
		ack = GIC_SPURIOUS;
		EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
		EXPECT_EQ(id_of(ack), uart);
		gic_eoi(ack);
	}
	EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
	mmio_write32(UART_BASE + 0x38, 0);
	gic_eoi(ack);
	expect_nothing();
	EXPECT(!gic_bit(GIC_PEND, uart));
	gic_bit_set(GIC_DISABLE, uart);
}

/* ---- several VCPUs ---- */

static volatile uint64_t got[8], ready[8];

/* Answers SGIs until number 15 comes. */
static void answer(uint64_t index)
{
	uint32_t ack;

	gic_init_cpu();
	for (uint32_t id = 0; id < 16; id++)
		gic_use(id, (uint8_t)(0x40 + 8 * id));
	ready[index] = 1;
	do {
		EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
		gic_eoi(ack);
		got[index] |= 1ul << id_of(ack);
	} while (id_of(ack) != 15);
	/* What is pending for nobody: it must not stay for the next. */
	for (uint32_t id = 0; id < 16; id++)
		gic_bit_set(GIC_DISABLE, id);
}

static void forget(void)
{
	for (int i = 0; i < 8; i++)
		got[i] = 0;
}

static void messages(uint64_t count)
{
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, answer, i);
	for (uint64_t i = 1; i < count; i++)
		EXPECT_SOON(ready[i]);
	for (uint32_t id = 0; id < 15; id++) {
		for (uint64_t i = 1; i < count; i++) {
			forget();
			gic_sgi(id, 1u << i);
			EXPECT_SOON(got[i] == 1ul << id);
			for (uint64_t j = 1; j < count; j++)
				EXPECT(j == i || !got[j]);
		}
	}
	forget();
	gic_sgi(7, 0xfe);			/* also to absent ones */
	for (uint64_t i = 1; i < count; i++)
		EXPECT_SOON(got[i] == 1ul << 7);
	expect_nothing();
	forget();
	gic_sgi_others(9);
	for (uint64_t i = 1; i < count; i++)
		EXPECT_SOON(got[i] == 1ul << 9);
	expect_nothing();
	forget();
	for (uint32_t id = 0; id < 15; id++)	/* all at once */
		gic_sgi_others(id);
	for (uint64_t i = 1; i < count; i++)
		EXPECT_SOON(got[i] == 0x7fff);
}

/* A shared one goes where it is routed, also while it pends. */
static volatile uint64_t shared_got[8];

static void answer_shared(uint64_t index)
{
	uint32_t ack;

	gic_init_cpu();
	EXPECT_SOON(id_of(ack = gic_ack()) < 1020);
	shared_got[index] = id_of(ack);
	gic_eoi(ack);
}

static void routes(uint64_t count)
{
	for (uint64_t i = 1; i < count; i++) {
		use(FIRST, 0x80);
		gic_mask(0);
		gic_bit_set(GIC_PEND, FIRST);
		gic_route(FIRST, i);
		gic_mask(0xff);
		expect_nothing();
		vcpu_run(i, answer_shared, i);
		EXPECT_EQ(shared_got[i], FIRST);
	}
	gic_route(FIRST, 0);
}

/* ---- taken as interrupts, while the main program goes on ---- */

static volatile uint64_t taken, order_errors, last;

void vector_irq(void)
{
	const uint32_t ack = gic_ack();
	const uint32_t id = id_of(ack);

	if (id >= 1020)
		return;
	order_errors += id != (last ? last + 1 : FIRST);
	last = id;
	taken++;
	gic_eoi(ack);
}

static void by_interrupt(void)
{
	for (uint32_t round = 0; round < 20; round++) {
		taken = last = 0;
		for (uint32_t i = 0; i < MANY; i++) {
			use(FIRST + i, (uint8_t)(0x10 + 8 * i));
			gic_bit_set(GIC_PEND, FIRST + i);
		}
		__asm__ volatile("msr daifclr, #2" ::: "memory");
		EXPECT_SOON(taken == MANY);
		__asm__ volatile("msr daifset, #2" ::: "memory");
		EXPECT_EQ(order_errors, 0);
	}
}

void guest_main(void *tree)
{
	const uint64_t count = vcpu_count();

	gic_init();
	gic_init_cpu();
	private_ones();
	shared_one();
	switched_while_pending();
	many_in_order();
	nested();
	split_end();
	level_line();
	messages(count);
	gic_sgi_others(15);
	for (uint64_t i = 1; i < count; i++)
		vcpu_join(i);
	routes(count);
	by_interrupt();
	pass();
}
