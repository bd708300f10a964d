// SPDX-License-Identifier: GPL-2.0-or-later
/* emulators/serial/pl011: FIFOs, interrupts, loop-back, waiting input. */
#include "emulated.h"
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/test.h>

enum {
	DR = 0x00, RSR = 0x04, FR = 0x18, LCR_H = 0x2c, CR = 0x30, IFLS = 0x34,
	IMSC = 0x38, RIS = 0x3c, MIS = 0x40, ICR = 0x44,
};

#define RXFE	0x10
#define RXFF	0x40
#define RX	0x10
#define TX	0x20
#define RT	0x40
#define OE	0x400
#define FEN	0x10
#define ON	0x301

static const u8 text[64] = "0123456789abcdefghijklmnopqrstuvwxyz";

static void resets(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	EXPECT_EQ(emulated_get(e, FR), 0x97);
	EXPECT_EQ(emulated_get(e, CR), 0x300);
	EXPECT_EQ(emulated_get(e, IFLS), 0x12);
	EXPECT_EQ(emulated_get(e, RIS), 0);
	EXPECT_EQ(emulated_get(e, 0xfe0), 0x11);
	EXPECT_EQ(emulated_get(e, 0xfe8), 0x34);
	EXPECT_EQ(emulated_get(e, 0xffc), 0xb1);
	emu_destroy(e);
}

/* Without FIFO one byte; RX at once, and until it was read. */
static void one_deep(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, CR, ON);
	emulated_put(e, IMSC, RX);
	EXPECT_EQ(emu_input(e, text, 5), 1);
	EXPECT(emulated_line);
	EXPECT_EQ(emulated_get(e, FR) & (RXFE | RXFF), RXFF);
	EXPECT_EQ(emulated_get(e, DR), '0');
	EXPECT(!emulated_line);
	EXPECT_EQ(emulated_get(e, FR) & (RXFE | RXFF), RXFE);
	emu_destroy(e);
}

static void fifo(void)
{
	static const u8 triggers[] = { 4, 8, 16, 24, 28 };
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, LCR_H, FEN);
	emulated_put(e, CR, ON);
	for (u32 i = 0; i < ARRAY_LEN(triggers); i++) {
		emulated_put(e, IFLS, i << 3);
		EXPECT_EQ(emu_input(e, text, triggers[i] - 1u),
			  triggers[i] - 1);
		EXPECT_EQ(emulated_get(e, RIS), RT);
		EXPECT_EQ(emu_input(e, text, 1), 1);
		EXPECT_EQ(emulated_get(e, RIS), RT | RX);
		EXPECT_EQ(emulated_get(e, DR), '0');
		EXPECT_EQ(emulated_get(e, RIS), RT);
		while (!(emulated_get(e, FR) & RXFE))
			emulated_get(e, DR);
		EXPECT_EQ(emulated_get(e, RIS), 0);
	}
	EXPECT_EQ(emu_input(e, text, 40), 32);
	EXPECT_EQ(emu_input(e, text, 1), 0);
	EXPECT(emulated_get(e, FR) & RXFF);
	for (unsigned i = 0; i < 32; i++)
		EXPECT_EQ(emulated_read(e, DR, 1), text[i]);
	emu_destroy(e);
}

/* One byte typed reaches a driver that waits for the time-out interrupt. */
static void time_out(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, LCR_H, FEN);
	emulated_put(e, CR, ON);
	emulated_put(e, IMSC, RT);
	EXPECT_EQ(emu_input(e, text, 1), 1);
	EXPECT(emulated_line);
	EXPECT_EQ(emulated_get(e, MIS), RT);
	emulated_put(e, ICR, RT);
	EXPECT(!emulated_line);
	EXPECT_EQ(emu_input(e, text, 1), 1);
	EXPECT(emulated_line);
	emu_destroy(e);
}

/* TX comes when the FIFO drains: after a store, not on being enabled. */
static void transmit_interrupt(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, CR, ON);
	emulated_put(e, IMSC, TX);
	EXPECT(!emulated_line);
	emulated_write(e, DR, 'x', 1);
	EXPECT(emulated_line);
	emulated_put(e, ICR, TX);
	EXPECT(!emulated_line);
	EXPECT_EQ(emulated_get(e, FR) & 0xa8, 0x80);
	emu_destroy(e);
}

static void receiver_off(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, CR, 0x101);
	EXPECT_EQ(emu_input(e, text, 3), 0);
	emulated_put(e, CR, ON);
	EXPECT_EQ(emu_input(e, text, 3), 1);
	emu_destroy(e);
}

static void loop_back(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, CR, ON | 0x80);
	EXPECT_EQ(emulated_get(e, FR) & 0x107, 0);
	EXPECT_EQ(emulated_get(e, RIS), 0x0e);
	EXPECT_EQ(emu_input(e, text, 3), 0);
	emulated_put(e, DR, 'a');
	EXPECT_EQ(emulated_get(e, RSR), 0);
	emulated_put(e, DR, 'b');
	EXPECT_EQ(emulated_get(e, RSR), 8);
	EXPECT(emulated_get(e, RIS) & OE);
	EXPECT_EQ(emulated_get(e, DR), 'a' | 0x800);
	emulated_put(e, RSR, 0);
	EXPECT_EQ(emulated_get(e, RSR), 0);
	emulated_put(e, CR, ON | 0x3c80);
	EXPECT_EQ(emulated_get(e, FR) & 0x107, 0x107);
	emu_destroy(e);
}

/* What the FIFO has no room for waits in the console, in order. */
static void console(void)
{
	struct guest_console *c;
	struct emu *e;
	const struct emulator *type = NULL;
	u8 out[4];
	u64 pos = 0;

	set_for_each(emulator, t)
		if (string_equal(t->name, "pl011"))
			type = t;
	EXPECT(type);
	EXPECT_EQ(guest_console_get("pl011-test", GUEST_CONSOLE_RING, &c), 0);
	EXPECT_EQ(emu_create(&(struct emu_config){
		.type = type, .node = DT_NONE, .name = "serial",
		.console = c }, &e), 0);
	emulated_put(e, LCR_H, FEN);
	EXPECT_EQ(guest_console_input(c, text, 64), 64);
	for (unsigned i = 0; i < 64; i++) {
		EXPECT(!(emulated_get(e, FR) & RXFE));
		EXPECT_EQ(emulated_get(e, DR), text[i]);
	}
	EXPECT(emulated_get(e, FR) & RXFE);
	emulated_put(e, DR, 'o');
	emulated_write(e, DR, 'k', 1);
	EXPECT_EQ(guest_console_read(c, &pos, out, sizeof(out)), 2);
	EXPECT_EQ(out[0], 'o');
	EXPECT_EQ(out[1], 'k');
	/* Waits while the receiver is off. */
	emulated_put(e, CR, 0x101);
	EXPECT_EQ(guest_console_input(c, text, 2), 2);
	EXPECT(emulated_get(e, FR) & RXFE);
	emulated_put(e, CR, ON);
	EXPECT_EQ(emulated_get(e, DR), text[0]);
	EXPECT_EQ(emulated_get(e, DR), text[1]);
	/* A break between bytes, with its error; one at a time. */
	emulated_put(e, CR, 0x101);
	EXPECT_EQ(guest_console_input(c, text, 1), 1);
	EXPECT_EQ(guest_console_break(c), 0);
	EXPECT_EQ(guest_console_break(c), -EBUSY);
	EXPECT_EQ(guest_console_input(c, text + 1, 1), 1);
	emulated_put(e, CR, ON);
	EXPECT_EQ(emulated_get(e, DR), text[0]);
	EXPECT(emulated_get(e, RIS) & 0x200);
	EXPECT_EQ(emulated_get(e, DR), 0x400);
	EXPECT_EQ(emulated_get(e, RSR), 4);
	EXPECT_EQ(emulated_get(e, DR), text[1]);
	EXPECT_EQ(emulated_get(e, RSR), 0);
	emu_destroy(e);
	EXPECT_EQ(guest_console_break(c), -ENODEV);
	EXPECT_EQ(guest_console_input(c, text, 1), 0);
	guest_console_end(c);
}

static void moves(void)
{
	struct emu *e = emulated_create("pl011");

	EXPECT(e);
	emulated_put(e, LCR_H, FEN);
	emulated_put(e, IMSC, RT);
	EXPECT_EQ(emu_input(e, text, 9), 9);
	EXPECT_EQ(emulated_get(e, DR), text[0]);
	e = emulated_move(e);
	EXPECT(e);
	EXPECT(emulated_line);
	for (unsigned i = 1; i < 9; i++)
		EXPECT_EQ(emulated_get(e, DR), text[i]);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

SUITE(pl011, TEST(resets), TEST(one_deep), TEST(fifo), TEST(time_out),
      TEST(transmit_interrupt), TEST(receiver_off), TEST(loop_back),
      TEST(console), TEST(moves));
