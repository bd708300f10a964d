// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices, flash, PLIC, APLIC and IMSIC as things to be attacked. */
#include "games.h"

#define UART_IRQ	10u
#define SOURCES		96u

/* Supervisors' contexts are the odd ones. */
#define PLIC_ENABLE(hart)	(PLIC_BASE + 0x2080 + 0x100 * (hart))
#define PLIC_CLAIM(hart)	(PLIC_BASE + 0x201004 + 0x2000 * (hart))
#define APLIC_SETIP	(APLIC_BASE + 0x1c00)
#define APLIC_SETIPNUM	(APLIC_BASE + 0x1cdc)
#define APLIC_SETIENUM	(APLIC_BASE + 0x1edc)
#define APLIC_GENMSI	(APLIC_BASE + 0x3000)
#define APLIC_IDC(hart)	(APLIC_BASE + 0x4000 + 32 * (hart))
#define IMSIC_FILE(hart)	(IMSIC_BASE + 0x1000 * (hart))

const struct game_device game_devices[] = {
	{ UART_BASE, 0x100, 8 }, { UART_BASE, 0x100, 8 },
	{ RTC_BASE, 0x1000, 0x20 }, { TEST_BASE, 0x1000, 8 },
};
const uint64_t game_device_count = 4;

bool game_is_end(uintptr_t at, uint64_t value)
{
	return at < TEST_BASE + 4 && at + 8 > TEST_BASE;
}

const uintptr_t game_flash[2] = { ROM_BASE, ROM_BASE + 0x2000000 };
const uintptr_t game_flash_size = 0x2000000;

const struct game_device game_pic[] = {
	{ PLIC_BASE, 0x600000, 0x200 }, { PLIC_BASE + 0x1000, 0x3000, 0x3000 },
	{ PLIC_BASE + 0x200000, 0x20000, 0x10000 },
	{ APLIC_BASE, 0x8000, 0x3200 }, { APLIC_BASE + 0x4000, 0x4000, 0x200 },
	{ IMSIC_BASE, 0x10000, 0x8000 },
};
const uint64_t game_pic_count = 6;

static uint64_t run(const void *code, const uint64_t *regs, uint64_t state)
{
	static uint8_t stacks[MAX_VCPUS][1024] __attribute__((aligned(64)));

	return hostile_call(code, regs, state, stacks[vcpu_index()] + 512);
}

void game_run(uintptr_t code)
{
	static const uint64_t regs[31];

	watchdog_start();
	run((const void *)code, regs, STATE_USER);
}

/* ---- what there is, of three kinds; the others refuse it ---- */

#define MAY_TRAP(statement)	((void)TRAP_OF(statement))

static void store(uintptr_t at, uint64_t value)
{
	MAY_TRAP(mmio_write32(at, (uint32_t)value));
}

static uint32_t load(uintptr_t at)
{
	uint32_t value = 0;

	MAY_TRAP(value = mmio_read32(at));
	return value;
}

static void file_write(uint64_t number, uint64_t value)
{
	MAY_TRAP(csr_write(0x150, number));
	MAY_TRAP(csr_write(0x151, value));
}

void pic_begin(uint64_t index)
{
	for (uintptr_t i = 0; i < SOURCES / 32; i++) {
		store(PLIC_ENABLE(index) + 4 * i, ~0u);
		store(APLIC_BASE + 0x1e00 + 4 * i, ~0u);
	}
	store(PLIC_CLAIM(index) - 4, 0);
	store(APLIC_BASE, 1u << 8 | (below(2) ? 4 : 0));
	store(APLIC_IDC(index), 1);
	store(APLIC_IDC(index) + 8, 0);
	file_write(0x70, 1);
	file_write(0x72, 0);
	for (uint64_t n = 0xc0; n < 0xc8; n += 2)
		file_write(n, ~0ul);
}

void pic_flood(void)
{
	const uint64_t priority = below(8);

	for (uintptr_t n = 1; n < SOURCES; n++) {
		store(PLIC_BASE + 4 * n, priority);
		store(APLIC_BASE + 4 * n, 4 + below(4));
		store(APLIC_BASE + 0x3000 + 4 * n, below(8) << 18 | priority);
	}
	for (uintptr_t i = 0; i < SOURCES / 32; i++)
		store(APLIC_SETIP + 4 * i, ~0u);
	for (uint64_t n = 0x80; n < 0x88; n += 2)
		file_write(n, ~0ul);
}

/* IPIs by any mask, messages to any file with any number. */
void pic_message(void)
{
	if (below(2))
		sbi(SBI_IPI, 0, below(2) ? below(256) : any_value(),
		    below(4) ? 0 : below(2) ? ~0ull : below(9));
	else
		store(IMSIC_FILE(below(10)) + (below(4) ? 0 : below(0x1000)),
		      below(4) ? below(300) : any_value());
}

static void play_plic(uint64_t hart)
{
	switch (below(4)) {
	case 0:
		store(PLIC_CLAIM(hart), load(PLIC_CLAIM(hart)));
		break;
	case 1:
		load(PLIC_CLAIM(hart));		/* never completed */
		break;
	case 2:
		store(PLIC_CLAIM(hart), below(2) ? below(100) : any_value());
		break;
	default:
		store(PLIC_CLAIM(hart) - 4, any_value());
	}
}

static void play_aplic(uint64_t hart)
{
	static const uint16_t hot[] = {
		0x1cdc, 0x1ddc, 0x1edc, 0x1fdc, 0x2000, 0x2004, 0x3000, 0,
	};

	if (below(2))
		store(APLIC_BASE + hot[below(8)], any_value());
	else if (below(2))
		load(APLIC_IDC(hart) + 0x1c);
	else
		store(APLIC_IDC(hart) + 4 * below(8), any_value());
}

static void play_file(void)
{
	switch (below(4)) {
	case 0:
		MAY_TRAP(csr_write(0x15c, any_value()));
		break;
	case 1:
		MAY_TRAP(csr_write(0x150, any_value()));
		MAY_TRAP(csr_read(0x151));
		break;
	case 2:
		file_write(below(0x110), any_value());
		break;
	default:
		MAY_TRAP(csr_set(0x151, any_value()));
		MAY_TRAP(csr_read(0xdb0));
	}
}

void pic_play(uint64_t index)
{
	switch (below(3)) {
	case 0:
		play_plic(below(8) ? index : below(9));
		break;
	case 1:
		play_aplic(below(8) ? index : below(9));
		break;
	default:
		play_file();
	}
}

/* What waits, by whatever controller there is. */
static uint64_t drain(uint64_t index)
{
	uint64_t count = 0, id, top = 0;

	while (count < 16 && (id = load(PLIC_CLAIM(index)))) {
		store(PLIC_CLAIM(index), id);
		count++;
	}
	while (count < 16 && load(APLIC_IDC(index) + 0x1c))
		count++;
	while (count < 16) {
		MAY_TRAP(__asm__ volatile("csrrw %0, 0x15c, zero"
					  : "=r"(top) :: "memory"));
		if (!top)
			break;
		top = 0;
		count++;
	}
	return count;
}

/* Not the timer, which is the end of it. */
uint64_t pic_take(uint64_t index)
{
	/* addi a0, a0, -1; bnez a0 */
	static const uint32_t spin[] __attribute__((aligned(8))) = {
		0xfff50513, 0xfe051ee3, 0x00100073,
	};
	static const uint64_t regs[31] = { [9] = 3000 };
	uint64_t how;

	code_sync();
	csr_write(sie, SIP_SOFT | SIP_EXTERNAL);
	how = run(spin, regs, STATE_KERNEL);
	return (how >> 63) + drain(index);
}

/* The transmitter is always empty: its interrupt is up while it is enabled. */
void line_hold(uint64_t to, bool on)
{
	if (on) {
		store(PLIC_BASE + 4 * UART_IRQ, 1);
		store(APLIC_BASE, 1u << 8);
		store(APLIC_BASE + 4 * UART_IRQ, 6);	/* high */
		store(APLIC_BASE + 0x3000 + 4 * UART_IRQ, to << 18 | 1);
		store(APLIC_SETIENUM, UART_IRQ);
		for (uint64_t hart = 0; hart < MAX_VCPUS; hart++)
			store(PLIC_ENABLE(hart), hart == to ? 1u << UART_IRQ :
			      0);
	}
	mmio_write8(UART_BASE + 1, on ? 2 : 0);
}

void line_edge(uint64_t to)
{
	sbi(SBI_IPI, 0, 1ul << to, 0);
	store(IMSIC_FILE(to), 33);
}
