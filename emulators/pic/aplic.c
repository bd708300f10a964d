// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One supervisor-level domain of an advanced platform-level interrupt
 * controller (RISC-V Advanced Interrupt Architecture 1.0, chapter 4), without
 * children, little-endian.  It delivers by messages where its node names
 * interrupt files (msi-parent), else to CPUs directly: hart n is the n-th
 * entry of interrupts-extended.
 *
 * The wires' lock guards everything; registers' hooks hold the device's
 * besides.
 */
#include <vmm/console.h>
#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/why.h>

#include "cpu_wires.h"

enum {
	DOMAINCFG = 0x0000, SOURCECFG = 0x0004, SETIP = 0x1c00,
	SETIPNUM = 0x1cdc, IN_CLRIP = 0x1d00, CLRIPNUM = 0x1ddc,
	SETIE = 0x1e00, SETIENUM = 0x1edc, CLRIE = 0x1f00, CLRIENUM = 0x1fdc,
	SETIPNUM_LE = 0x2000, SETIPNUM_BE = 0x2004, GENMSI = 0x3000,
	TARGET = 0x3004, IDELIVERY = 0x4000, IFORCE = 0x4004,
	ITHRESHOLD = 0x4008, TOPI = 0x4018, CLAIMI = 0x401c,
};

#define IDC_STRIDE		32

#define DOMAINCFG_FIXED		BIT(31)
#define DOMAINCFG_IE		BIT(8)
#define DOMAINCFG_DM		BIT(2)
#define SOURCECFG_D		BIT(10)
#define SOURCECFG_SM		7u
#define TARGET_HART_SHIFT	18
#define HART_BITS		14
#define TARGET_HART		((BIT(HART_BITS) - 1) << TARGET_HART_SHIFT)
#define TARGET_IPRIO		0xffu
#define TARGET_EIID		0x7ffu
#define TOPI_ID_SHIFT		16

enum mode {
	INACTIVE = 0, DETACHED = 1, EDGE1 = 4, EDGE0 = 5, LEVEL1 = 6,
	LEVEL0 = 7,
};

/* Where messages to a hart go, by the binding riscv,imsics. */
struct files {
	u64 base, size;
	u32 guest_bits, hart_bits, group_bits, group_shift;
};

struct aplic {
	struct emu emu;
	struct cpu_wires wires;		/* none if it sends messages */
	bool sends;			/* c: messages */
	struct files files;		/* c */
	u32 ie;				/* of domaincfg */
	u32 genmsi;
	u32 sourcecfg[SOURCE_COUNT];
	u32 target[SOURCE_COUNT];
	u32 pending[SOURCE_WORDS];
	u32 enable[SOURCE_WORDS];
	u32 high[SOURCE_WORDS];		/* wires */
	u32 idelivery[GUEST_CPU_MAX];
	u32 iforce[GUEST_CPU_MAX];
	u32 ithreshold[GUEST_CPU_MAX];
};

static struct aplic *aplic_of(struct vpic *p)
{
	return container_of(p, struct aplic, wires.pic);
}

static enum mode mode_of(const struct aplic *s, u32 id)
{
	return (enum mode)s->sourcecfg[id];
}

static bool is_level(const struct aplic *s, u32 id)
{
	return mode_of(s, id) >= LEVEL1;
}

/* The rectified input value: 4.5.2. */
static bool input_of(const struct aplic *s, u32 id)
{
	if (mode_of(s, id) < EDGE1)
		return false;
	return source_test(s->high, id) != (mode_of(s, id) & 1);
}

/* ---- delivery; the lock is held ---- */

static u32 hart_of(u32 target)
{
	return target >> TARGET_HART_SHIFT;
}

/* What is pending for a hart, as topi reads: 4.8.1. */
static u32 top(const struct aplic *s, u32 hart)
{
	const u32 threshold = s->ithreshold[hart];
	u32 least = threshold ? threshold : TARGET_IPRIO + 1, found = 0;

	for (unsigned w = 0; w < s->wires.word_count; w++) {
		u32 left = s->pending[w] & s->enable[w];

		for (; left; left &= left - 1) {
			const u32 id = 32 * w + (u32)__builtin_ctz(left);
			const u32 priority = s->target[id] & TARGET_IPRIO;

			if (hart_of(s->target[id]) != hart ||
			    priority >= least)
				continue;
			least = priority;
			found = id << TOPI_ID_SHIFT | priority;
		}
	}
	return found;
}

static void cpu_update(struct aplic *s, u32 hart)
{
	cpu_wire_set(&s->wires.to[hart], s->ie && s->idelivery[hart] &&
				     (s->iforce[hart] || top(s, hart)));
}

/* To the address of 4.9.1, if a file may be there. */
static void message_send(struct aplic *s, u32 hart, u32 data)
{
	const struct files *f = &s->files;
	const u64 h = hart & (BIT64(f->hart_bits) - 1);
	const u64 group = (u64)hart >> f->hart_bits &
			  (BIT64(f->group_bits) - 1);
	const u64 at = f->base | group << f->group_shift |
		       h << (12 + f->guest_bits);

	if (s->emu.guest && at - f->base < f->size)
		guest_msi(s->emu.guest, 0, GPA(at), data);
}

/* After any change of a source. */
static void source_update(struct aplic *s, u32 id)
{
	const u32 target = s->target[id];

	if (!s->sends) {
		if (hart_of(target) < s->wires.count)
			cpu_update(s, hart_of(target));
		return;
	}
	if (!s->ie || !source_test(s->pending, id) ||
	    !source_test(s->enable, id))
		return;
	source_put(s->pending, id, false);
	message_send(s, hart_of(target), target & TARGET_EIID);
}

/* After a change that concerns all of them. */
static void update(struct aplic *s)
{
	for (unsigned w = 0; s->sends && w < s->wires.word_count; w++) {
		u32 left = s->pending[w] & s->enable[w];

		for (; left; left &= left - 1)
			source_update(s, 32 * w + (u32)__builtin_ctz(left));
	}
	for (u32 i = 0; i < s->wires.count; i++)
		cpu_update(s, i);
}

/* ---- pending bits: 4.7 ---- */

/* The wire of an active source changed, or how it is looked at. */
static void input_changed(struct aplic *s, u32 id, bool was)
{
	const bool now = input_of(s, id);

	if (now && !was)
		source_put(s->pending, id, true);
	if (!now && is_level(s, id))
		source_put(s->pending, id, false);
	source_update(s, id);
}

static void pending_set(struct aplic *s, u32 id)
{
	if (mode_of(s, id) == INACTIVE ||
	    (is_level(s, id) && !(s->sends && input_of(s, id))))
		return;
	source_put(s->pending, id, true);
	source_update(s, id);
}

static void pending_clear(struct aplic *s, u32 id)
{
	if (is_level(s, id) && !s->sends)
		return;
	source_put(s->pending, id, false);
	source_update(s, id);
}

static void enable_set(struct aplic *s, u32 id)
{
	if (mode_of(s, id) == INACTIVE)
		return;
	source_put(s->enable, id, true);
	source_update(s, id);
}

static void enable_clear(struct aplic *s, u32 id)
{
	source_put(s->enable, id, false);
	source_update(s, id);
}

/* ---- registers with a bit for each source, or the number of one ---- */

typedef void source_fn(struct aplic *s, u32 id);

static void do_bits(struct aplic *s, const struct reg_context *c, u64 value,
		    source_fn *fn)
{
	const unsigned w = (unsigned)index_clamp(c->index, SOURCE_WORDS);
	u32 left = (u32)value & s->wires.valid[w];
	SCOPED_LOCK_RAW(&s->wires.lock);

	for (; left; left &= left - 1)
		fn(s, 32 * w + (u32)__builtin_ctz(left));
}

static void do_number(struct aplic *s, u64 value, source_fn *fn)
{
	const u32 id = (u32)index_clamp(value, SOURCE_COUNT);
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (value < SOURCE_COUNT && source_test(s->wires.valid, id))
		fn(s, id);
}

#define BITS(name, fn)							\
static void name##_write(void *state, const struct reg_context *c,	\
			 u64 value)					\
{									\
	do_bits(state, c, value, fn);					\
}									\
static void name##num_write(void *state, const struct reg_context *c,	\
			    u64 value)					\
{									\
	do_number(state, value, fn);					\
}

BITS(setip, pending_set)
BITS(clrip, pending_clear)
BITS(setie, enable_set)
BITS(clrie, enable_clear)

static void setipnum_be_write(void *state, const struct reg_context *c,
			      u64 value)
{
	do_number(state, __builtin_bswap32((u32)value), pending_set);
}

static u64 setip_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return s->pending[index_clamp(c->index, SOURCE_WORDS)];
}

static u64 setie_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return s->enable[index_clamp(c->index, SOURCE_WORDS)];
}

static u64 in_clrip_read(void *state, const struct reg_context *c)
{
	const u32 first = 32 * (u32)index_clamp(c->index, SOURCE_WORDS);
	const struct aplic *s = state;
	u32 value = 0;

	for (u32 i = 0; i < 32; i++)
		value |= (u32)input_of(s, first + i) << i;
	return value;
}

/* ---- the domain, sources, targets ---- */

static u64 domaincfg_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return DOMAINCFG_FIXED | s->ie | (s->sends ? DOMAINCFG_DM : 0);
}

static void domaincfg_write(void *state, const struct reg_context *c,
			    u64 value)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	s->ie = value & DOMAINCFG_IE;
	update(s);
}

static u64 sourcecfg_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return s->sourcecfg[index_clamp(c->index + 1, SOURCE_COUNT)];
}

/* A source that becomes inactive has nothing any more. */
static void source_forget(struct aplic *s, u32 id)
{
	source_put(s->pending, id, false);
	source_put(s->enable, id, false);
	source_update(s, id);
	s->target[id] = 0;
}

static void sourcecfg_write(void *state, const struct reg_context *c,
			    u64 value)
{
	const u32 id = (u32)index_clamp(c->index + 1, SOURCE_COUNT);
	u32 mode = value & SOURCECFG_D ? INACTIVE : value & SOURCECFG_SM;
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (!source_test(s->wires.valid, id))
		return;
	if (mode > DETACHED && mode < EDGE1)
		mode = INACTIVE;
	if (mode_of(s, id) == INACTIVE && mode != INACTIVE)
		s->target[id] = s->sends ? 0 : 1;
	s->sourcecfg[id] = mode;
	if (mode == INACTIVE)
		source_forget(s, id);
	else
		input_changed(s, id, !is_level(s, id));
}

static u64 target_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return s->target[index_clamp(c->index + 1, SOURCE_COUNT)];
}

static void target_write(void *state, const struct reg_context *c, u64 value)
{
	const u32 id = (u32)index_clamp(c->index + 1, SOURCE_COUNT);
	const u32 low = (u32)value & TARGET_IPRIO;
	struct aplic *s = state;
	u32 was;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (mode_of(s, id) == INACTIVE)
		return;
	was = s->target[id];
	if (s->sends)
		s->target[id] = value & (TARGET_HART | TARGET_EIID);
	else
		s->target[id] = (value & TARGET_HART) | (low ? low : 1);
	if (!s->sends && hart_of(was) < s->wires.count)
		cpu_update(s, hart_of(was));
	source_update(s, id);
}

static u64 genmsi_read(void *state, const struct reg_context *c)
{
	const struct aplic *s = state;

	return s->genmsi;
}

/* Sent at once, whatever IE says. */
static void genmsi_write(void *state, const struct reg_context *c, u64 value)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (!s->sends)
		return;
	s->genmsi = value & (TARGET_HART | TARGET_EIID);
	message_send(s, hart_of(s->genmsi), s->genmsi & TARGET_EIID);
}

/* ---- interrupt delivery control, for each hart: 4.8.1 ---- */

static u32 hart_index(const struct reg_context *c)
{
	return (u32)index_clamp(c->index, GUEST_CPU_MAX);
}

#define IDC(name, mask)							\
static u64 name##_read(void *state, const struct reg_context *c)	\
{									\
	const struct aplic *s = state;					\
									\
	return s->name[hart_index(c)];					\
}									\
static void name##_write(void *state, const struct reg_context *c,	\
			 u64 value)					\
{									\
	struct aplic *s = state;					\
	SCOPED_LOCK_RAW(&s->wires.lock);				\
									\
	if (hart_index(c) >= s->wires.count)				\
		return;							\
	s->name[hart_index(c)] = value & (mask);			\
	cpu_update(s, hart_index(c));					\
}

IDC(idelivery, 1)
IDC(iforce, 1)
IDC(ithreshold, TARGET_IPRIO)

static u64 topi_read(void *state, const struct reg_context *c)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	return hart_index(c) < s->wires.count ? top(s, hart_index(c)) : 0;
}

static u64 claimi_read(void *state, const struct reg_context *c)
{
	const u32 hart = hart_index(c);
	struct aplic *s = state;
	u32 value;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (hart >= s->wires.count)
		return 0;
	value = top(s, hart);
	if (value)
		pending_clear(s, value >> TOPI_ID_SHIFT);
	else
		s->iforce[hart] = 0;
	cpu_update(s, hart);
	return value;
}

#define APLIC(o, n, by, ...)						\
	{ .offset = (o), .width = 4, .count = (n), .stride = (by),	\
	  .name = #o, .slot = EMU_NO_SLOT, __VA_ARGS__ }

static const struct emu_reg regs[] = {
	APLIC(DOMAINCFG, 1, 4, .read = domaincfg_read,
	      .write = domaincfg_write),
	APLIC(SOURCECFG, SOURCE_COUNT - 1, 4, .read = sourcecfg_read,
	      .write = sourcecfg_write),
	APLIC(SETIP, SOURCE_WORDS, 4, .read = setip_read,
	      .write = setip_write),
	APLIC(SETIPNUM, 1, 4, .write = setipnum_write),
	APLIC(IN_CLRIP, SOURCE_WORDS, 4, .read = in_clrip_read,
	      .write = clrip_write),
	APLIC(CLRIPNUM, 1, 4, .write = clripnum_write),
	APLIC(SETIE, SOURCE_WORDS, 4, .read = setie_read,
	      .write = setie_write),
	APLIC(SETIENUM, 1, 4, .write = setienum_write),
	APLIC(CLRIE, SOURCE_WORDS, 4, .write = clrie_write),
	APLIC(CLRIENUM, 1, 4, .write = clrienum_write),
	APLIC(SETIPNUM_LE, 1, 4, .write = setipnum_write),
	APLIC(SETIPNUM_BE, 1, 4, .write = setipnum_be_write),
	APLIC(GENMSI, 1, 4, .read = genmsi_read, .write = genmsi_write),
	APLIC(TARGET, SOURCE_COUNT - 1, 4, .read = target_read,
	      .write = target_write),
	APLIC(IDELIVERY, GUEST_CPU_MAX, IDC_STRIDE, .read = idelivery_read,
	      .write = idelivery_write),
	APLIC(IFORCE, GUEST_CPU_MAX, IDC_STRIDE, .read = iforce_read,
	      .write = iforce_write),
	APLIC(ITHRESHOLD, GUEST_CPU_MAX, IDC_STRIDE,
	      .read = ithreshold_read, .write = ithreshold_write),
	APLIC(TOPI, GUEST_CPU_MAX, IDC_STRIDE, .read = topi_read),
	APLIC(CLAIMI, GUEST_CPU_MAX, IDC_STRIDE, .read = claimi_read),
	STATE(struct aplic, ie), STATE(struct aplic, genmsi),
	STATE(struct aplic, sourcecfg), STATE(struct aplic, target),
	STATE(struct aplic, pending), STATE(struct aplic, enable),
	STATE(struct aplic, high), STATE(struct aplic, idelivery),
	STATE(struct aplic, iforce), STATE(struct aplic, ithreshold),
};

/* ---- wires and VCPUs ---- */

static void set_line(struct vpic *p, u32 pin, bool level)
{
	struct aplic *s = aplic_of(p);
	bool was;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (pin >= SOURCE_COUNT || !source_test(s->wires.valid, pin))
		return;
	was = input_of(s, pin);
	source_put(s->high, pin, level);
	if (mode_of(s, pin) != INACTIVE)
		input_changed(s, pin, was);
}

/* Devices with messages have a port, too. */
static void message(void *state, const struct emu_message *m)
{
	if (m->offset == SETIPNUM_LE)
		do_number(state, m->data, pending_set);
}

static void dump(struct vpic *p, struct vcpu *v, struct console *con)
{
	const struct aplic *s = aplic_of(p);

	con_printf(con, "aplic: %s, by %s\n", s->ie ? "on" : "off",
		   s->sends ? "messages" : "wires");
	for (u32 i = 0; i < s->wires.count; i++)
		if (s->wires.to[i].vcpu == v)
			con_printf(con, "  hart %u: %s, threshold %u, pin "
				   "%s\n", i, s->idelivery[i] ? "on" : "off",
				   s->ithreshold[i],
				   s->wires.to[i].level ? "high" : "low");
	for (u32 id = 1; id < 32 * s->wires.word_count; id++)
		if (mode_of(s, id) != INACTIVE)
			con_printf(con, "  %4u: mode %u, target %#x%s%s%s\n",
				   id, s->sourcecfg[id], s->target[id],
				   source_test(s->enable, id) ? "" : " masked",
				   source_test(s->high, id) ? " high" : "",
				   source_test(s->pending, id) ?
				   " pending" : "");
}

/* The hart that v is to the domain's targets; beyond the wires: none. */
static u32 hart_of_vcpu(const struct aplic *s, const struct vcpu *v)
{
	u32 hart = 0;

	if (s->sends)
		return v->index;
	while (hart < s->wires.count && s->wires.to[hart].vcpu != v)
		hart++;
	return hart;
}

static u8 stops_of(const struct aplic *s, u32 id, u32 hart)
{
	const u32 priority = s->target[id] & TARGET_IPRIO;
	u8 stops = source_test(s->enable, id) ? 0 : WHY_STOP_DISABLED;

	if (!s->ie || (!s->sends && !s->idelivery[hart]))
		stops |= WHY_STOP_GROUP;
	if (!s->sends && s->ithreshold[hart] && priority >= s->ithreshold[hart])
		stops |= WHY_STOP_PRIORITY;
	return stops;
}

static u32 explain(struct vpic *p, struct vcpu *v, u32 from,
		   struct vcpu_why *w)
{
	struct aplic *s = aplic_of(p);
	const u32 hart = hart_of_vcpu(s, v), end = from + EXPLAINED_AT_ONCE;
	SCOPED_LOCK_RAW(&s->wires.lock);

	if (!s->sends && hart >= s->wires.count)
		return 0;
	for (u32 id = from; id < end; id++)
		if ((source_test(s->enable, id) ||
		     source_test(s->pending, id)) &&
		    hart_of(s->target[id]) == hart)
			why_source_add(w, &(struct why_source){
				.id = id,
				.pending = source_test(s->pending, id),
				.stops = w->wire_stops |
					 stops_of(s, id, hart),
			});
	return end < 32 * s->wires.word_count ? end : 0;
}

static const struct vpic_ops ops = {
	.name = "aplic", .set_line = set_line, .vcpu_init = cpu_wires_vcpu_init,
	.vcpu_fini = cpu_wires_vcpu_fini, .vcpu_reset = cpu_wires_vcpu_reset,
	.sync = vpic_pins_sync, .pending = vpic_pins_pending, .dump = dump,
	.explain = explain,
};

/* ---- the device ---- */

static int files_find(struct aplic *s, u32 phandle)
{
	struct dt_node n = dt_find_phandle(s->emu.node.fdt, phandle);
	struct files *f = &s->files;

	if (!dt_is_compatible(n, "riscv,imsics") ||
	    dt_reg(n, 0, &f->base, &f->size))
		return fail(-EINVAL, "%s: msi-parent leads to no riscv,imsics",
			    s->emu.name);
	f->hart_bits = HART_BITS;
	f->group_shift = 24;
	dt_u32(n, "riscv,guest-index-bits", 0, &f->guest_bits);
	dt_u32(n, "riscv,hart-index-bits", 0, &f->hart_bits);
	dt_u32(n, "riscv,group-index-bits", 0, &f->group_bits);
	dt_u32(n, "riscv,group-index-shift", 0, &f->group_shift);
	if (f->guest_bits > 7 || f->hart_bits > HART_BITS ||
	    f->group_bits > 7 || f->group_shift > 55)
		return fail(-EINVAL, "%s: indices of %s have too many bits",
			    s->emu.name, dt_name(n));
	s->sends = true;
	return 0;
}

static int probe(void *state)
{
	struct aplic *s = state;
	u32 phandle;
	int rc = 0;

	if (dt_u32(s->emu.node, "msi-parent", 0, &phandle))
		rc = files_find(s, phandle);
	else
		rc = cpu_wires_parse(&s->emu, s->wires.to, GUEST_CPU_MAX);
	if (rc < 0)
		return rc;
	s->wires.count = (unsigned)rc;
	cpu_wires_init(&s->wires, &s->emu, &ops, "riscv,num-sources");
	return 0;
}

static void reset(void *state)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	update(s);
}

/* Sources that do not exist have no state, whatever data says. */
static int restore(void *state, const u8 *data, size_t size)
{
	struct aplic *s = state;
	SCOPED_LOCK_RAW(&s->wires.lock);

	for (u32 id = 0; id < SOURCE_COUNT; id++)
		s->sourcecfg[id] &= source_test(s->wires.valid, id) ?
				    SOURCECFG_SM : 0;
	sources_mask(&s->wires, s->pending);
	sources_mask(&s->wires, s->enable);
	update(s);
	return size ? -EBADMSG : 0;
}

static const struct emulator aplic = {
	.name = "aplic",
	.compatible = (const char *const[]){ "riscv,aplic", NULL },
	.state_size = sizeof(struct aplic),
	.regs = regs, .reg_count = ARRAY_LEN(regs), .whole_only = true,
	.probe = probe, .reset = reset, .restore = restore,
	.message = message,
};
EMULATOR(aplic);
