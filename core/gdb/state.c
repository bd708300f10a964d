// SPDX-License-Identifier: GPL-2.0-or-later
/* A VCPU's registers, their description for gdb, and memory. */
#include "server.h"

#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>

/* ---- registers: numbered through all runs ---- */

struct place {
	size_t run;
	unsigned n;
};

static bool find(const struct gdb_server *s, u64 number, struct place *out)
{
	for (size_t i = 0; i < s->run_count; i++) {
		if (number < arch_gdb_runs[i].count) {
			*out = (struct place){ i, (unsigned)number };
			return true;
		}
		number -= arch_gdb_runs[i].count;
	}
	return false;
}

static size_t size_of(const struct place *p)
{
	return arch_gdb_runs[p->run].bits / 8;
}

const void *gdb_guest_register(const struct gdb_server *s, size_t run,
			       unsigned n)
{
	if (arch_gdb_runs[run].name)
		return arch_gdb_at(gdb_vcpu(s), run, n);
	return arch_vcpu_state_at(gdb_vcpu(s), arch_gdb_runs[run].first + n);
}

static void put_register(struct gdb_server *s, const struct place *p)
{
	static const u8 zero[16];
	const void *at = s->target->register_at(s, p->run, p->n);

	gdb_put_hex(s, at ? at : zero, size_of(p));
}

/* Of registers of the system, none: it is the guest's to change them. */
static bool is_writable(const struct place *p)
{
	return arch_gdb_runs[p->run].name;
}

static void set_register(struct gdb_server *s, const struct place *p,
			 const u8 *value)
{
	if (is_writable(p))
		arch_gdb_write(gdb_vcpu(s), p->run, p->n, value);
}

void gdb_read_all(struct gdb_server *s, const struct gdb_request *r)
{
	struct place p;

	for (u64 i = 0; find(s, i, &p); i++)
		put_register(s, &p);
}

void gdb_write_all(struct gdb_server *s, const struct gdb_request *r)
{
	const u8 *at = r->data;
	size_t left = r->size;
	struct place p;

	for (u64 i = 0; find(s, i, &p) && size_of(&p) <= left; i++) {
		set_register(s, &p, at);
		at += size_of(&p);
		left -= size_of(&p);
	}
	gdb_put_rc(s, left ? -EINVAL : 0);
}

void gdb_read_one(struct gdb_server *s, const struct gdb_request *r)
{
	struct place p;

	if (find(s, r->numbers[0], &p))
		put_register(s, &p);
	else
		gdb_put_rc(s, -EINVAL);
}

void gdb_write_one(struct gdb_server *s, const struct gdb_request *r)
{
	struct place p;

	if (!find(s, r->numbers[0], &p) || r->size != size_of(&p)) {
		gdb_put_rc(s, -EINVAL);
		return;
	}
	set_register(s, &p, r->data);
	gdb_put_rc(s, is_writable(&p) ? 0 : -EPERM);
}

/* ---- the description, of which a part is asked for ---- */

struct window {
	struct printf_sink sink;
	struct gdb_server *s;
	u64 skip;			/* before the part */
	u64 left;			/* of the part */
	bool more;			/* behind it */
};

static void window_write(struct printf_sink *sink, const char *text,
			 size_t size)
{
	struct window *w = container_of(sink, struct window, sink);
	size_t step = (size_t)MIN((u64)size, w->skip);

	text += step;
	size -= step;
	w->skip -= step;
	step = (size_t)MIN((u64)size, w->left);
	w->left -= step;
	w->more |= step < size;
	gdb_put(w->s, "%.*s", (int)step, text);
}

PRINTF(2, 3)
static void describe(struct window *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf_to(&w->sink, fmt, ap);
	va_end(ap);
}

static void describe_register(struct window *w, const struct arch_gdb_run *run,
			      unsigned n)
{
	describe(w, "<reg name=\"%s", run->name ? run->name :
		 arch_vcpu_state[run->first + n].name);
	if (run->name && run->count > 1)
		describe(w, "%u", n);
	describe(w, "\" bitsize=\"%u\" type=\"%s\"/>", run->bits,
		 run->type ? run->type : run->bits == 32 ? "uint32" :
		 "uint64");
}

static void describe_all(struct window *w)
{
	const char *feature = NULL;

	describe(w, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM "
		 "\"gdb-target.dtd\"><target version=\"1.0\"><architecture>"
		 "%s</architecture>", arch_gdb_name);
	for (size_t i = 0; i < w->s->run_count; i++) {
		const struct arch_gdb_run *run = &arch_gdb_runs[i];

		if (!feature || !string_equal(feature, run->feature))
			describe(w, "%s<feature name=\"%s\">",
				 feature ? "</feature>" : "", run->feature);
		feature = run->feature;
		for (unsigned n = 0; n < run->count; n++)
			describe_register(w, run, n);
	}
	describe(w, "</feature></target>");
}

void gdb_features(struct gdb_server *s, const struct gdb_request *r)
{
	struct window w = {
		.sink.write = window_write, .s = s, .skip = r->numbers[0],
		.left = MIN(r->numbers[1], (u64)GDB_PACKET_MAX - 1),
	};

	gdb_put(s, "m");
	describe_all(&w);
	if (!w.more)
		s->reply[0] = 'l';
}

/* ---- memory ---- */

/* As much as can be had, if any. */
void gdb_read_memory(struct gdb_server *s, const struct gdb_request *r)
{
	size_t size = (size_t)MIN(r->numbers[1], (u64)GDB_DATA_MAX);
	int rc = guest_debug_read(&s->debug, gdb_vcpu(s), r->numbers[0],
				  s->data, size);

	if (rc)
		gdb_put_rc(s, rc);
	else
		gdb_put_hex(s, s->data, size);
}

void gdb_write_memory(struct gdb_server *s, const struct gdb_request *r)
{
	int rc = r->numbers[1] == r->size ? 0 : -EINVAL;

	if (!rc)
		rc = guest_debug_write(&s->debug, gdb_vcpu(s), r->numbers[0],
				       r->data, r->size);
	gdb_put_rc(s, rc);
}
