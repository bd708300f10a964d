// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices, flash and both versions of the GIC as things to be attacked. */
#include "games.h"
#include "gic.h"

#define GPIO_BASE	0x09030000ul
#define UART_IRQ	(GIC_SPI + 1)
#define EDGE		(GIC_SPI + 20)
#define GICR_FRAMES	(MAX_VCPUS * 0x20000ul)

const struct game_device game_devices[] = {
	{ UART_BASE, 0x1000, 0x4c }, { UART_BASE, 0x1000, 0x4c },
	{ RTC_BASE, 0x1000, 0x20 }, { GPIO_BASE, 0x1000, 0x424 },
};
const uint64_t game_device_count = 4;

bool game_is_end(uintptr_t at, uint64_t value)
{
	return false;
}

const uintptr_t game_flash[2] = { ROM_BASE, ROM_BASE + 0x4000000 };
const uintptr_t game_flash_size = 0x4000000;

/* Distributor, redistributors or CPU interfaces; the absent ones too. */
const struct game_device game_pic[] = {
	{ GICD_BASE, 0x10000, 0x1000 }, { GICD_BASE, 0x10000, 0xf30 },
	{ GICR_BASE, GICR_FRAMES + 0x40000, GICR_FRAMES },
	{ GICC_BASE, 0x2000, 0x30 },
};
const uint64_t game_pic_count = 4;

/* Exceptions come here again after what attack() set. */
static uint64_t attack_and_back(const uint32_t *words, unsigned count,
				const uint64_t *regs)
{
	const uint64_t vbar = sysreg_read(vbar_el1);
	const uint64_t how = attack(words, count, regs, STATE_KERNEL);

	sysreg_write(vbar_el1, vbar);
	return how;
}

void game_run(uintptr_t code)
{
	static uint8_t stacks[MAX_VCPUS][1024] __attribute__((aligned(64)));
	static const uint64_t regs[31];
	const uint64_t vbar = sysreg_read(vbar_el1);

	watchdog_start();
	hostile_call((const void *)code, regs, STATE_USER,
		     stacks[vcpu_index()] + 512);
	sysreg_write(vbar_el1, vbar);
}

void pic_begin(uint64_t index)
{
	gic_init();
	if (gic_is_v3()) {
		watchdog_init();
		gic_init_cpu();
	} else {
		gic_init_cpu();
		mmio_write32(GICD_BASE + GIC_ENABLE, ~0u);
	}
	for (uint32_t i = 1; i < 8; i++)
		mmio_write32(GICD_BASE + GIC_GROUP + 4 * i,
			     gic_is_v3() ? ~0u : 0);
}

void pic_flood(void)
{
	const uint32_t priority = (uint32_t)below(8) * 0x10101010;

	for (uint32_t i = 32; i < 256; i += 4)
		mmio_write32(GICD_BASE + GIC_PRIORITY + i, priority);
	for (uint32_t i = 1; i < 8; i++) {
		mmio_write32(GICD_BASE + GIC_ENABLE + 4 * i, ~0u);
		mmio_write32(GICD_BASE + GIC_PEND + 4 * i, ~0u);
	}
	mmio_write32(gic_block(0) + GIC_PEND, ~0u);
}

/* SGIs: any list, level of affinity, range; all but this one; any word. */
void pic_message(void)
{
	const uint64_t id = below(16);
	uint64_t word = id << 24 | below(256);

	if (!below(3))
		word |= 1ull << 40;
	if (!below(8))
		word = any();
	__asm__ volatile("dsb sy" ::: "memory");
	if (gic_is_v3())
		sysreg_write(S3_0_C12_C11_5, word);
	else
		mmio_write32(GICD_BASE + 0xf00, (uint32_t)(below(8) ?
			     below(4) << 24 | below(256) << 16 | id : any()));
}

static uint32_t any_id(void)
{
	switch (below(4)) {
	case 0:
		return (uint32_t)below(32);
	case 1:
		return 1016 + (uint32_t)below(16);
	case 2:
		return (uint32_t)below(1024);
	}
	return (uint32_t)any();
}

/* CPU interface of version 3, by its registers. */
static void play_v3(void)
{
	switch (below(8)) {
	case 0:
		sysreg_write(S3_0_C12_C12_3, below(8));		/* BPR1 */
		sysreg_write(S3_0_C12_C8_3, below(8));		/* BPR0 */
		break;
	case 1:
		(void)sysreg_read(S3_0_C12_C8_0);		/* IAR0 */
		break;
	case 2:
		sysreg_write(S3_0_C12_C8_1, any_id());		/* EOIR0 */
		break;
	case 3:
		(void)sysreg_read(S3_0_C12_C12_2);		/* HPPIR1 */
		(void)sysreg_read(S3_0_C12_C8_2);
		break;
	case 4:
		sysreg_write(S3_0_C12_C12_6, below(2));		/* IGRPEN0 */
		sysreg_write(S3_0_C12_C12_7, below(2));
		break;
	case 5:
		sysreg_write(S3_0_C12_C9_0, any());		/* AP1R0 */
		sysreg_write(S3_0_C12_C8_4, any());		/* AP0R0 */
		break;
	default:
		sysreg_write(S3_0_C12_C12_4, any_value());	/* CTLR */
	}
}

static void play_any(void)
{
	if (gic_is_v3())
		play_v3();
	else
		game_access(GICC_BASE + (below(2) ? below(0x30) & ~3ul :
					 below(0x1010) & ~3ul), any_value());
}

void pic_play(uint64_t index)
{
	uint32_t ack;

	switch (below(6)) {
	case 0:
		gic_eoi(any_id());		/* of what nobody took */
		break;
	case 1:
		gic_dir(any_id());
		break;
	case 2:
		ack = gic_ack();		/* ended never, once or twice */
		for (uint64_t n = below(3); n; n--)
			gic_eoi(ack);
		break;
	case 3:
		gic_eoi_mode(below(2));
		break;
	case 4:
		gic_mask((uint8_t)any_value());
		break;
	default:
		play_any();
	}
}

/* Those that are pending without the vector's help too. */
static uint64_t drain(void)
{
	uint64_t count = 0;
	uint32_t ack;

	while (count < 16 && ((ack = gic_ack()) & 0x3ff) < 1020) {
		gic_eoi(ack);
		count++;
	}
	return count;
}

uint64_t pic_take(uint64_t index)
{
	/* subs x0, x0, #1; b.ne */
	static const uint32_t spin[] = { 0xf1000400, 0x54ffffe1 };
	static const uint64_t regs[31] = { 3000 };

	return !attack_and_back(spin, 2, regs) + drain();
}

void line_hold(uint64_t to, bool on)
{
	if (on) {
		gic_route(UART_IRQ, to);
		gic_edge(UART_IRQ, false);
		gic_use(UART_IRQ, 0x80);
		mmio_write32(UART_BASE + 0x30, 0x301);
		console_put('.');
	}
	mmio_write32(UART_BASE + 0x38, on ? 0x20 : 0);
}

void line_edge(uint64_t to)
{
	gic_route(EDGE, to);
	gic_edge(EDGE, true);
	gic_use(EDGE, 0x80);
	gic_bit_set(GIC_PEND, EDGE);
}
