// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug console, SBI 3.0 chapter 12.  Like firmware on hardware it shares
 * the serial device with the kernel, and reads by the device's registers.
 */

#include "sbi.h"

#include "console.h"

#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/emulator.h>
#include <vmm/guest.h>

/* Bytes of one call; the caller comes again for the rest. */
#define CALL_MAX	64

#define REG_RBR		0
#define REG_LSR		5
#define LSR_DR		BIT(0)

void console_write(struct vcpu *v, const u8 *data, size_t size)
{
	guest_console_output(v->guest->console, data, size);
}

/* The first of that type: its node is not asked, which takes long. */
static struct emu *serial_device(const struct guest *g)
{
	for (size_t i = 0; i < g->device_count; i++)
		if (string_equal(g->devices[i]->type->name, "ns16550a"))
			return g->devices[i];
	return NULL;
}

/* Registers are as far apart as the device's table says. */
static u8 register_read(struct vcpu *v, struct emu *e, u64 number)
{
	struct access a = { .size = 1, .vcpu = v };

	a.offset = number * e->type->regs[1].offset;
	emu_access(e, &a);
	return (u8)a.value;
}

size_t console_read(struct vcpu *v, u8 *data, size_t size)
{
	struct emu *e = serial_device(v->guest);
	size_t n = 0;

	while (e && n < size && register_read(v, e, REG_LSR) & LSR_DR) {
		data[n++] = register_read(v, e, REG_RBR);
		vcpu_interruptible_begin(v);
		vcpu_interruptible_end(v);
	}
	return n;
}

/* args: size, low and high half of the address.  All of it must be RAM. */
static bool is_buffer(const struct vcpu *v, const u64 *args)
{
	const struct region *r;

	if (args[2])
		return false;
	r = aspace_find(&v->guest->memory, GPA(args[1]), args[0]);
	return r && r->kind == REGION_RAM;
}

static sbi_answer write_bytes(struct vcpu *v, const u64 *args)
{
	u8 data[CALL_MAX];
	size_t size = MIN(args[0], (u64)sizeof(data));

	if (!args[0])
		return sbi_value(0);
	if (!is_buffer(v, args) ||
	    guest_read(v->guest, GPA(args[1]), data, size))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	console_write(v, data, size);
	return sbi_value(size);
}

static sbi_answer read_bytes(struct vcpu *v, const u64 *args)
{
	u8 data[CALL_MAX];
	size_t size = MIN(args[0], (u64)sizeof(data));

	if (!args[0])
		return sbi_value(0);
	if (!is_buffer(v, args))
		return sbi_error(SBI_ERR_INVALID_PARAM);
	size = console_read(v, data, size);
	if (guest_write(v->guest, GPA(args[1]), data, size))
		return sbi_error(SBI_ERR_FAILED);
	return sbi_value(size);
}

static sbi_answer write_byte(struct vcpu *v, const u64 *args)
{
	u8 byte = (u8)args[0];

	console_write(v, &byte, 1);
	return sbi_error(SBI_SUCCESS);
}

const struct sbi_extension sbi_dbcn = SBI_EXTENSION(SBI_DBCN,
	write_bytes, read_bytes, write_byte);
