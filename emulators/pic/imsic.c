// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Supervisor-level interrupt files of incoming-message-signalled interrupt
 * controllers (RISC-V Advanced Interrupt Architecture 1.0, chapter 3), one page
 * for each CPU: the n-th is that of the n-th entry of interrupts-extended.
 *
 * A file's lock guards the file: messages come from anywhere, and without the
 * device's lock.
 */
#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/log.h>
#include <vmm/why.h>

#include "cpu_wires.h"

enum { SETEIPNUM_LE = 0x000, SETEIPNUM_BE = 0x004 };

/* Numbers of registers that CPUs reach by an indirect CSR: 3.8. */
enum {
	FIRST = 0x70, EIDELIVERY = 0x70, EITHRESHOLD = 0x72, EIP0 = 0x80,
	EIE0 = 0xc0, LAST = 0xff,
};

#define FILE_SIZE	0x1000
#define ID_COUNT	2048		/* 0 is none */
#define WORDS		(ID_COUNT / 64)
#define TOP_ID_SHIFT	16

struct imsic {
	struct emu emu;
	struct vpic_files files;
	unsigned count;				/* c: of files */
	u32 id_count;				/* c: of each, a power of 2 */
	struct spinlock locks[GUEST_CPU_MAX];	/* LOCK_VPIC_FILE */
	struct cpu_wire cpus[GUEST_CPU_MAX];
	u8 held[GUEST_CPU_MAX];			/* by a CPU's: index + 1 */
	u8 file_of[GUEST_CPU_MAX];		/* c: of VCPUs, plus 1, or 0 */
	u32 delivery[GUEST_CPU_MAX];
	u32 threshold[GUEST_CPU_MAX];
	u64 pending[GUEST_CPU_MAX][WORDS];
	u64 enable[GUEST_CPU_MAX][WORDS];
};

static struct imsic *imsic_of(struct vpic_files *f)
{
	return container_of(f, struct imsic, files);
}

/* Of 64 identities from 64 * w on, those that there are. */
static u64 valid(const struct imsic *s, unsigned w)
{
	if (64 * w >= s->id_count)
		return 0;
	return w ? ~0ull : ~1ull;
}

/* ---- a file; its lock is held ---- */

static u32 top(const struct imsic *s, unsigned n)
{
	const u32 end = s->threshold[n] ? s->threshold[n] : ID_COUNT;

	for (unsigned w = 0; 64 * w < s->id_count; w++) {
		const u64 both = s->pending[n][w] & s->enable[n][w];
		const u32 id = 64 * w + (both ? (u32)__builtin_ctzll(both) :
						0);

		if (both)
			return id < end ? id << TOP_ID_SHIFT | id : 0;
	}
	return 0;
}

static void update(struct imsic *s, unsigned n)
{
	if (s->held[n])
		return;
	cpu_wire_set(&s->cpus[n], s->delivery[n] && top(s, n));
}

/* ---- messages ---- */

static void raise(struct imsic *s, u64 n, u32 id)
{
	const unsigned file = (unsigned)index_clamp(n, GUEST_CPU_MAX);
	const u64 w = index_clamp(id / 64, WORDS);

	if (n >= s->count)
		return;
	SCOPED_LOCK_RAW(&s->locks[file]);
	if (!(BIT64(id % 64) & valid(s, (unsigned)w)))
		return;
	if (s->held[file]) {
		vpic_file_slots->send(s->held[file] - 1u, s->cpus[file].vcpu,
				      id);
		return;
	}
	s->pending[file][w] |= BIT64(id % 64);
	update(s, file);
}

static u32 identity(u64 value)
{
	return value < ID_COUNT ? (u32)value : 0;
}

static void le_write(void *state, const struct reg_context *c, u64 value)
{
	raise(state, c->index, identity(value));
}

static void be_write(void *state, const struct reg_context *c, u64 value)
{
	raise(state, c->index, identity(__builtin_bswap32((u32)value)));
}

static void message(void *state, const struct emu_message *m)
{
	if (m->region == 0 && m->offset % FILE_SIZE == SETEIPNUM_LE)
		raise(state, m->offset / FILE_SIZE, identity(m->data));
}

/* ---- CPUs ---- */

/* Number of v's file plus 1, or 0. */
static unsigned file_of(const struct imsic *s, const struct vcpu *v)
{
	return s->file_of[index_clamp(v->index, GUEST_CPU_MAX)];
}

/* Puts the bits of mask into *reg, and what it was into *value. */
static void exchange(u64 *reg, u64 mask, u64 *value)
{
	const u64 was = *reg;

	*reg = (was & ~mask) | (*value & mask);
	*value = was;
}

static void exchange_u32(u32 *reg, u64 mask, u64 *value)
{
	u64 wide = *reg;

	exchange(&wide, mask, value);
	*reg = (u32)wide;
}

/*
 * Identities are 64 to a register, which has an even number: of what there is
 * not, registers read zero.
 */
static int array_access(const struct imsic *s, u64 *array, unsigned number,
			u64 mask, u64 *value)
{
	const unsigned w = (unsigned)index_clamp(number / 2, WORDS);

	if (number & 1)
		return -EINVAL;
	exchange(&array[w], mask & valid(s, w), value);
	return 0;
}

static int register_access(struct imsic *s, unsigned n, unsigned number,
			   u64 mask, u64 *value)
{
	if (number >= EIE0)
		return array_access(s, s->enable[n], number - EIE0, mask,
				    value);
	if (number >= EIP0)
		return array_access(s, s->pending[n], number - EIP0, mask,
				    value);
	if (number == EIDELIVERY)
		exchange_u32(&s->delivery[n], mask & 1, value);
	else if (number == EITHRESHOLD)
		exchange_u32(&s->threshold[n], mask & (s->id_count - 1),
			     value);
	else
		*value = 0;		/* reserved */
	return 0;
}

static int file_access(struct vpic_files *f, struct vcpu *v, unsigned number,
		       u64 mask, u64 *value)
{
	struct imsic *s = imsic_of(f);
	const unsigned n = file_of(s, v);
	int rc;

	if (!n || number < FIRST || number > LAST)
		return -EINVAL;
	SCOPED_LOCK_RAW(&s->locks[n - 1]);
	rc = register_access(s, n - 1, number, mask, value);
	if (mask)
		update(s, n - 1);
	return rc;
}

static u32 file_top(struct vpic_files *f, struct vcpu *v, bool claim)
{
	struct imsic *s = imsic_of(f);
	const unsigned n = file_of(s, v);
	u32 value, id;

	if (!n)
		return 0;
	SCOPED_LOCK_RAW(&s->locks[n - 1]);
	value = top(s, n - 1);
	id = value >> TOP_ID_SHIFT;
	if (id && claim) {
		s->pending[n - 1][id / 64] &= ~BIT64(id % 64);
		update(s, n - 1);
	}
	return value;
}

static void vcpu_init(struct vpic_files *f, struct vcpu *v)
{
	struct imsic *s = imsic_of(f);

	for (unsigned n = 0; n < s->count; n++) {
		SCOPED_LOCK(&s->locks[n]);
		cpu_wire_connect(&s->cpus[n], v);
		if (s->cpus[n].vcpu == v)
			s->file_of[v->index] = (u8)(n + 1);
	}
}

static void vcpu_fini(struct vpic_files *f, struct vcpu *v)
{
	struct imsic *s = imsic_of(f);

	for (unsigned n = 0; n < s->count; n++) {
		SCOPED_LOCK(&s->locks[n]);
		cpu_wire_disconnect(&s->cpus[n], v);
	}
}

static void vcpu_reset(struct vpic_files *f, struct vcpu *v)
{
	struct imsic *s = imsic_of(f);
	const unsigned n = file_of(s, v);

	if (!n)
		return;
	SCOPED_LOCK_RAW(&s->locks[n - 1]);
	cpu_wire_refresh(&s->cpus[n - 1], v);
}

/* ---- files of the hardware's ---- */

static struct vpic_file file_at(struct imsic *s, unsigned n)
{
	return (struct vpic_file){
		.delivery = &s->delivery[n], .threshold = &s->threshold[n],
		.pending = s->pending[n], .enable = s->enable[n],
		.id_count = s->id_count,
	};
}

/* Without a file, v gets one of no identities, and leaves nothing in it. */
static void nothing_move(void (*move)(const struct vpic_file *f))
{
	u32 delivery = 0, threshold = 0;

	move(&(struct vpic_file){
		.delivery = &delivery, .threshold = &threshold,
	});
}

static void file_load(struct vpic_files *f, struct vcpu *v)
{
	struct imsic *s = imsic_of(f);
	const unsigned n = file_of(s, v);
	struct vpic_file file;

	if (!n) {
		nothing_move(vpic_file_slots->load);
		return;
	}
	SCOPED_LOCK_RAW(&s->locks[n - 1]);
	file = file_at(s, n - 1);
	cpu_wire_set(&s->cpus[n - 1], false);
	s->held[n - 1] = (u8)(this_cpu()->index + 1);
	vpic_file_slots->load(&file);
}

/* Identities that do not exist may have got state there. */
static void file_put(struct vpic_files *f, struct vcpu *v)
{
	struct imsic *s = imsic_of(f);
	const unsigned n = file_of(s, v);
	struct vpic_file file;

	if (!n) {
		nothing_move(vpic_file_slots->put);
		return;
	}
	SCOPED_LOCK_RAW(&s->locks[n - 1]);
	file = file_at(s, n - 1);
	vpic_file_slots->put(&file);
	s->held[n - 1] = 0;
	s->pending[n - 1][0] &= valid(s, 0);
	s->enable[n - 1][0] &= valid(s, 0);
	s->threshold[n - 1] &= s->id_count - 1;
	update(s, n - 1);
}

static void explain_identity(const struct imsic *s, unsigned n, u32 id,
			     struct vcpu_why *w)
{
	const u64 bit = BIT64(id % 64) & valid(s, id / 64);
	const bool on = s->enable[n][id / 64] & bit;
	const bool pending = s->pending[n][id / 64] & bit;

	if (!on && !pending)
		return;
	why_source_add(w, &(struct why_source){
		.id = id, .kind = WHY_IPI, .name = "a message",
		.pending = pending,
		.stops = w->wire_stops | (on ? 0 : WHY_STOP_DISABLED) |
			 (s->delivery[n] ? 0 : WHY_STOP_GROUP) |
			 (!s->threshold[n] || id < s->threshold[n] ? 0 :
			  WHY_STOP_PRIORITY),
	});
}

/* What the hardware holds is read, and stays there. */
static u32 file_explain(struct vpic_files *f, struct vcpu *v, u32 from,
			struct vcpu_why *w)
{
	struct imsic *s = imsic_of(f);
	const unsigned n = file_of(s, v);
	const u32 end = from + EXPLAINED_AT_ONCE;
	struct vpic_file file;

	if (!n)
		return 0;
	SCOPED_LOCK_RAW(&s->locks[n - 1]);
	file = file_at(s, n - 1);
	if (s->held[n - 1] == this_cpu()->index + 1)
		vpic_file_slots->peek(&file);
	for (u32 id = from; id < end; id++)
		explain_identity(s, n - 1, id, w);
	return end < s->id_count ? end : 0;
}

static const struct vpic_file_ops ops = {
	.vcpu_init = vcpu_init, .vcpu_fini = vcpu_fini,
	.vcpu_reset = vcpu_reset, .access = file_access, .top = file_top,
	.explain = file_explain, .load = file_load, .put = file_put,
};

/* ---- the device ---- */

static const struct emu_reg regs[] = {
	{ .offset = SETEIPNUM_LE, .width = 4, .count = GUEST_CPU_MAX,
	  .stride = FILE_SIZE, .name = "seteipnum_le", .slot = EMU_NO_SLOT,
	  .write = le_write },
	{ .offset = SETEIPNUM_BE, .width = 4, .count = GUEST_CPU_MAX,
	  .stride = FILE_SIZE, .name = "seteipnum_be", .slot = EMU_NO_SLOT,
	  .write = be_write },
	STATE(struct imsic, delivery), STATE(struct imsic, threshold),
	STATE(struct imsic, pending), STATE(struct imsic, enable),
};

/* riscv,num-ids is 63, 127, ... or 2047. */
static int ids_read(struct imsic *s)
{
	u32 last = 255;

	dt_u32(s->emu.node, "riscv,num-ids", 0, &last);
	s->id_count = last + 1;
	if (s->id_count < 64 || s->id_count > ID_COUNT ||
	    s->id_count & (s->id_count - 1))
		return fail(-EINVAL, "%s: riscv,num-ids: %u is none of 63, "
			    "127, 255, 511, 1023, 2047", s->emu.name, last);
	return 0;
}

static int probe(void *state)
{
	struct imsic *s = state;
	int count = cpu_wires_parse(&s->emu, s->cpus, GUEST_CPU_MAX), rc;
	u32 bits = 0;

	if (count < 0)
		return count;
	dt_u32(s->emu.node, "riscv,guest-index-bits", 0, &bits);
	if (bits)
		return fail(-EINVAL, "%s: guests have no guests: "
			    "riscv,guest-index-bits must be 0", s->emu.name);
	s->count = (unsigned)count;
	s->files.ops = &ops;
	for (unsigned i = 0; i < GUEST_CPU_MAX; i++)
		spin_init(&s->locks[i], LOCK_VPIC_FILE);
	if (s->emu.guest)
		s->emu.guest->files = &s->files;
	rc = ids_read(s);
	s->files.slots = vpic_file_slots &&
			 s->id_count <= vpic_file_slots->id_count;
	return rc;
}

/* After reset and restore: pins follow. */
static void update_all(struct imsic *s)
{
	for (unsigned n = 0; n < s->count; n++) {
		SCOPED_LOCK_RAW(&s->locks[n]);
		update(s, n);
	}
}

static void reset(void *state)
{
	update_all(state);
}

/* Identities that do not exist have no state, whatever data says. */
static int restore(void *state, const u8 *data, size_t size)
{
	struct imsic *s = state;

	for (unsigned n = 0; n < GUEST_CPU_MAX; n++) {
		for (unsigned w = 0; w < WORDS; w++) {
			s->pending[n][w] &= valid(s, w);
			s->enable[n][w] &= valid(s, w);
		}
		s->threshold[n] &= s->id_count - 1;
	}
	update_all(s);
	return size ? -EBADMSG : 0;
}

static const struct emulator imsic = {
	.name = "imsic",
	.compatible = (const char *const[]){ "riscv,imsics", NULL },
	.state_size = sizeof(struct imsic),
	.regs = regs, .reg_count = ARRAY_LEN(regs), .whole_only = true,
	.probe = probe, .reset = reset, .restore = restore,
	.message = message,
};
EMULATOR(imsic);
