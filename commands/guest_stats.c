// SPDX-License-Identifier: GPL-2.0-or-later
/* `guest stats`, `vcpu stats`: what was counted, of all VCPUs or of one. */
#include "guest.h"
#include "live.h"
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/report.h>

/* VCPUs `from` to `end` - 1 of a guest. */
struct some {
	struct guest *guest;
	unsigned from, end;
};

/* ---- exits ---- */

struct sum {
	u64 count, cycles;
	u64 histogram[EXIT_BUCKETS];
};

static struct sum sum_up(const struct some *s, unsigned reason)
{
	struct sum sum = { .count = 0 };

	for (unsigned i = s->from; i < s->end; i++) {
		const struct exit_stats *e = &s->guest->vcpus[i]->stats[reason];

		sum.count += e->count;
		sum.cycles += e->cycles;
		for (unsigned n = 0; n < EXIT_BUCKETS; n++)
			sum.histogram[n] += e->histogram[n];
	}
	return sum;
}

/* Bucket n holds cycles with n leading zeros of 32: below 2^(32-n). */
static void report_histogram(struct console *con, const struct sum *s)
{
	report_array(con, "histogram");
	for (unsigned n = EXIT_BUCKETS; n-- > 0; ) {
		if (!s->histogram[n])
			continue;
		report_row(con);
		report_index(con, "below_ns",
			     clock_cycles_to_ns(BIT64(32 - n)));
		report_count(con, "count", s->histogram[n]);
		report_end(con);
	}
	report_end(con);
}

static void report_exits(struct console *con, const struct some *s)
{
	report_list(con, "exits", "reason:-12 count:12 mean_ns:10 "
		    "total_ns:10 histogram");
	for (unsigned i = 0; i < ARCH_EXIT_COUNT; i++) {
		struct sum sum = sum_up(s, i);
		u64 ns = clock_cycles_to_ns(sum.cycles);

		if (!sum.count)
			continue;
		report_row(con);
		report_name(con, "reason", arch_exit_names[i]);
		report_count(con, "count", sum.count);
		report_u64(con, "mean_ns", ns / sum.count);
		report_count(con, "total_ns", ns);
		report_histogram(con, &sum);
		report_end(con);
	}
	report_end(con);
}

/* ---- devices ---- */

static void add(struct vcpu_tally *sum, const struct vcpu_tally *t)
{
	sum->count += t->count;
	sum->cycles += t->cycles;
}

static struct vcpu_tallies sum_up_device(const struct some *s,
					 const struct emu *e)
{
	struct vcpu_tallies sum = { .loads = { .count = 0 } };

	for (unsigned i = s->from; i < s->end; i++) {
		const struct vcpu_tallies *t = vcpu_tallies(s->guest->vcpus[i],
							    e->tally);

		add(&sum.loads, &t->loads);
		add(&sum.stores, &t->stores);
	}
	return sum;
}

static u64 mean_ns(u64 cycles, u64 count)
{
	return count ? clock_cycles_to_ns(cycles) / count : 0;
}

static void report_devices(struct console *con, const struct some *s)
{
	report_list(con, "devices", "device:-24 loads:10 load_mean_ns:13 "
		    "stores:10 store_mean_ns:14 total_ns:10");
	for (size_t i = 0; i < s->guest->device_count; i++) {
		const struct emu *e = s->guest->devices[i];
		struct vcpu_tallies t = sum_up_device(s, e);

		if (!(t.loads.count | t.stores.count))
			continue;
		report_row(con);
		report_name(con, "device", e->name);
		report_count(con, "loads", t.loads.count);
		report_u64(con, "load_mean_ns",
			   mean_ns(t.loads.cycles, t.loads.count));
		report_count(con, "stores", t.stores.count);
		report_u64(con, "store_mean_ns",
			   mean_ns(t.stores.cycles, t.stores.count));
		report_count(con, "total_ns",
			     clock_cycles_to_ns(t.loads.cycles +
						t.stores.cycles));
		report_end(con);
	}
	report_end(con);
}

/* ---- interrupts ---- */

static void report_line(struct console *con, struct emu *e, unsigned line)
{
	struct irq_line l;
	u64 flags, falls;

	flags = spin_lock_irq(&e->lock);
	l = e->lines[line];
	spin_unlock_irq(&e->lock, flags);
	if (!l.rises)
		return;
	falls = l.rises - l.level;
	report_row(con);
	report_name(con, "device", e->name);
	report_index(con, "pin", l.pin);
	report_count(con, "count", l.rises);
	report_u64(con, "mean_ns", mean_ns(l.raised_cycles, falls));
	report_count(con, "total_ns", clock_cycles_to_ns(l.raised_cycles));
	report_bool(con, "raised", l.level);
	report_end(con);
}

static void report_interrupts(struct console *con, const struct guest *g)
{
	report_list(con, "interrupts", "device:-24 pin:5 count:10 mean_ns:10 "
		    "total_ns:10 raised");
	for (size_t i = 0; i < g->device_count; i++)
		for (unsigned n = 0; n < g->devices[i]->line_count; n++)
			report_line(con, g->devices[i], n);
	report_end(con);
}

/* ---- time ---- */

static void report_vcpu(struct console *con, const struct vcpu *v)
{
	const struct thread *t = &v->thread;

	report_row(con);
	report_namef(con, "name", "%s/%u", v->guest->name, v->index);
	report_text(con, "state", vcpu_state_name(v));
	report_count(con, "run_ns", clock_cycles_to_ns(thread_run_cycles(t)));
	report_count(con, "ready_ns",
		     clock_cycles_to_ns(thread_ready_cycles(t)));
	report_count(con, "idle_ns",
		     clock_cycles_to_ns(thread_blocked_cycles(t)));
	report_end(con);
}

static void report_time(struct console *con, const struct some *s)
{
	report_list(con, "vcpus",
		    "name:-16 state:-9 run_ns:10 ready_ns:10 idle_ns:10");
	for (unsigned i = s->from; i < s->end; i++)
		report_vcpu(con, s->guest->vcpus[i]);
	report_end(con);
}

static int show(struct console *con, void *arg)
{
	const struct some *s = arg;

	report_name(con, "guest", s->guest->name);
	report_exits(con, s);
	report_devices(con, s);
	report_interrupts(con, s->guest);
	report_time(con, s);
	report_count(con, "rom_stores", s->guest->stats.rom_stores);
	report_count(con, "bad_accesses", s->guest->stats.bad_accesses);
	return 0;
}

int guest_verb_stats(struct console *con, const struct command_args *args)
{
	struct some s = { .guest = guest_named(args->words[0]) };
	int rc;

	if (!s.guest)
		return -ENOENT;
	s.end = s.guest->vcpu_count;
	if (!command_option(args, "watch"))
		rc = show(con, &s);
	else if (live_is_possible(con))
		rc = live_run(con, NULL, show, &s);
	else
		rc = fail(-ENOTSUP, "guest: --watch is for the prompt");
	guest_put(s.guest);
	return rc;
}

/* ---- one VCPU ---- */

static void report_last_exits(struct console *con, const struct vcpu *v)
{
	struct vcpu_exit last[EXIT_LAST];
	unsigned count = vcpu_last_exits(v, last, EXIT_LAST);
	u64 now = clock_now(), then;

	report_list(con, "last_exits", "ago_ns:10 reason:-12 pc:18 where");
	for (unsigned i = 0; i < count; i++) {
		then = clock_cycles_to_ns(last[i].cycles);
		report_row(con);
		report_u64(con, "ago_ns", now > then ? now - then : 0);
		report_text(con, "reason", arch_exit_names[last[i].reason]);
		report_hex(con, "pc", last[i].pc);
		guest_report_symbol(con, v->guest, last[i].pc);
		report_end(con);
	}
	report_end(con);
}

static void report_last_access(struct console *con, const struct vcpu *v)
{
	struct vcpu_last_access a;

	if (!vcpu_last_access(v, &a))
		return;
	report_object(con, "last_access");
	report_hex(con, "address", a.address);
	report_text(con, "device", a.where);
	report_hex(con, "offset", a.offset);
	if (a.reg && a.reg->count > 1)
		report_textf(con, "register", "%s[%u]", a.reg->name, a.index);
	else
		report_text(con, "register", a.reg ? a.reg->name : NULL);
	report_u64(con, "size_bytes", a.size);
	report_text(con, "direction", a.store ? "store" : "load");
	report_hex(con, "value", a.value);
	report_end(con);
}

void guest_report_vcpu(struct console *con, struct vcpu *v)
{
	const struct some s = {
		.guest = v->guest, .from = v->index, .end = v->index + 1,
	};

	report_namef(con, "vcpu", "%s/%u", v->guest->name, v->index);
	report_exits(con, &s);
	report_devices(con, &s);
	report_time(con, &s);
	report_last_exits(con, v);
	report_last_access(con, v);
}
