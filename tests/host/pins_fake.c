// SPDX-License-Identifier: GPL-2.0-or-later
/* VCPUs with pins, and what drives them: pins_fake.h. */

#include "pins_fake.h"

#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/heap.h>
#include <vmm/why.h>

#define EXTERNAL	9	/* the pin of interrupts from outside */

struct fake_pins fake_pins;

static const struct vpic_pins *previous_pins;

static void pin_set(struct vcpu *v, unsigned pin, bool level)
{
	fake_pins.changes++;
	if (pin == EXTERNAL)
		fake_pins.level[v->index] = level;
	else
		fake_pins.wrong++;
}

static void pins_sync(struct vcpu *v)
{
}

static bool pins_pending(struct vcpu *v)
{
	return fake_pins.level[v->index];
}

static const struct vpic_pins pins = {
	.set = pin_set, .sync = pins_sync, .pending = pins_pending,
};

static struct emu *create(const char *compatible)
{
	struct emu_config config = {
		.guest = &fake_pins.guest, .name = compatible,
		.node = dt_find_compatible(DT_NONE, fake_pins.tree,
					   compatible),
	};
	struct emu *e;

	if (!dt_exists(config.node))
		return NULL;
	config.type = emu_find(config.node);
	return config.type && !emu_create(&config, &e) ? e : NULL;
}

static bool region_add(struct emu *e)
{
	struct region r = { .kind = REGION_MMIO, .emu = e, .name = "test" };

	return !dt_reg(e->node, 0, &r.base.v, &r.size) &&
	       !aspace_add(&fake_pins.guest.memory, &r);
}

static void vcpus_connect(void)
{
	struct guest *g = &fake_pins.guest;

	for (unsigned i = 0; i < fake_pins.count; i++) {
		struct vcpu *v = &fake_pins.vcpus[i];

		v->guest = g;
		v->index = i;
		v->hwid = i;
		g->pic->ops->vcpu_init(g->pic, v);
		if (g->files)
			g->files->ops->vcpu_init(g->files, v);
	}
}

static void vcpus_disconnect(void)
{
	struct guest *g = &fake_pins.guest;

	for (unsigned i = 0; i < fake_pins.count; i++) {
		if (g->files)
			g->files->ops->vcpu_fini(g->files,
						 &fake_pins.vcpus[i]);
		g->pic->ops->vcpu_fini(g->pic, &fake_pins.vcpus[i]);
	}
}

static bool devices_create(void)
{
	static const char *const pics[] = {
		"sifive,plic-1.0.0", "riscv,aplic",
	};

	for (size_t i = 0; i < ARRAY_LEN(pics) && !fake_pins.pic; i++)
		fake_pins.pic = create(pics[i]);
	fake_pins.files = create("riscv,imsics");
	if (!fake_pins.pic || !region_add(fake_pins.pic) ||
	    (fake_pins.files && !region_add(fake_pins.files)))
		return false;
	vcpus_connect();
	return true;
}

static void devices_destroy(void)
{
	vcpus_disconnect();
	emu_destroy(fake_pins.files);
	emu_destroy(fake_pins.pic);
	fake_pins.pic = fake_pins.files = NULL;
	aspace_fini(&fake_pins.guest.memory);
}

bool fake_pins_create(enum fake_variant variant, unsigned vcpu_count)
{
	const struct guest_options o = {
		.name = "test", .kernel = "/none", .priority = -1,
		.cpu_count = vcpu_count, .variant = variant,
	};

	memset(&fake_pins, 0, sizeof(fake_pins));
	fake_pins.count = vcpu_count;
	previous_pins = vpic_pins;
	vpic_pins = &pins;
	if (guest_tree_compose(&o, &fake_pins.tree) ||
	    aspace_init(&fake_pins.guest.memory) || !devices_create())
		return false;
	irq_mask();
	return true;
}

void fake_pins_destroy(void)
{
	irq_unmask();
	devices_destroy();
	heap_free(fake_pins.tree);
	vpic_pins = previous_pins;
}

static u8 *save(struct emu *e, size_t *size)
{
	u8 *data;

	*size = e ? emu_save(e, NULL) : 0;
	data = heap_alloc(*size + 1);
	if (data && e)
		emu_save(e, data);
	return data;
}

static bool restore_same(struct emu *e, const u8 *data, size_t size)
{
	u8 *again HEAP_SCOPED = NULL;
	size_t now;

	if (!e)
		return true;
	if (emu_restore(e, data, size))
		return false;
	again = save(e, &now);
	return again && now == size && !memcmp(again, data, size);
}

bool fake_pins_move(void)
{
	size_t pic_size, files_size;
	u8 *pic HEAP_SCOPED = save(fake_pins.pic, &pic_size);
	u8 *files HEAP_SCOPED = save(fake_pins.files, &files_size);
	bool good = pic && files;

	irq_unmask();
	devices_destroy();
	memset(fake_pins.level, 0, sizeof(fake_pins.level));
	good = good && !aspace_init(&fake_pins.guest.memory) &&
	       devices_create();
	irq_mask();
	return good && restore_same(fake_pins.pic, pic, pic_size) &&
	       restore_same(fake_pins.files, files, files_size);
}

static u32 access(struct emu *e, struct access a)
{
	a.size = 4;
	emu_access(e, &a);
	return (u32)a.value;
}

u32 fake_pins_get(u64 offset)
{
	return access(fake_pins.pic, (struct access){ .offset = offset });
}

void fake_pins_put(u64 offset, u32 value)
{
	access(fake_pins.pic, (struct access){
		.offset = offset, .value = value, .write = true });
}

void fake_pins_files_put(u64 offset, u32 value)
{
	access(fake_pins.files, (struct access){
		.offset = offset, .value = value, .write = true });
}

static void write_nothing(struct console *con, const char *data, size_t size)
{
}

void fake_pins_look(unsigned vcpu)
{
	static struct console con = { .write = write_nothing };
	static struct vcpu_why why;
	struct guest *g = &fake_pins.guest;
	struct vcpu *v = &fake_pins.vcpus[vcpu];
	u32 from = 0;

	memset(&why, 0, sizeof(why));
	g->pic->ops->dump(g->pic, v, &con);
	do
		from = g->pic->ops->explain(g->pic, v, from, &why);
	while (from);
	if (!g->files)
		return;
	do
		from = g->files->ops->explain(g->files, v, from, &why);
	while (from);
}

void fake_pins_line(u32 pin, bool level)
{
	struct vpic *p = fake_pins.guest.pic;

	p->ops->set_line(p, pin, level);
}
