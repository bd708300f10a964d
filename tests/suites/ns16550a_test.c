// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * emulators/serial/ns16550a: FIFOs, priorities of interrupts, what drivers try
 * to find out which part it is, register layouts.
 */
#include "emulated.h"
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/test.h>

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR };	/* IIR: FCR */

#define RDI	1
#define THRI	2
#define RLSI	4
#define MSI	8
#define NONE	1

static const u8 text[64] = "0123456789abcdefghijklmnopqrstuvwxyz";

static struct emu *create(void)
{
	return emulated_create("ns16550a");
}

static u8 get(struct emu *e, u64 offset)
{
	return (u8)emulated_read(e, offset, 1);
}

static void put(struct emu *e, u64 offset, u8 value)
{
	emulated_write(e, offset, value, 1);
}

static void resets(void)
{
	struct emu *e = create();

	EXPECT(e);
	EXPECT_EQ(get(e, IIR), NONE);
	EXPECT_EQ(get(e, LSR), 0x60);
	EXPECT_EQ(get(e, MSR), 0xb0);
	EXPECT_EQ(get(e, IER), 0);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

/* What drivers do to tell parts from each other. */
static void identifies(void)
{
	struct emu *e = create();

	EXPECT(e);
	put(e, IER, 0xff);
	EXPECT_EQ(get(e, IER), 0x0f);
	put(e, IER, 0);
	put(e, SCR, 0xa5);
	EXPECT_EQ(get(e, SCR), 0xa5);
	put(e, MCR, 0x1a);
	EXPECT_EQ(get(e, MSR) & 0xf0, 0x90);
	put(e, MCR, 0);
	put(e, IIR, 1);
	EXPECT_EQ(get(e, IIR) >> 6, 3);
	/* No second bank behind LCR = 0xbf, no 64-byte FIFO. */
	put(e, LCR, 0xbf);
	EXPECT_EQ(get(e, IIR) >> 6, 3);
	put(e, LCR, 0x80);
	put(e, IIR, 0x21);
	EXPECT_EQ(get(e, IIR) & 0xe0, 0xc0);
	put(e, LCR, 0);
	put(e, IIR, 0);
	EXPECT_EQ(get(e, IIR) >> 6, 0);
	emu_destroy(e);
}

static void divisor(void)
{
	struct emu *e = create();

	EXPECT(e);
	put(e, IER, RDI);
	put(e, LCR, 0x83);
	put(e, RBR, 0x34);
	put(e, IER, 0x12);
	EXPECT_EQ(get(e, RBR), 0x34);
	EXPECT_EQ(get(e, IER), 0x12);
	put(e, LCR, 3);
	EXPECT_EQ(get(e, IER), RDI);
	EXPECT_EQ(get(e, LCR), 3);
	emu_destroy(e);
}

/*
 * The transmitter interrupts when it becomes empty, and when its interrupt is
 * enabled while it is; reading that from IIR ends it.
 */
static void transmit_interrupt(void)
{
	struct emu *e = create();

	EXPECT(e);
	put(e, IER, THRI);
	EXPECT(emulated_line);
	EXPECT_EQ(get(e, IIR), 2);
	EXPECT(!emulated_line);
	EXPECT_EQ(get(e, IIR), NONE);
	put(e, IER, 0);
	put(e, IER, THRI);
	EXPECT_EQ(get(e, IIR), 2);
	put(e, IER, THRI | RDI);
	EXPECT_EQ(get(e, IIR), NONE);
	put(e, RBR, 'x');
	EXPECT(emulated_line);
	put(e, IER, 0);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

static void one_deep(void)
{
	struct emu *e = create();

	EXPECT(e);
	put(e, IER, RDI);
	EXPECT_EQ(emu_input(e, text, 5), 1);
	EXPECT(emulated_line);
	EXPECT_EQ(get(e, IIR), 4);
	EXPECT_EQ(get(e, LSR), 0x61);
	EXPECT_EQ(get(e, RBR), '0');
	EXPECT(!emulated_line);
	EXPECT_EQ(get(e, LSR), 0x60);
	EXPECT_EQ(get(e, RBR), '0');
	emu_destroy(e);
}

static void fifo(void)
{
	static const u8 triggers[] = { 1, 4, 8, 14 };
	struct emu *e = create();

	EXPECT(e);
	put(e, IER, RDI);
	for (u8 i = 0; i < ARRAY_LEN(triggers); i++) {
		put(e, IIR, (u8)(i << 6 | 1));
		EXPECT_EQ(emu_input(e, text, triggers[i] - 1u),
			  triggers[i] - 1);
		EXPECT_EQ(get(e, IIR), i ? 0xcc : 0xc0 | NONE);
		EXPECT_EQ(emu_input(e, text, 1), 1);
		EXPECT_EQ(get(e, IIR), 0xc4);
		put(e, IIR, (u8)(i << 6 | 3));
		EXPECT_EQ(get(e, IIR), 0xc0 | NONE);
		EXPECT(!emulated_line);
	}
	EXPECT_EQ(emu_input(e, text, 40), 16);
	for (unsigned i = 0; i < 16; i++)
		EXPECT_EQ(get(e, RBR), text[i]);
	EXPECT_EQ(get(e, LSR), 0x60);
	/* Turning FIFOs on or off empties them. */
	EXPECT_EQ(emu_input(e, text, 3), 3);
	put(e, IIR, 0);
	EXPECT_EQ(get(e, LSR), 0x60);
	emu_destroy(e);
}

static void loop_back(void)
{
	struct emu *e = create();

	EXPECT(e);
	put(e, IER, RLSI | RDI | MSI);
	put(e, MCR, 0x10);
	EXPECT_EQ(get(e, IIR), 0);
	EXPECT_EQ(get(e, MSR), 0x0b);
	EXPECT_EQ(get(e, IIR), NONE);
	/* Of the ring indicator only its end is told. */
	put(e, MCR, 0x14);
	EXPECT_EQ(get(e, MSR), 0x40);
	put(e, MCR, 0x10);
	EXPECT_EQ(get(e, MSR), 0x04);
	EXPECT_EQ(emu_input(e, text, 3), 0);
	put(e, RBR, 'a');
	EXPECT_EQ(get(e, IIR), 4);
	put(e, RBR, 'b');
	EXPECT_EQ(get(e, IIR), 6);
	EXPECT_EQ(get(e, LSR), 0x63);
	EXPECT_EQ(get(e, LSR), 0x61);
	EXPECT_EQ(get(e, RBR), 'a');
	EXPECT(!emulated_line);
	put(e, MCR, 0);
	EXPECT_EQ(get(e, MSR), 0xbb);
	emu_destroy(e);
}

/* What the FIFO has no room for waits in the console, in order. */
static void console(void)
{
	const struct emulator *type = NULL;
	struct guest_console *c;
	struct emu *e;
	u8 out[4];
	u64 pos = 0;

	set_for_each(emulator, t)
		if (string_equal(t->name, "ns16550a"))
			type = t;
	EXPECT(type);
	EXPECT_EQ(guest_console_get("ns16550a-test", GUEST_CONSOLE_RING, &c),
		  0);
	EXPECT_EQ(emu_create(&(struct emu_config){
		.type = type, .node = DT_NONE, .name = "serial",
		.console = c }, &e), 0);
	EXPECT_EQ(guest_console_input(c, text, 64), 64);
	put(e, IIR, 1);
	for (unsigned i = 1; i < 64; i++) {
		EXPECT(get(e, LSR) & 1);
		EXPECT_EQ(get(e, RBR), text[i]);
	}
	EXPECT(!(get(e, LSR) & 1));
	put(e, RBR, 'o');
	put(e, RBR, 'k');
	EXPECT_EQ(guest_console_read(c, &pos, out, sizeof(out)), 2);
	EXPECT_EQ(out[0], 'o');
	EXPECT_EQ(out[1], 'k');
	/* A break between bytes shows when it is next, until it was seen. */
	EXPECT_EQ(guest_console_input(c, text, 1), 1);
	EXPECT_EQ(guest_console_break(c), 0);
	EXPECT_EQ(guest_console_input(c, text + 1, 1), 1);
	EXPECT_EQ(get(e, LSR) & 0x11, 1);
	EXPECT_EQ(get(e, RBR), text[0]);
	put(e, IER, 4);
	EXPECT_EQ(get(e, IIR) & 0xf, 6);
	EXPECT_EQ(get(e, LSR) & 0x11, 0x11);
	EXPECT_EQ(get(e, LSR) & 0x11, 1);
	EXPECT_EQ(get(e, RBR), 0);
	EXPECT_EQ(get(e, RBR), text[1]);
	EXPECT_EQ(get(e, LSR) & 0x11, 0);
	emu_destroy(e);
	guest_console_end(c);
}

/* Registers four bytes apart, as words and as bytes. */
static void wide_registers(void)
{
	u8 fdt[256];
	struct emu *e;

	EXPECT_EQ(fdt_create(fdt, sizeof(fdt)) |
		  fdt_finish_reservemap(fdt) | fdt_begin_node(fdt, "") |
		  fdt_property(fdt, "compatible", "ns16550a", 9) |
		  fdt_property_u32(fdt, "reg-shift", 2) |
		  fdt_property_u32(fdt, "reg-io-width", 4) |
		  fdt_end_node(fdt) | fdt_finish(fdt), 0);
	e = emulated_create_at(emu_find(dt_root(fdt)), dt_root(fdt));
	EXPECT(e);
	emulated_put(e, SCR * 4, 0xffffff5a);
	EXPECT_EQ(emulated_get(e, SCR * 4), 0x5a);
	EXPECT_EQ(get(e, SCR * 4), 0x5a);
	EXPECT_EQ(get(e, SCR * 4 + 1), 0);
	EXPECT_EQ(emulated_get(e, LSR * 4), 0x60);
	EXPECT_EQ(get(e, SCR), 0);
	emu_destroy(e);
}

static void moves(void)
{
	struct emu *e = create();

	EXPECT(e);
	put(e, IIR, 1);
	put(e, IER, RDI);
	EXPECT_EQ(emu_input(e, text, 9), 9);
	EXPECT_EQ(get(e, RBR), text[0]);
	e = emulated_move(e);
	EXPECT(e);
	EXPECT(emulated_line);
	for (unsigned i = 1; i < 9; i++)
		EXPECT_EQ(get(e, RBR), text[i]);
	EXPECT(!emulated_line);
	emu_destroy(e);
}

/* FCR's other bits do nothing in a store that turns the FIFOs off. */
static void fcr_needs_enable(void)
{
	struct emu *e = create();

	EXPECT(e);
	EXPECT_EQ(emu_input(e, text, 1), 1);
	put(e, IIR, 0xc2);
	EXPECT_EQ(get(e, LSR), 0x61);
	EXPECT_EQ(get(e, RBR), text[0]);
	put(e, IIR, 1);
	EXPECT_EQ(emu_input(e, text, 2), 2);
	put(e, IIR, 3);
	EXPECT_EQ(get(e, LSR), 0x60);
	EXPECT_EQ(emu_input(e, text, 2), 2);
	put(e, IIR, 2);
	EXPECT_EQ(get(e, LSR), 0x60);
	EXPECT_EQ(get(e, IIR), NONE);
	emu_destroy(e);
}

SUITE(ns16550a, TEST(resets), TEST(identifies), TEST(divisor),
      TEST(transmit_interrupt), TEST(one_deep), TEST(fifo), TEST(loop_back),
      TEST(fcr_needs_enable),
      TEST(console), TEST(wide_registers), TEST(moves));
