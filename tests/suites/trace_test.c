// SPDX-License-Identifier: GPL-2.0-or-later
/* core/trace: what is kept, in which order, and how it reads. */
#include "capture.h"
#include <arch/cycles.h>
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/guest.h>
#include <vmm/test.h>
#include <vmm/thread.h>
#include <vmm/trace.h>

#define MARK	0x7e57000000000000ull

static struct guest guest = { .id = 0x7e57, .name = "traced" };
static struct vcpu vcpu = { .guest = &guest, .index = 3 };

static void write_one(void *arg)
{
	trace_vcpu(TRACE_NOTHING, &vcpu, MARK + *(u64 *)arg, 0);
}

/* A guest of no records, and all are chosen, whoever was before. */
static void begin(void)
{
	guest.id++;
	trace_select(BIT(TRACE_MMIO), 0);
	trace_select(0, 0);
}

/* The newest count records of this suite that are kept, oldest first. */
static unsigned find(struct trace_record *found, unsigned max)
{
	struct trace_record r;
	struct trace_walk w;
	unsigned count = 0;

	trace_walk_begin(&w, CONFIG_TRACE_RECORDS);
	while (trace_walk_next(&w, &r))
		if (r.guest == guest.id && count < max)
			found[count++] = r;
	return count;
}

static void keeps_what_happened(void)
{
	struct trace_record found[4];
	u64 before = cycles_read_ordered();

	begin();
	trace_guest(TRACE_KICK, &guest);
	trace_vcpu(TRACE_EXIT, &vcpu, MARK, 7);
	EXPECT_EQ(find(found, 4), 2);
	EXPECT_EQ(found[0].kind, TRACE_KICK);
	EXPECT_EQ(found[0].vcpu, TRACE_NO_VCPU);
	EXPECT(found[0].cycles >= before);
	EXPECT(found[0].cycles <= found[1].cycles);
	EXPECT_EQ(found[1].kind, TRACE_EXIT);
	EXPECT_EQ(found[1].vcpu, 3);
	EXPECT_EQ(found[1].args[0], MARK);
	EXPECT_EQ(found[1].args[1], 7);
}

/* A full ring loses one place, for the record that may be half written. */
static void keeps_the_newest(void)
{
	static struct trace_record found[CONFIG_TRACE_RECORDS];
	u64 first, count, total = 3 * CONFIG_TRACE_RECORDS + 5;

	begin();
	for (u64 i = 0; i < total; i++)
		write_one(&i);
	count = find(found, CONFIG_TRACE_RECORDS);
	EXPECT(count > CONFIG_TRACE_RECORDS / 2);
	EXPECT(count < CONFIG_TRACE_RECORDS);
	first = total - count;
	for (u64 i = 0; i < count; i++)
		EXPECT_EQ(found[i].args[0], MARK + first + i);
}

static unsigned online_count(void)
{
	unsigned count = 0;

	for_each_online_cpu(c)
		count++;
	return count;
}

static void merges_by_time(void)
{
	static struct trace_record found[CONFIG_TRACE_RECORDS];
	unsigned count;
	u64 cpus_seen = 0;

	begin();
	for (u64 i = 0; i < 8; i++)
		smp_call(CPU_MASK_ALL, write_one, &i);
	count = find(found, CONFIG_TRACE_RECORDS);
	EXPECT_EQ(count, 8 * online_count());
	for (unsigned i = 0; i < count; i++) {
		cpus_seen |= CPU_MASK(found[i].cpu);
		EXPECT(!i || found[i].cycles >= found[i - 1].cycles);
		EXPECT_EQ(found[i].args[0], MARK + i / online_count());
	}
	EXPECT_EQ(cpus_seen, cpu_online_mask);
}

static const char *print(unsigned kind, u64 first, u64 second)
{
	struct trace_record r = {
		.kind = (u8)kind, .guest = guest.id, .vcpu = 3, .cpu = 1,
		.args = { first, second },
	};

	capture_begin();
	trace_report_begin(&capture);
	trace_report(&capture, &r);
	report_finish(&capture);
	capture_end();
	return capture_text;
}

static void names_kinds(void)
{
	for (unsigned kind = 0; kind < TRACE_EXIT; kind++) {
		EXPECT(strlen(print(kind, 0, 0)) > 100);
		EXPECT(!strstr(capture_text, "null"));
	}
	for (unsigned i = 0; i < ARCH_EXIT_COUNT; i++) {
		print(TRACE_EXIT + i, 0x1234, 0xabc);
		EXPECT(strstr(capture_text, arch_exit_names[i]));
		EXPECT(strstr(capture_text, "  pc 0x1234, detail 0xabc\n"));
	}
}

static void names_guests(void)
{
	begin();
	EXPECT(strstr(print(TRACE_VCPU_PARK, 0, 0), " guest "));
	EXPECT(strstr(capture_text, "/3 "));
	trace_guest(TRACE_CREATE, &guest);
	EXPECT(strstr(print(TRACE_VCPU_PARK, 0, 0), "  1  traced/3 "));
	EXPECT(strstr(capture_text, "  park              -\n"));
}

static void dumps_as_many(void)
{
	unsigned lines = 0;

	for (u64 i = 0; i < 10; i++)
		write_one(&i);
	capture_begin();
	trace_dump(&capture, 5);
	capture_end();
	for (const char *at = capture_text; (at = strchr(at, '\n')); at++)
		lines++;
	EXPECT_EQ(lines, 1 + 5);
	EXPECT(strstr(capture_text, "address 0x7e57000000000009\n"));
	EXPECT(!strstr(capture_text, "address 0x7e57000000000004\n"));
}

static void selects_groups(void)
{
	EXPECT(trace_is_on(TRACE_LIFE));
	trace_select(BIT(TRACE_MMIO) | BIT(TRACE_EXITS), 0);
	EXPECT(trace_is_on(TRACE_LIFE));
	EXPECT(trace_is_on(TRACE_MMIO));
	EXPECT(trace_is_on(TRACE_EXITS));
	EXPECT(!trace_is_on(TRACE_IRQS));
	trace_select(0, 0);
	EXPECT(trace_is_on(TRACE_LIFE));
	EXPECT(!trace_is_on(TRACE_MMIO));
	EXPECT(!trace_is_on(TRACE_EXITS));
}

/*
 * A CPU that saw a group on, while another ends it, writes of nobody but the
 * guest that was chosen.
 */
static void ends_for_all(void)
{
	struct trace_record found[4];

	begin();
	trace_select(BIT(TRACE_EXITS), guest.id + 1);
	EXPECT_EQ(trace_only_guest(), guest.id + 1);
	trace_select(0, 0);
	EXPECT_EQ(trace_only_guest(), 0);
	trace_vcpu(TRACE_EXIT, &vcpu, MARK, 7);
	EXPECT_EQ(find(found, 4), 0);
	trace_select(BIT(TRACE_EXITS), 0);
	trace_vcpu(TRACE_EXIT, &vcpu, MARK, 7);
	EXPECT_EQ(find(found, 4), 1);
	trace_select(0, 0);
}

/* Lines of devices, threads of VCPUs and others, the way back to a guest. */
static void other_kinds(void)
{
	static struct thread thread = { .name = "orphan", .vcpu = NULL };
	struct trace_record found[4];

	begin();
	trace_line(&guest, 33, true);
	trace_line(NULL, 33, true);
	vcpu.thread.vcpu = &vcpu;
	trace_thread(TRACE_WAKE, &vcpu.thread);
	trace_thread(TRACE_SWITCH, &thread);
	EXPECT_EQ(find(found, 4), 2);
	EXPECT_EQ(found[0].kind, TRACE_LINE);
	EXPECT_EQ(found[0].args[0], 33);
	EXPECT_EQ(found[0].args[1], 1);
	EXPECT_EQ(found[1].kind, TRACE_WAKE);
	EXPECT_EQ(found[1].vcpu, 3);
	vcpu.thread.vcpu = NULL;
}

/* The access that led out of the guest, once, and the way back. */
static void back_to_the_guest(void)
{
	struct trace_record found[4];
	u32 before = trace_groups;

	begin();
	vcpu.access.address = 0x9000018;
	vcpu.access.how = 4 | VCPU_ACCESS_STORE;
	vcpu.access.value = 7;
	__atomic_store_n(&trace_groups, before | BIT(TRACE_MMIO) |
			 BIT(TRACE_ENTRIES), __ATOMIC_RELAXED);
	trace_return(&vcpu, MARK + 4);
	trace_return(&vcpu, MARK + 8);
	__atomic_store_n(&trace_groups, before, __ATOMIC_RELAXED);
	trace_return(&vcpu, MARK + 12);
	EXPECT_EQ(find(found, 4), 3);
	EXPECT_EQ(found[0].kind, TRACE_STORE);
	EXPECT_EQ(found[0].args[0], 0x9000018);
	EXPECT_EQ(found[0].args[1], 7);
	EXPECT_EQ(found[1].kind, TRACE_ENTRY);
	EXPECT_EQ(found[1].args[0], MARK + 4);
	EXPECT_EQ(found[2].args[0], MARK + 8);
}

/* An interrupt of the host, while a thread of the guest's runs. */
static void host_interrupts(void)
{
	struct thread *self = thread_current();
	struct vcpu *own = self->vcpu;
	struct trace_record found[2];
	u64 flags;

	begin();
	flags = irq_save();
	self->vcpu = &vcpu;
	trace_host_irq(MARK + 5);
	self->vcpu = own;
	irq_restore(flags);
	EXPECT_EQ(find(found, 2), 1);
	EXPECT_EQ(found[0].kind, TRACE_HOST_IRQ);
	EXPECT_EQ(found[0].args[0], MARK + 5);
	EXPECT_EQ(found[0].vcpu, 3);
}

SUITE(trace, TEST(keeps_what_happened), TEST(keeps_the_newest),
      TEST(merges_by_time), TEST(names_kinds), TEST(names_guests),
      TEST(dumps_as_many), TEST(selects_groups), TEST(ends_for_all),
      TEST(other_kinds), TEST(back_to_the_guest), TEST(host_interrupts));
