// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A whole guest on the fake machine, used as architectures and commands use
 * it: its memory, its VCPUs, faults, the controller's kicks, what explains it.
 */
#include "guest_files.h"
#include "guest_host.h"
#include <arch/fake.h>
#include <arch/irqflags.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/heap.h>
#include <vmm/pagetable.h>
#include <vmm/test.h>
#include <vmm/vcpu.h>
#include <vmm/wait.h>
#include <vmm/why.h>

#define MEMORY	MIB(4)

static struct guest *g;
static gpa_t ram;
static u64 ram_size;
static bool finished;

static void find_ram(void)
{
	const struct region *r;

	for (size_t i = 0; (r = aspace_nth(&g->memory, i)); i++) {
		if (r->kind != REGION_RAM)
			continue;
		ram = r->base;
		ram_size = r->size;
	}
}

static bool create(void)
{
	struct guest_options options = {
		.name = "used", .kernel = FILES_KERNEL, .cpu_count = 2,
		.memory_size = MEMORY, .priority = -1,
	};

	if (!guest_host_begin(0) || !guest_files_add())
		return false;
	/* The last one's controller has pins, which need no hardware. */
	options.variant = 31 - (unsigned)__builtin_clz(arch_guest_variants());
	if (guest_create_from(&options, &g))
		return false;
	find_ram();
	return true;
}

/* ---- Memory ---- */

static void memory_used(void)
{
	char text[16] = "";
	size_t size = 1;
	gpa_t last;

	EXPECT(create());
	last = GPA(ram.v + ram_size - 4);
	EXPECT_EQ(guest_write(g, last, "abc", 4), 0);
	EXPECT_EQ(guest_read(g, last, text, 4), 0);
	EXPECT(string_equal(text, "abc"));
	EXPECT_EQ(guest_write(g, last, "abcd", 5), -EFAULT);
	EXPECT_EQ(guest_write(g, GPA(~0ull), "ab", 2), -EFAULT);
	EXPECT_EQ(guest_zero(g, last, 5), -EFAULT);
	EXPECT_EQ(guest_read(g, last, text, 4), 0);
	EXPECT(string_equal(text, "abc"));
	EXPECT_EQ(guest_zero(g, last, 4), 0);
	EXPECT_EQ(guest_read(g, last, text, 4), 0);
	EXPECT_EQ(text[0], 0);
	EXPECT(guest_pin(g, last, &size) && size == 1);
	guest_unpin(g, guest_pin(g, last, &size));
	EXPECT(!guest_pin(g, GPA(ram.v + ram_size), &size));
	EXPECT(guest_overhead_bytes(g) > 2 * ARCH_STACK_SIZE);
	EXPECT(guest_find("used") == g);
	guest_put(g);
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

/* What a device shows of its own: mapped, found, taken out again. */
static void mapped(void)
{
	struct pt_range r = {
		.size = KIB(8), .prot = PT_READ,
		.pa = HPA(FAKE_SPARE_BASE),
	};
	struct pt_range out;
	u64 flushes;

	EXPECT(create());
	r.base = ram.v + MIB(64);
	EXPECT_EQ(guest_map(g, &r), 0);
	EXPECT_EQ(guest_map(g, &r), -EEXIST);
	EXPECT(pagetable_walk(&g->stage2, r.base + KIB(4), &out));
	EXPECT_EQ(out.pa.v, r.pa.v + KIB(4));
	flushes = g->arch.flush_count;
	EXPECT_EQ(guest_unmap(g, GPA(r.base), r.size), 0);
	EXPECT(g->arch.flush_count > flushes);
	EXPECT(!pagetable_walk(&g->stage2, r.base, &out));
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

/* ---- VCPUs ---- */

/* The first access to RAM is retried, one to nothing is an abort. */
static void faults(void)
{
	struct vcpu *v;

	EXPECT(create());
	v = g->vcpus[0];
	EXPECT(vcpu_search_hwid(g, g->vcpus[1]->hwid) == g->vcpus[1]);
	EXPECT(!vcpu_search_hwid(g, 0x7777));
	irq_mask();
	EXPECT_EQ(vcpu_memory_fault(v, ram, true), 0);
	EXPECT(vcpu_memory_fault(v, GPA(GIB(300)), false) < 0);
	irq_unmask();
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

static void clocks(void)
{
	u64 now;

	EXPECT(create());
	EXPECT_EQ(guest_kick(g), 0);
	now = guest_clock_cycles(g);
	EXPECT_EQ(guest_clock_to_host_cycles(g, now), 0);
	EXPECT_EQ(guest_clock_to_host_cycles(g, now + 50),
		  g->clock.offset_cycles + now + 50);
	EXPECT(guest_clock_to_host_cycles(g, ~0ull) > now);
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

static void wait_ms(unsigned ms)
{
	wait_deadline(clock_now() + ms * 1000000ull);
}

/* The second VCPU is turned on, sleeps until it is kicked, and ends. */
static void idles_and_ends(void)
{
	struct vcpu_start how = { .args = { 0, 0, FAKE_GUEST_IDLES } };
	struct vcpu *v;

	EXPECT(create());
	v = g->vcpus[1];
	EXPECT_EQ(guest_kick(g), 0);
	wait_ms(2);
	EXPECT_EQ(vcpu_power_on(g, 0x7777, &how), -ENOENT);
	EXPECT_EQ(vcpu_power_on(g, g->vcpus[0]->hwid, &how), -EEXIST);
	EXPECT_EQ(vcpu_power_on(g, v->hwid, &how), 0);
	wait_ms(2);
	EXPECT(string_equal(vcpu_state_name(v), "idle"));
	v->arch.args[2] = 0;
	vcpu_kick(v);
	wait_ms(2);
	EXPECT(!v->idle && vcpu_power_state(v) == VCPU_ON);
	v->arch.args[2] = FAKE_GUEST_ENDS;
	wait_ms(2);
	EXPECT_EQ(vcpu_power_state(v), VCPU_OFF);
	EXPECT(string_equal(vcpu_state_name(v), "off"));
	EXPECT_EQ(vcpu_power_on(g, v->hwid, &how), 0);
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

/* Both CPUs are in long exits, yet the thread gets its turn, and its answer. */
static void works_long(void)
{
	struct guest_why *why HEAP_SCOPED = NULL;
	struct vcpu *v;

	EXPECT(create());
	v = g->vcpus[0];
	EXPECT_EQ(guest_kick(g), 0);
	wait_ms(2);
	v->arch.args[2] = FAKE_GUEST_WORKS;
	EXPECT_EQ(vcpu_power_on(g, g->vcpus[1]->hwid, &(struct vcpu_start){
		.args = { 0, 0, FAKE_GUEST_WORKS } }), 0);
	wait_ms(2);
	EXPECT(v->saved_exit && g->vcpus[1]->saved_exit);
	EXPECT_EQ(why_collect(g, &why), 0);
	EXPECT_EQ(why->vcpus[0].pc, v->arch.pc);
	v->arch.args[2] = g->vcpus[1]->arch.args[2] = 0;
	wait_ms(2);
	EXPECT(!v->saved_exit && !g->vcpus[1]->saved_exit);
	/* Nobody's exit: nothing happens. */
	irq_mask();
	vcpu_interruptible_begin(v);
	EXPECT(irq_masked() && !v->saved_exit);
	vcpu_interruptible_end(v);
	irq_unmask();
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

/* ---- What explains it ---- */

/* Two CPUs: one looks, one runs the guest, which does nothing. */
static void explained(void)
{
	struct guest_why *why HEAP_SCOPED = NULL;

	EXPECT(create());
	EXPECT_EQ(why_collect(g, &why), 0);
	EXPECT_EQ(why->vcpu_count, 2);
	EXPECT_EQ(why->state, GUEST_CREATED);
	heap_free(why);
	why = NULL;
	EXPECT_EQ(guest_kick(g), 0);
	wait_ms(2);
	EXPECT_EQ(why_collect(g, &why), 0);
	EXPECT_EQ(why->state, GUEST_RUNNING);
	EXPECT_EQ(why->vcpus[0].state, WHY_RUNNING);
	EXPECT(why->vcpus[0].sample_count > 1);
	EXPECT_EQ(why->vcpus[0].pc, g->vcpus[0]->arch.pc);
	EXPECT_EQ(why->vcpus[1].state, WHY_OFF);
	EXPECT(string_equal(vcpu_state_name(g->vcpus[0]), "running"));
	EXPECT(string_equal(vcpu_state_name(g->vcpus[1]), "off"));
	EXPECT(*why->text);
	EXPECT_EQ(guest_destroy(g), 0);
	finished = true;
}

/* ---- Each in a thread ---- */

static bool does(void (*fn)(void))
{
	finished = false;
	return in_thread(fn) && finished;
}

static void memory_is_used(void)
{
	EXPECT(does(memory_used));
	EXPECT(does(mapped));
}

static void vcpus_are_used(void)
{
	EXPECT(does(faults));
	EXPECT(does(clocks));
	EXPECT(does(idles_and_ends));
	EXPECT(does(works_long));
	EXPECT(does(explained));
}

SUITE(guest_use, TEST(memory_is_used), TEST(vcpus_are_used));
