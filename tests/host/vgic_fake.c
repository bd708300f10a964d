// SPDX-License-Identifier: GPL-2.0-or-later
/* A virtual CPU interface in software: vgic_fake.h. */

#include "vgic_fake.h"

#include <arch/fake.h>
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/cpu.h>
#include <vmm/why.h>

struct fake_gic fake_gic;

static struct cpu *previous_cpu;
static const struct vpic_slots *previous_slots;
static unsigned now;

static struct fake_gic_cpu *here(void)
{
	return &fake_gic.cpus[now];
}

/* ---- struct vpic_slots ---- */

static u64 slot_read(unsigned k)
{
	fake_gic.slot_uses++;
	return here()->slots[k];
}

static void slot_write(unsigned k, u64 word)
{
	fake_gic.slot_uses++;
	here()->slots[k] = word;
}

static void slot_raise(unsigned k, u64 word)
{
	u64 *slot = &here()->slots[k];

	if (!(*slot & VPIC_WORD_STATE))
		*slot = word;
	else if (!(word & VPIC_WORD_LINKED))
		*slot |= word & (VPIC_WORD_PENDING | VPIC_WORD_NOTIFY);
}

static struct vpic_slots slots;

static u32 slot_mask(u64 flags, u64 value)
{
	u32 mask = 0;

	for (unsigned k = 0; k < slots.count; k++)
		if ((here()->slots[k] & flags) == value)
			mask |= BIT(k);
	return mask;
}

static u32 slots_free(void)
{
	return slot_mask(VPIC_WORD_STATE | VPIC_WORD_NOTIFY, 0) |
	       slot_mask(VPIC_WORD_STATE | VPIC_WORD_LINKED,
			 VPIC_WORD_LINKED);
}

static u32 slots_ended(void)
{
	return slot_mask(VPIC_WORD_STATE | VPIC_WORD_NOTIFY |
			 VPIC_WORD_LINKED, VPIC_WORD_NOTIFY);
}

static void slots_control(u32 attention)
{
	here()->attention = attention;
	here()->outside = 0;
}

static u32 slots_ended_outside(void)
{
	const u32 count = here()->outside;

	here()->outside = 0;
	return count;
}

static u32 interface_mask(void)
{
	return here()->mask;
}

static void set_host(u32 number, bool active)
{
	if (number == FAKE_TIMER_HOST)
		here()->host_active = active;
}

static void slot_write_due(u64 word)
{
	slot_write(0, word);
	set_host(VPIC_WORD_HOST(word), true);
}

static void activate_host(u32 number)
{
	set_host(number, true);
}

static void deactivate_host(u32 number)
{
	set_host(number, false);
}

static void interface_put(struct vpic_interface *i)
{
	i->mask = here()->mask;
	i->active[0] = here()->active;
	i->has_active = i->active[0];
	here()->active = 0;
}

static void interface_load(struct vpic_interface *i)
{
	here()->mask = i->mask;
	if (i->has_active)
		here()->active = i->active[0];
}

static struct vpic_slots slots = {
	.name = "fake", .priority_mask = 0xf8,
	.read = slot_read, .write = slot_write,
	.write_due = slot_write_due, .raise = slot_raise,
	.free = slots_free, .ended = slots_ended, .control = slots_control,
	.ended_outside = slots_ended_outside, .mask = interface_mask,
	.activate_host = activate_host, .deactivate_host = deactivate_host,
	.put = interface_put, .load = interface_load,
};

/* ---- the machine ---- */

void fake_gic_on(unsigned cpu)
{
	now = cpu;
	arch_set_this_cpu(&cpus[cpu]);
}

static const struct emulator *find(const char *name)
{
	set_for_each(emulator, t)
		if (string_equal(t->name, name))
			return t;
	return NULL;
}

bool fake_gic_create(unsigned version, unsigned vcpu_count)
{
	struct emu_config config = {
		.type = find(version == 3 ? "gicv3" : "gicv2"),
		.guest = &fake_gic.guest, .node = DT_NONE, .name = "gic",
	};

	previous_cpu = this_cpu();
	previous_slots = vpic_slots;
	memset(&fake_gic, 0, sizeof(fake_gic));
	slots.version = fake_gic.version = version;
	slots.count = FAKE_SLOTS;
	vpic_slots = &slots;
	if (!config.type || emu_create(&config, &fake_gic.emu))
		return false;
	fake_gic_on(0);
	irq_mask();
	for (unsigned i = 0; i < vcpu_count; i++) {
		struct vcpu *v = &fake_gic.vcpus[i];
		struct vpic *p = fake_gic.guest.pic;

		v->guest = &fake_gic.guest;
		v->index = i;
		v->hwid = i;
		if (p->ops->vcpu_init(p, v))
			return false;
		p->ops->link(p, v, FAKE_TIMER, FAKE_TIMER_HOST);
		fake_gic.vcpu_count++;
	}
	return true;
}

void fake_gic_use_slots(unsigned count)
{
	slots.count = count;
}

void fake_gic_destroy(void)
{
	struct vpic *p = fake_gic.guest.pic;

	for (unsigned i = 0; i < FAKE_GIC_CPUS; i++)
		fake_gic_switch(i, -1);
	for (unsigned i = 0; i < fake_gic.vcpu_count; i++)
		p->ops->vcpu_fini(p, &fake_gic.vcpus[i]);
	vpic_slots = previous_slots;
	arch_set_this_cpu(previous_cpu);
	irq_unmask();
	emu_destroy(fake_gic.emu);
}

static u32 uses_before;

static void step_begin(void)
{
	uses_before = fake_gic.slot_uses;
}

static void step_end(void)
{
	fake_gic.most_uses = MAX(fake_gic.most_uses,
				 fake_gic.slot_uses - uses_before);
	uses_before = fake_gic.slot_uses;
}

int fake_gic_where(unsigned vcpu)
{
	for (unsigned i = 0; i < FAKE_GIC_CPUS; i++)
		if (fake_gic.cpus[i].loaded == &fake_gic.vcpus[vcpu])
			return (int)i;
	return -1;
}

static void load(struct vcpu *v)
{
	struct vpic *p = fake_gic.guest.pic;

	interface_load(&v->pic->interface);
	step_begin();
	vpic_load(v->pic, p, v);
	step_end();
	if (fake_gic.due[v->index])
		p->ops->raise_linked(p, v, FAKE_TIMER);
}

void fake_gic_switch(unsigned cpu, int vcpu)
{
	struct vpic *p = fake_gic.guest.pic;
	struct fake_gic_cpu *c = &fake_gic.cpus[cpu];

	fake_gic_on(cpu);
	if (c->loaded) {
		interface_put(&c->loaded->pic->interface);
		step_begin();
		vpic_put(c->loaded->pic, p, c->loaded);
		step_end();
	}
	c->loaded = NULL;
	if (vcpu < 0)
		return;
	if (fake_gic_where((unsigned)vcpu) >= 0)
		fake_gic_switch((unsigned)fake_gic_where((unsigned)vcpu), -1);
	fake_gic_on(cpu);
	load(&fake_gic.vcpus[vcpu]);
	c->loaded = &fake_gic.vcpus[vcpu];
}

static bool wants_attention(void)
{
	const struct fake_gic_cpu *c = here();

	return slots_ended() ||
	       (c->attention & VPIC_NONE_PENDING &&
		!slot_mask(VPIC_WORD_STATE, VPIC_WORD_PENDING)) ||
	       (c->attention & VPIC_ENDED_OUTSIDE && c->outside);
}

/* True when there was something to do. */
static bool settle_cpu(struct vcpu *v)
{
	struct vpic *p = fake_gic.guest.pic;

	if (v->requests || wants_attention()) {
		v->requests = 0;
		fake_gic.sync_count++;
		step_begin();
		p->ops->sync(p, v);
		step_end();
		return true;
	}
	if (!fake_gic.due[v->index] || here()->host_active)
		return false;
	here()->host_active = true;
	p->ops->take_linked(p, v, FAKE_TIMER);
	return true;
}

void fake_gic_settle(void)
{
	const unsigned was = now;
	bool busy = true;

	for (unsigned round = 0; busy && round < 1000; round++) {
		busy = false;
		for (unsigned i = 0; i < FAKE_GIC_CPUS; i++) {
			fake_gic_on(i);
			busy |= here()->loaded && settle_cpu(here()->loaded);
		}
	}
	fake_gic_on(was);
}

/* ---- the guest ---- */

u32 fake_gic_ack(unsigned cpu)
{
	struct fake_gic_cpu *c = &fake_gic.cpus[cpu];
	u32 best = c->mask >> 24;
	u64 *taken = NULL;

	if (c->active)
		best = MIN(best, (u32)__builtin_ctz(c->active) * 8);
	for (u64 *s = c->slots; s < c->slots + slots.count; s++) {
		const u32 priority = *s >> VPIC_WORD_PRIORITY_SHIFT & 0xff;
		const u32 group = *s & VPIC_WORD_GROUP1 ? 2 : 1;

		if ((*s & VPIC_WORD_STATE) != VPIC_WORD_PENDING ||
		    priority >= best || !(c->mask & group))
			continue;
		best = priority;
		taken = s;
	}
	if (!taken)
		return FAKE_NOTHING;
	*taken ^= VPIC_WORD_STATE;
	c->active |= BIT(best / 8);
	return VPIC_WORD_ID(*taken) |
	       (*taken & VPIC_WORD_LINKED ? 0 :
		(u32)(*taken >> VPIC_WORD_SOURCE_SHIFT & 7) << 10);
}

void fake_gic_end(unsigned cpu, u32 id)
{
	struct fake_gic_cpu *c = &fake_gic.cpus[cpu];

	c->active &= c->active - 1;
	for (u64 *s = c->slots; s < c->slots + slots.count; s++) {
		if (!(*s & VPIC_WORD_ACTIVE) || VPIC_WORD_ID(*s) != id)
			continue;
		*s &= ~VPIC_WORD_ACTIVE;
		if (*s & VPIC_WORD_LINKED)
			c->host_active = false;
		return;
	}
	c->outside++;
}

static void write_nothing(struct console *con, const char *data, size_t size)
{
}

void fake_gic_look(unsigned vcpu)
{
	static struct console con = { .write = write_nothing };
	static struct vcpu_why why;
	struct vpic *p = fake_gic.guest.pic;
	u32 from = 0;

	memset(&why, 0, sizeof(why));
	do
		from = p->ops->explain(p, &fake_gic.vcpus[vcpu], from, &why);
	while (from);
	if (fake_gic_where(vcpu) < 0)
		p->ops->dump(p, &fake_gic.vcpus[vcpu], &con);
}

static u64 access(unsigned vcpu, unsigned region, struct access a)
{
	a.vcpu = &fake_gic.vcpus[vcpu];
	a.region = (u8)region;
	emu_access(fake_gic.emu, &a);
	return a.value;
}

u64 fake_gic_read(unsigned vcpu, unsigned region, u64 offset, unsigned size)
{
	return access(vcpu, region, (struct access){
		.offset = offset, .size = (u8)size });
}

void fake_gic_exit_write(unsigned vcpu, u64 offset, u64 value)
{
	struct vcpu *v = &fake_gic.vcpus[vcpu];
	struct cpu *cpu = this_cpu();
	struct thread *was = cpu->current;

	cpu->current = &v->thread;
	v->arch.loaded = true;
	fake_exit_hook = step_end;
	step_begin();
	fake_gic_write(vcpu, 0, offset, 4, value);
	step_end();
	fake_exit_hook = NULL;
	cpu->current = was;
	cpu->requests = 0;
	fake_gic_settle();
}

void fake_gic_write(unsigned vcpu, unsigned region, u64 offset,
		    unsigned size, u64 value)
{
	access(vcpu, region, (struct access){
		.offset = offset, .size = (u8)size, .value = value,
		.write = true });
}
