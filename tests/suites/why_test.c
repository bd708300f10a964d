// SPDX-License-Identifier: GPL-2.0-or-later
/* core/guest/why: what follows from states of VCPUs, and that it is said. */
#include <libs/string.h>
#include <vmm/test.h>
#include <vmm/why.h>

#define NEVER	(~0ull)
#define MS	1000000ull

static struct guest_why g;

/* A guest that runs, has printed a line, and whose VCPUs are idle. */
static void begin(unsigned vcpu_count)
{
	g = (struct guest_why){
		.name = "web", .state = GUEST_RUNNING, .serial = "serial@1",
		.vcpu_count = vcpu_count, .printed_bytes = 6,
		.last_line = "hello",
	};
	for (unsigned i = 0; i < vcpu_count; i++) {
		struct vcpu_why *w = &g.vcpus[i];

		w->state = WHY_IDLE;
		w->was_on = true;
		w->mask = "STATUS.I";
		w->enable = "ENABLE";
		w->timer_count = 1;
		w->timers[0] = (struct why_timer){
			.name = "TIMER", .id = 5, .due_ns = NEVER,
		};
		string_copy(w->where, "0x1000 (wait+0x4)", sizeof(w->where));
	}
}

static void timer_is(unsigned i, u64 due_ns, u8 stops)
{
	struct vcpu_why *w = &g.vcpus[i];

	w->timers[0].on = true;
	w->timers[0].due_ns = due_ns;
	why_source_add(w, &(struct why_source){
		.id = 5, .kind = WHY_TIMER, .stops = stops,
	});
}

static void source_add(unsigned i, u32 id, enum why_kind kind, u8 stops)
{
	why_source_add(&g.vcpus[i], &(struct why_source){
		.id = id, .kind = (u8)kind, .stops = stops,
		.name = kind == WHY_DEVICE ? "net@2" : NULL,
	});
}

static bool says(const char *words)
{
	return strstr(g.text, words);
}

static bool vcpu_says(unsigned i, const char *words)
{
	return strstr(g.vcpu_text[i], words);
}

/* Executes: pc from `from` on, step bytes further at each look. */
static void runs(unsigned i, u64 from, u64 step)
{
	struct vcpu_why *w = &g.vcpus[i];

	w->state = WHY_RUNNING;
	w->sample_count = WHY_SAMPLE_COUNT;
	for (unsigned n = 0; n < WHY_SAMPLE_COUNT; n++)
		w->samples[n] = w->pc = from + n * step;
}

/* ---- starved ---- */

static void waits_for_a_cpu(void)
{
	begin(1);
	runs(0, 0x1000, 0);
	g.vcpus[0].state = WHY_RUNNABLE;
	g.vcpus[0].state_ns = 15000 * MS;
	why_conclude(&g);
	EXPECT(says("has waited for a host CPU for 15 s"));
	EXPECT_EQ(g.class, WHY_WAITS);
	g.vcpus[0].state_ns = 20 * MS;
	why_conclude(&g);
	EXPECT(says("spins at"));
}

/* ---- waiting ---- */

static void sleeps_until_timer(void)
{
	begin(1);
	timer_is(0, 3 * MS, 0);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_SLEEPS);
	EXPECT(says("web/0 sleeps until its timer TIMER rings in 3000 us"));
	EXPECT(says("its last line is \"hello\""));
}

static void never_without_timer(void)
{
	begin(1);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
	EXPECT(says("its timer is off"));
	EXPECT(says("it will never wake"));
}

/* Each thing that keeps a timer from its VCPU, by its own words. */
static void never_with_stopped_timer(void)
{
	for (unsigned n = 0; n < WHY_STOP_COUNT; n++) {
		begin(1);
		timer_is(0, 3 * MS, (u8)BIT(n));
		why_conclude(&g);
		EXPECT_EQ(g.class, WHY_NEVER);
		EXPECT(says("its timer TIMER is set, but its interrupt 5"));
		EXPECT(says(why_stop_names[n]));
	}
	EXPECT_EQ(BIT(4), WHY_STOP_CPU);
}

static void never_with_masked_timer(void)
{
	begin(1);
	timer_is(0, 0, 0);
	g.vcpus[0].timers[0].masked = g.vcpus[0].timers[0].due = true;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
	EXPECT(says("its timer TIMER is masked, and was due"));
}

static void never_with_timer_at_infinity(void)
{
	begin(1);
	timer_is(0, NEVER, 0);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
	EXPECT(says("is set for never"));
}

static void names_enable_register(void)
{
	begin(1);
	timer_is(0, 3 * MS, WHY_STOP_CPU);
	why_conclude(&g);
	EXPECT(says("is off in the CPU (ENABLE)"));
}

static void pending_in_vain(void)
{
	begin(1);
	source_add(0, 33, WHY_DEVICE, WHY_STOP_PRIORITY);
	g.vcpus[0].sources[0].pending = true;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
	EXPECT(says("interrupt 33 (net@2) is pending, but has no priority"));
}

static void waits_for_device(void)
{
	begin(1);
	source_add(0, 33, WHY_DEVICE, 0);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_WAITS);
	EXPECT(says("waits for an interrupt of net@2"));
	EXPECT(!says("never wake"));
}

static void about_to_wake(void)
{
	begin(1);
	source_add(0, 33, WHY_DEVICE, 0);
	g.vcpus[0].sources[0].pending = true;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_WORKS);
}

/* Interrupts between VCPUs come only from those that live by themselves. */
static void waits_for_each_other(void)
{
	begin(2);
	for (unsigned i = 0; i < 2; i++)
		source_add(i, 0, WHY_IPI, 0);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
	EXPECT(says("nothing can wake it any more"));

	timer_is(1, 3 * MS, 0);
	why_conclude(&g);
	EXPECT_EQ(g.classes[0], WHY_WAITS);
	EXPECT(vcpu_says(0, "from another VCPU"));
	EXPECT_EQ(g.classes[1], WHY_SLEEPS);
	EXPECT(g.class >= WHY_WAITS);
}

static void one_dead_among_living(void)
{
	begin(2);
	timer_is(0, 3 * MS, 0);
	why_conclude(&g);
	EXPECT_EQ(g.classes[1], WHY_NEVER);
	EXPECT_EQ(g.class, WHY_SLEEPS);
}

static void suspended_is_idle(void)
{
	begin(1);
	g.vcpus[0].state = WHY_SUSPENDED;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
}

/* ---- executing ---- */

static void works(void)
{
	begin(1);
	runs(0, 0x1000, 0x400);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_WORKS);
}

static void spins(void)
{
	begin(2);
	runs(0, 0x1000, 4);
	g.vcpus[0].masked = true;
	g.vcpus[1].state = WHY_OFF;
	g.vcpus[1].was_on = false;
	source_add(0, 33, WHY_DEVICE, 0);
	g.vcpus[0].sources[0].pending = true;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_SPINS);
	EXPECT(says("spins at 0x1000 (wait+0x4) without leaving the guest"));
	EXPECT(says("masked by STATUS.I while interrupt 33 (net@2) is "
		    "pending"));
	EXPECT(says("web/1 was never turned on"));
}

static void polls(void)
{
	static const struct emu_reg reg = { .name = "FR" };

	begin(1);
	runs(0, 0x1000, 0);
	g.vcpus[0].exits = 1000;
	g.vcpus[0].accessed = g.vcpus[0].same_access = true;
	g.vcpus[0].access = (struct vcpu_last_access){
		.where = "uart@7", .reg = &reg, .address = 0x718,
		.value = 0x20,
	};
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_POLLS);
	EXPECT(says("asks uart@7 FR (0x718) again and again, and always gets "
		    "0x20, at 0x1000"));

	g.vcpus[0].same_access = false;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_SPINS);
}

static void executes_nowhere(void)
{
	begin(1);
	runs(0, 0x200, 0);
	g.vcpus[0].nowhere = true;
	g.bad_count = 7;
	g.bad_first = 0xdead000;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NOWHERE);
	EXPECT(says("where no memory is"));
	EXPECT(says("7 accesses led to nothing, the first at 0xdead000"));
}

static void faults(void)
{
	struct vcpu_why *w = &g.vcpus[0];

	begin(1);
	runs(0, 0x200, 0);
	w->in_vector = w->same_exception = WHY_SAMPLE_COUNT;
	w->exception = (struct why_exception){
		.name = "a data abort", .pc = 0x204, .address = 0x66,
		.vector = 0x200, .vector_size = 64,
	};
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_FAULTS);
	EXPECT(says("the same exception again and again: a data abort at "
		    "0x204 on 0x66, in its exception vector 0x200 itself"));

	/* A handler that goes back to where it came from. */
	w->exception.pc = 0x9000;
	w->in_vector = 3;
	w->nothing = 1000;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_FAULTS);

	/* Once, and then it waits in its handler. */
	w->nothing = 0;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_SPINS);
}

/* ---- the guest as a whole ---- */

static void life(void)
{
	static const struct {
		enum guest_state state;
		const char *words;
	} rows[] = {
		{ GUEST_CREATED, "never started" },
		{ GUEST_PAUSED, "paused by the operator" },
		{ GUEST_HALTED, "is off: said so" },
		{ GUEST_CRASHED, "has crashed: said so" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		begin(1);
		g.state = rows[i].state;
		string_copy(g.reason, "said so", sizeof(g.reason));
		g.vcpus[0].state = WHY_STOPPED;
		why_conclude(&g);
		EXPECT_EQ(g.class, WHY_IS_OFF);
		EXPECT(says(rows[i].words));
	}
}

static void all_off(void)
{
	begin(2);
	g.vcpus[0].state = g.vcpus[1].state = WHY_OFF;
	g.vcpus[1].was_on = false;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_IS_OFF);
	EXPECT(says("all its VCPUs are off"));
	EXPECT(vcpu_says(0, "turned itself off"));
	EXPECT(vcpu_says(1, "was never turned on"));
}

static void who_is_off_does_not(void)
{
	begin(2);
	runs(0, 0x1000, 0x400);
	g.vcpus[1].state = WHY_OFF;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_WORKS);

	begin(2);
	g.vcpus[0].state = WHY_OFF;
	runs(1, 0x1000, 0x400);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_WORKS);
	EXPECT(says("web/1 works"));
}

/* A loop with a timer that interrupts it now and then is one. */
static void spins_with_interrupts(void)
{
	begin(1);
	runs(0, 0x1000, 4);
	for (unsigned i = 0; i < WHY_SAMPLE_COUNT; i += 5)
		g.vcpus[0].samples[i] = 0x80000 * i;
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_SPINS);
}

/* Its way there is no place where it is, even if that was near. */
static void waits_where_it_is(void)
{
	begin(1);
	runs(0, 0x1000, 0);
	g.vcpus[0].samples[0] = 0x1000 - 60;
	EXPECT_EQ(why_usual_pc(&g.vcpus[0]), 0x1000 - 60);
	g.vcpus[0].state = WHY_IDLE;
	EXPECT_EQ(why_usual_pc(&g.vcpus[0]), 0x1000);
}

static void the_worst_counts(void)
{
	begin(3);
	runs(0, 0x1000, 0x400);
	runs(1, 0x200, 0);
	g.vcpus[1].nowhere = true;
	runs(2, 0x1000, 4);
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NOWHERE);
	EXPECT(says("web/1 executes"));
}

static void silent(void)
{
	begin(1);
	runs(0, 0x1000, 0x400);
	g.printed_bytes = 0;
	g.bootargs = "quiet console=tty0 console=ttyS9 panic=1";
	why_conclude(&g);
	EXPECT(says("never printed"));
	EXPECT(says("serial@1"));
	EXPECT(says("arguments say console=ttyS9"));
	EXPECT(!says("panic=1"));

	g.serial = NULL;
	why_conclude(&g);
	EXPECT(says("its tree has no serial device"));
}

static void too_much_is_cut(void)
{
	begin(1);
	for (u32 i = 0; i < 100; i++)
		source_add(0, i, WHY_DEVICE, 0);
	EXPECT_EQ(g.vcpus[0].source_count, WHY_SOURCE_MAX);
	EXPECT_EQ(g.vcpus[0].left_out, 100 - WHY_SOURCE_MAX);
	for (unsigned i = 0; i < WHY_SOURCE_MAX; i++) {
		g.vcpus[0].sources[i].pending = true;
		g.vcpus[0].sources[i].stops = WHY_STOP_DISABLED;
	}
	why_conclude(&g);
	EXPECT_EQ(g.class, WHY_NEVER);
	EXPECT(strlen(g.text) < WHY_TEXT_MAX);
}

SUITE(why, TEST(waits_for_a_cpu), TEST(sleeps_until_timer),
      TEST(never_without_timer),
      TEST(never_with_stopped_timer), TEST(never_with_masked_timer),
      TEST(never_with_timer_at_infinity), TEST(names_enable_register),
      TEST(pending_in_vain), TEST(waits_for_device), TEST(about_to_wake),
      TEST(waits_for_each_other), TEST(one_dead_among_living),
      TEST(suspended_is_idle), TEST(works), TEST(spins), TEST(polls),
      TEST(executes_nowhere), TEST(faults), TEST(life), TEST(all_off),
      TEST(spins_with_interrupts), TEST(waits_where_it_is),
      TEST(who_is_off_does_not),
      TEST(the_worst_counts), TEST(silent), TEST(too_much_is_cut));
