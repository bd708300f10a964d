/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Emulated devices.  A device is a table of register rows plus a few hooks;
 * reset, access widths, dump, save and restore follow from the table, and
 * the framework owns the state, its lock, interrupt lines and timer.
 *
 * The device's lock (an interrupt-safe spin lock) is held in every hook but
 * probe, remove, load and message; hooks never block, and drive their lines
 * while holding it.
 */
#ifndef VMM_EMULATOR_H
#define VMM_EMULATOR_H

#include <vmm/dt.h>
#include <vmm/set.h>
#include <vmm/spinlock.h>
#include <vmm/timer.h>
#include <vmm/types.h>

struct console;
struct emu;
struct emu_index;
struct guest;
struct guest_console;
struct vcpu;
struct vpic;

/* One guest access, already decoded by the architecture. */
struct access {
	u64 offset;		/* from the start of the region */
	u64 value;		/* result of a read, operand of a store */
	struct vcpu *vcpu;	/* who; NULL from a debugger */
	u8 size;		/* 1, 2, 4 or 8 bytes */
	u8 region;		/* which of the device's regions */
	bool write;
};

/* What a hook is told besides its device's state. */
struct reg_context {
	struct vcpu *vcpu;
	u32 index;		/* which register of a row with count > 1 */
	u64 lanes;		/* stores: bits that change, whole bytes */
};

/*
 * A row: `count` registers of `width` bytes, `stride` apart (a power of two,
 * 0: width).  Without hooks a register is `width` bytes of storage at state
 * + slot + index * width; wmask says which bits a store changes.  A row with
 * neither storage nor read hook reads as `reset`.  A row with width 0 is
 * state without a register (see STATE).  Rows never overlap, offsets are
 * aligned to the width.
 */
struct emu_reg {
	u32 offset;
	u8 width;		/* 1, 2, 4, 8 */
	u8 region;
	u16 count;		/* 0 means 1 */
	u32 stride;
	u32 slot;
	u32 size;		/* of STATE rows */
	u64 reset;
	u64 wmask;
	/*
	 * Instead of plain load and store.  A read hook gives the whole
	 * register and nothing above it.  A write hook gets the whole
	 * register: where the store was narrower, the other bytes come from
	 * storage, or are 0 in a row without (reads may have effects); lanes
	 * says which are new.
	 */
	u64 (*read)(void *state, const struct reg_context *c);
	void (*write)(void *state, const struct reg_context *c, u64 value);
	/* Following a plain store. */
	void (*after)(void *state, const struct reg_context *c);
	const char *name;
};

#define EMU_NO_SLOT	0xffffffffu

/* Plain 32-bit register kept in `field`. */
#define REG(o, type, field, ...)					\
	{ .offset = (o), .width = 4, .name = #o,			\
	  .slot = offsetof(type, field), __VA_ARGS__ }
/* 32-bit register that exists as hooks only. */
#define HOOK(o, ...)							\
	{ .offset = (o), .width = 4, .name = #o, .slot = EMU_NO_SLOT,	\
	  __VA_ARGS__ }
#define CONSTANT(o, v)							\
	{ .offset = (o), .width = 4, .name = #o, .slot = EMU_NO_SLOT,	\
	  .reset = (v) }
/* State that is saved and reset but has no register of its own. */
#define STATE(type, field)						\
	{ .name = #field, .slot = offsetof(type, field),		\
	  .size = sizeof(((type *)0)->field) }

/* A wire from a device to an interrupt controller's pin. */
struct irq_line {
	struct vpic *pic;
	u32 pin;		/* the controller's number */
	bool level;		/* last driven */
	u64 rises;		/* how often the device raised it */
	u64 raised_at;		/* cycles: when last */
	u64 raised_cycles;	/* in all, up to when it last fell */
};

#define EMU_LINE_MAX	4

/* What every device state begins with; the framework owns these fields. */
struct emu {
	struct spinlock lock;		/* LOCK_DEVICE; first: loads take it */
	const struct emulator *type;	/* c */
	struct guest *guest;		/* c: NULL in tests */
	struct dt_node node;		/* c: in the guest's tree */
	const char *name;		/* c: "serial@9000000" */
	u32 phandle;			/* c: 0: the tree gives none */
	u64 tally;			/* c: in VCPUs, vcpu_tallies() */
	struct irq_line lines[EMU_LINE_MAX];	/* lock */
	unsigned line_count;		/* c */
	struct timer timer;		/* lock; cancelled without it */
	u64 deadline_ns;		/* lock: EMU_NEVER, or guest's clock */
	struct guest_console *console;	/* c: serial devices, or NULL */
	const struct emu_index *index;	/* c: offset to row, by type */
	u64 unknown_count;		/* lock: accesses to no register */
};

/* An interrupt that a device sends as a store of 32 bits: guest_msi(). */
struct emu_message {
	u64 offset;		/* from the start of the region, any */
	u32 device;		/* who sent it */
	u32 data;
	u8 region;
};

#define EMU_NEVER	(~0ull)
#define EMU_REGION_MAX	4

struct emulator {
	const char *name;		/* "pl011" */
	const char *const *compatible;	/* ends with NULL */
	const char *tty;		/* UARTs: Linux's name, less a number */
	size_t state_size;		/* allocated and zeroed for probe */
	const struct emu_reg *regs;
	size_t reg_count;
	bool whole_only;	/* other accesses do nothing, and read 0 */
	bool resets_unlocked;	/* reset takes its own lock, in parts */
	/*
	 * For regions that are no register files: flash arrays.  Answers
	 * everything; such a type has no register rows, only STATE.
	 */
	void (*access)(void *state, struct access *a);
	/* One of a family, by what the node says: what emu_find() gives. */
	const struct emulator *(*pick)(struct dt_node node);
	/* Reads s->emu.node, allocates beyond state_size; -errno reported. */
	int (*probe)(void *state);
	/* Frees what hooks allocated; also when probe failed. */
	void (*remove)(void *state);
	void (*reset)(void *state);	/* after the rows were reset */
	/* All devices were reset: drives others' pins as they are at rest. */
	void (*settle)(void *state);
	void (*alarm)(void *state);	/* emu_timer_set() came due */
	/* Serial devices: takes bytes typed by a user, returns how many. */
	size_t (*input)(void *state, const u8 *data, size_t size);
	/* Their line breaks, behind those bytes; false: no room yet. */
	bool (*input_break)(void *state);
	/* Orderly shutdown asked by the operator; gpio keys. */
	void (*power_button)(void *state);
	/* GPIO controllers: another device drives an input pin. */
	void (*pin)(void *state, u32 pin, bool level);
	/*
	 * Takes messages.  The one hook *without* the device's lock: senders
	 * hold theirs.  Any CPU, interrupts masked.
	 */
	void (*message)(void *state, const struct emu_message *m);
	/*
	 * Flash: an image from offset 0 on, before the guest runs.
	 * -ERANGE, -ENOMEM: reported.
	 */
	int (*load)(void *state, const u8 *data, u64 size);
	/* Bytes that hooks allocated and did not free yet. */
	u64 (*extra_bytes)(const void *state);
	/*
	 * What is kept outside the rows, if anything: bytes of it (out may
	 * be NULL: how many), and back; -EBADMSG, -ENOMEM.
	 */
	size_t (*save)(void *state, u8 *out);
	int (*restore)(void *state, const u8 *data, size_t size);
};

SET_DECLARE(emulator);
#define EMULATOR(object)	SET_ADD(emulator, object)

/* The emulator for a `compatible` list of a node; NULL: none. */
const struct emulator *emu_find(struct dt_node node);

/*
 * What guest creation does for each device: state made, rows reset, probe
 * run, reset hook run, input connected to the console.  -ENOMEM, reported,
 * or probe's error.  name and console outlive the device.  Regions are
 * added by the caller, after all devices are there.  Thread context.
 */
struct emu_config {
	const struct emulator *type;
	struct guest *guest;
	struct dt_node node;
	const char *name;
	const struct irq_line *lines;
	unsigned line_count;
	struct guest_console *console;
};
int emu_create(const struct emu_config *config, struct emu **out);
/* What probe says of a device without a guest, which is forgotten again. */
int emu_try(const struct emu_config *config);
/*
 * No VCPU can reach it any more: from here on no alarm and no input does
 * either.  Thread context.
 */
void emu_quiet(struct emu *e);
/*
 * The same, and frees it: of devices that find each other, all are quiet
 * before.  NULL is allowed.
 */
void emu_destroy(struct emu *e);
void emu_reset(struct emu *e);
/* To each device once all of a guest are there or were reset. */
void emu_settle(struct emu *e);

/*
 * Does one access: any size from 1 to 8, any alignment, inside the region.
 * One that touches several registers is done in parts, lowest first.  An
 * unlisted register of a known device reads zero and ignores stores
 * (counted).  Interrupts masked.
 */
void emu_access(struct emu *e, struct access *a);

/* Input to a serial device through its lock: how many bytes it took. */
size_t emu_input(struct emu *e, const u8 *data, size_t size);
/* False: it is no power button. */
bool emu_power_button(struct emu *e);
/* Drives an input pin of a GPIO controller; under another device's lock. */
void emu_pin_set(struct emu *e, u32 pin, bool level);
/* The guest's clock stopped, went on or was set: time the alarm anew. */
void emu_clock_changed(struct emu *e);

/*
 * Alarm and lines, all rows with storage in table order, then what the
 * device keeps outside them, as bytes; out may be NULL.  The guest is
 * stopped between asking for the size and saving.
 */
size_t emu_save(struct emu *e, u8 *out);
/*
 * Into a device of the same type.  -EBADMSG, with nothing changed, when
 * size cannot be what emu_save() gave; or what the restore hook says.
 */
int emu_restore(struct emu *e, const u8 *data, size_t size);
/* For people; thread context.  -ENOMEM, reported. */
int emu_dump(struct emu *e, struct console *con);

/* ---- For emulators, in hooks ---- */

/* Tells the controller only what changes; counts, and takes the time. */
void emu_irq_set(struct emu *e, unsigned line, bool level);
/*
 * Nanoseconds of the guest's clock; alarm() rings under the device lock, not
 * before the deadline.  One in the past rings at once.
 */
void emu_timer_set(struct emu *e, u64 deadline_ns);
void emu_timer_stop(struct emu *e);
u64 emu_clock_ns(struct emu *e);	/* guest's clock */
u64 emu_wall_ns(struct emu *e);		/* time of day for RTCs */
void emu_output(struct emu *e, u8 byte);	/* to the guest's console */
/* There is room for input again: input() is called if any waits. */
void emu_input_ready(struct emu *e);
/* Another device of the guest, or NULL.  Not in probe. */
struct emu *emu_by_phandle(struct emu *e, u32 phandle);

/*
 * Long work in an access by v: between the two, e's lock is free, so that
 * others may come between; and interrupts come, where the access is the current
 * thread's.  No other lock is held.  Where v is NULL, nothing happens.
 */
void emu_interruptible_begin(struct emu *e, struct vcpu *v);
void emu_interruptible_end(struct emu *e, struct vcpu *v);
/* log_throttled() for what v's access does. */
#define emu_log(e, v, ...)						\
	LOG_THROTTLED(emu_interruptible_begin(e, v),			\
		      emu_interruptible_end(e, v), __VA_ARGS__)
/* Both: between two parts of such work, each shorter than 1000 instructions. */
void emu_preempt_point(struct emu *e, struct vcpu *v);

/*
 * Memory that guests read, and fetch, without an exit: size bytes at offset
 * of a region of kind ROMD, until unmapped.  -ENOMEM, -EEXIST, -ENOENT (in
 * tests: no guest).  Where nothing is mapped, guests come to the access hook.
 * Both take thousands of instructions: in an access, between
 * emu_interruptible_begin() and _end().
 */
int emu_map(struct emu *e, unsigned region, u64 offset, hpa_t pa, u64 size);
/* The whole region. */
void emu_unmap(struct emu *e, unsigned region);

#endif
