// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest as text: see guest_dump.h. */

#include <vmm/guest_dump.h>

#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/gdb.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define PIECE		1024u		/* bytes of memory in a line */
#define LOOK		64u		/* lines between looks for Ctrl-C */
#define CRC_POLYNOMIAL	0xedb88320u

struct dump {
	struct console *con;
	u32 crc;
	u32 lines;
	size_t size;
	char line[32 + (PIECE + 2) / 3 * 4 + 2];
};

/* ---- lines ---- */

static u32 crc_add(u32 crc, const char *text, size_t size)
{
	while (size--) {
		crc ^= (u8)*text++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
	}
	return crc;
}

static void end_line(struct dump *d)
{
	d->line[d->size++] = '\n';
	d->crc = crc_add(d->crc, d->line, d->size);
	d->lines++;
	con_write(d->con, d->line, d->size);
	d->size = 0;
}

PRINTF(2, 3)
static void put(struct dump *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	d->size += (size_t)vsnprintf(d->line + d->size,
				     sizeof(d->line) - d->size, fmt, ap);
	va_end(ap);
}

static void put_base64(struct dump *d, const u8 *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		u32 three = (u32)data[i] << 16 |
			    (left > 1 ? (u32)data[i + 1] << 8 : 0) |
			    (left > 2 ? data[i + 2] : 0);

		for (unsigned n = 0; n < 4; n++)
			d->line[d->size++] = n > left ? '=' :
				digits[three >> (18 - 6 * n) & 63];
	}
}

/* ---- registers ---- */

static void dump_register(struct dump *d, struct vcpu *v, size_t run,
			  unsigned n)
{
	const struct arch_gdb_run *r = &arch_gdb_runs[run];
	const void *at = r->name ? arch_gdb_at(v, run, n) :
				   arch_vcpu_state_at(v, r->first + n);
	static const u8 zero[16];

	put(d, "r %x %s", v->index,
	    r->name ? r->name : arch_vcpu_state[r->first + n].name);
	if (r->name && r->count > 1)
		put(d, "%u", n);
	put(d, " ");
	gdb_hex(d->line + d->size, at ? at : zero, r->bits / 8);
	d->size += r->bits / 4;
	end_line(d);
}

static void dump_registers(struct dump *d, struct vcpu *v)
{
	for (size_t run = 0; run < arch_gdb_run_count; run++)
		for (unsigned n = 0; n < arch_gdb_runs[run].count; n++)
			dump_register(d, v, run, n);
}

/* ---- memory ---- */

static bool is_zero(const u8 *data, size_t size)
{
	while (size && !*data++)
		size--;
	return !size;
}

/* Blocks are whole pages, and lie where they are for as long as the guest. */
static int dump_block(struct dump *d, struct guest *g,
		      const struct guest_block *b)
{
	const u64 size = (u64)PAGE_SIZE << b->order;

	for (u64 done = 0; done < size; done += PIECE) {
		size_t n = PIECE;
		const u8 *data = guest_pin(g, GPA(b->base.v + done), &n);

		if (done % (LOOK * PIECE) == 0 && d->con == &host_console &&
		    host_console_sleep(clock_now()) == -ECANCELED)
			return -ECANCELED;
		if (is_zero(data, PIECE))
			continue;
		put(d, "m %llx ", (unsigned long long)(b->base.v + done));
		put_base64(d, data, PIECE);
		end_line(d);
	}
	return 0;
}

static int dump_all(struct dump *d, struct guest *g)
{
	int rc = 0;

	con_printf(d->con, "guest-core 1 %s %s\n", arch_gdb_name, g->name);
	for (unsigned i = 0; i < g->config->memory_count; i++) {
		put(d, "ram %llx %llx",
		    (unsigned long long)g->config->memory[i].base,
		    (unsigned long long)g->config->memory[i].size);
		end_line(d);
	}
	for (unsigned i = 0; i < g->vcpu_count; i++)
		dump_registers(d, g->vcpus[i]);
	for (size_t i = 0; i < g->block_count && !rc; i++)
		rc = dump_block(d, g, &g->blocks[i]);
	if (rc)
		return rc;
	con_printf(d->con, "end %x %x\n", d->lines, ~d->crc);
	return 0;
}

int guest_dump_stopped(struct guest *g, struct console *con)
{
	HEAP_SCOPED struct dump *d = heap_alloc(sizeof(*d));
	int rc;

	if (!d)
		return fail(-ENOMEM, "guest: %s: no memory left", g->name);
	d->con = con;
	d->crc = ~0u;
	log_hold(true);
	rc = dump_all(d, g);
	log_hold(false);
	return rc ? fail(rc, "guest: %s: its dump was ended before it was "
			 "whole", g->name) : 0;
}

int guest_dump(struct guest *g, struct console *con)
{
	int rc;

	SCOPED_MUTEX(&g->lock);
	if (g->dying)
		return fail(-ENOENT, "guest: %s: is destroyed", g->name);
	guest_stop_sync(g);
	rc = guest_dump_stopped(g, con);
	guest_stop_end(g);
	return rc;
}
