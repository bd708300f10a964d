// SPDX-License-Identifier: GPL-2.0-or-later
/* drivers/uart/uart_port: where registers lie, when bytes go, the rate. */
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/test.h>

#include "../../drivers/uart/uart_port.h"

enum { DATA, IRQS = 1, STATUS = 5, RX = 1, TX = 2 };
enum { READY = 1, ROOM = 2, EMPTY = 0x20 };

static u8 tree[1024] ALIGNED(8);
static u32 regs[1024];
static unsigned init_count;

static void init(struct uart_port *p, struct dt_node node)
{
	init_count++;
	p->burst = 4;
}

static const struct uart_chip chip = {
	.width = 1, .data = DATA, .status = STATUS, .irqs = IRQS,
	.has_byte = { READY, READY }, .has_room = { ROOM, ROOM },
	.is_empty = { EMPTY, EMPTY },
	.irq_receive = RX, .irq_send = TX, .init = init,
};

struct property {
	const char *name;
	u32 value;
};

static struct dt_node node(const struct property *p)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_begin_node(tree, "serial");
	for (; p && p->name; p++)
		fdt_property_u32(tree, p->name, p->value);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
	return dt_find_path(tree, "/serial");
}

static int begin(const struct property *p, struct uart **u)
{
	const struct dt_match match = { "test", &chip };

	memset(regs, 0, sizeof(regs));
	return uart_port_early(&match, node(p), regs, u);
}

static void bytes(void)
{
	u8 *const at = (u8 *)regs, came[3];
	struct uart *u;

	EXPECT_EQ(begin(NULL, &u), 0);
	EXPECT_EQ(u->ops->send(u, (const u8 *)"abc", 3), 0);
	EXPECT_EQ(u->ops->receive(u, came, sizeof(came)), 0);
	at[STATUS] = EMPTY;
	EXPECT_EQ(u->ops->send(u, (const u8 *)"ab", 2), 2);
	EXPECT_EQ(at[DATA], 'b');
	EXPECT_EQ(u->ops->send(u, (const u8 *)"abcdefg", 7), 4);
	EXPECT_EQ(at[DATA], 'd');
	at[STATUS] = ROOM;
	EXPECT_EQ(u->ops->send(u, (const u8 *)"abcdefg", 7), 7);
	EXPECT_EQ(at[DATA], 'g');
	EXPECT_EQ(u->ops->receive(u, came, sizeof(came)), 0);
	at[STATUS] = READY | EMPTY;
	EXPECT_EQ(u->ops->receive(u, came, sizeof(came)), 3);
	EXPECT(came[0] == 'g' && came[2] == 'g');
	u->ops->send_irq(u, true);
	u->ops->receive_irq(u, true);
	EXPECT_EQ(at[IRQS], RX | TX);
	u->ops->send_irq(u, false);
	EXPECT_EQ(at[IRQS], RX);
}

static void layouts(void)
{
	const struct property wide[] = {
		{ "reg-shift", 2 }, { "reg-io-width", 4 },
		{ "reg-offset", 0x100 }, { 0 } };
	const struct property bad[][2] = {
		{ { "reg-shift", 7 } }, { { "reg-shift", ~0u } },
		{ { "reg-io-width", 3 } }, { { "reg-io-width", 8 } },
		{ { "reg-offset", 1025 } } };
	struct uart *u;

	EXPECT_EQ(begin(wide, &u), 0);
	regs[0x40 + STATUS] = EMPTY;
	EXPECT_EQ(u->ops->send(u, (const u8 *)"x", 1), 1);
	EXPECT_EQ(regs[0x40 + DATA], 'x');
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		init_count = 0;
		EXPECT_EQ(begin(bad[i], &u), -EINVAL);
		EXPECT_EQ(init_count, 0);
	}
}

static u32 divisor(u32 hz, u32 baud)
{
	const struct property p[] = {
		{ "clock-frequency", hz }, { "current-speed", baud }, { 0 } };

	return uart_port_divisor(node(p));
}

/* The nearest one, of 16 bits. */
static void rates(void)
{
	EXPECT_EQ(divisor(1843200, 115200), 1);
	EXPECT_EQ(divisor(24000000, 115200), 13);
	EXPECT_EQ(divisor(25000000, 115200), 14);
	EXPECT_EQ(divisor(~0u, ~0u), 0);
	EXPECT_EQ(divisor(~0u, 1), 0);
	EXPECT_EQ(divisor(1843200, 0), 0);
	EXPECT_EQ(uart_port_divisor(node(NULL)), 0);
}

SUITE(uart_port, TEST(bytes), TEST(layouts), TEST(rates));
