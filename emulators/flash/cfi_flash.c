// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parallel NOR flash as QEMU's machine virt has it: JEDEC JESD68.01 (common
 * flash interface) with Intel's command set 0001h, each bank two 16-bit chips
 * side by side.  Both chips of a bank always get the same command.
 *
 * While a bank shows its array, what guests read is mapped for them as they
 * come; any command takes the mapping away until the array is shown again.
 *
 * Guests wait for no more than a page: of a sector's memory, only the pages
 * that were programmed hold what the array shows, the others are as erased.
 *
 * Interrupts and other VCPUs come in between where it takes long.  Guests take
 * turns with commands, as on a board: those that don't find bytes of before.
 */
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/emulator.h>
#include <vmm/errno.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define BANK_MAX	2
#define SECTOR_SIZE	KIB(256)		/* of both chips */
#define ALL_PAGES	(~0ull)			/* of a sector: a bit each */
#define SECTOR_MAX	256
#define BANK_SIZE_MAX	(SECTOR_SIZE * SECTOR_MAX)
#define BUFFER_SIZE	1024			/* of both chips */
#define PROGRAM_MAX	512			/* bytes on end */
#define BUS_WIDTH	4u			/* bytes of a bank's word */
/* Memory that a guest may make us keep, in sectors besides its image. */
#define SECTOR_QUOTA	32

#define STATUS_READY		BIT(7)
#define STATUS_ERASE_ERROR	BIT(5)
#define STATUS_PROGRAM_ERROR	BIT(4)

/* What reads show, and what the next store means. */
enum mode {
	MODE_ARRAY, MODE_ID, MODE_QUERY, MODE_STATUS,
	MODE_PROGRAM, MODE_ERASE, MODE_LOCK,
	MODE_COUNT, MODE_BUFFER, MODE_CONFIRM,
	MODE_SAME,		/* of a command: mode as it was */
};

struct bank {
	u32 mode, status;
	u32 window;		/* place of buffer[0]; all ones: unknown */
	u32 left;		/* stores to come into it */
	u8 buffer[BUFFER_SIZE] ALIGNED(8);
};

struct sector {
	u8 *memory;		/* NULL: none yet */
	u64 programmed;		/* a bit for each page */
};
_Static_assert(SECTOR_SIZE / PAGE_SIZE == 64, "a bit for each page");

struct cfi_flash {
	struct emu emu;
	struct bank banks[BANK_MAX];
	struct sector sectors[BANK_MAX][SECTOR_MAX];
	u32 sector_count;	/* those that the guest made us take */
	bool is_full;		/* it wants more than it may; to be told */
	u32 hidden_count[BANK_MAX];	/* how often a command hid the array */
	u64 bank_size;		/* c: a power of two */
	u8 *erased;				/* a page of it, to be mapped */
};

/* First cycles of commands. */
static const struct { u8 command, mode; } commands[] = {
	{ 0xff, MODE_ARRAY }, { 0x90, MODE_ID }, { 0x98, MODE_QUERY },
	{ 0x70, MODE_STATUS }, { 0x50, MODE_SAME }, { 0x10, MODE_PROGRAM },
	{ 0x40, MODE_PROGRAM }, { 0x20, MODE_ERASE }, { 0xe8, MODE_COUNT },
	{ 0x60, MODE_LOCK },
};

#define QUERY_FIRST	0x10

/* Query structure of one chip, from word 10h on; some follow from its size. */
#define QUERY_SIZE	23
#define QUERY_BLOCKS	29
static const u8 query[] = {
	'Q', 'R', 'Y', 0x01, 0x00, 0x31, 0x00,	/* command set, its table */
	0x00, 0x00, 0x00, 0x00,			/* no alternative one */
	0x17, 0x20, 0x00, 0x00,			/* supply: 1.7 to 2.0 V */
	0x07, 0x07, 0x0a, 0x00,			/* typical times: 2^n us, ms */
	0x04, 0x04, 0x04, 0x00,			/* most: 2^n times that */
	0x00,					/* 2^n bytes */
	0x02, 0x00,				/* x8 and x16 */
	0x09, 0x00,				/* buffer of 2^9 bytes */
	0x01, 0x00, 0x00, 0x00, 0x02,		/* n + 1 blocks of 128 KiB */
	'P', 'R', 'I', '1', '0',
	0x00, 0x00, 0x00, 0x00,			/* no optional feature */
	0x00, 0x01, 0x00, 0x18, 0x00,		/* no suspend; lock status */
	0x00,					/* no protection register */
};

/* ---- The array ---- */

static u64 page_bit(u64 offset)
{
	return BIT64(offset % SECTOR_SIZE / PAGE_SIZE);
}

static struct sector *sector_at(struct cfi_flash *s, unsigned bank, u64 offset)
{
	return &s->sectors[bank][index_clamp(offset / SECTOR_SIZE,
					     SECTOR_MAX)];
}

static bool is_programmed(const struct sector *sector, u64 offset)
{
	return sector->programmed & page_bit(offset);
}

static u8 array_byte(struct cfi_flash *s, unsigned bank, u64 offset)
{
	const struct sector *sector = sector_at(s, bank, offset);

	return is_programmed(sector, offset) ?
	       sector->memory[offset % SECTOR_SIZE] : 0xff;
}

/* With memory behind it; NULL when there is none to be had. */
static struct sector *sector_get(struct cfi_flash *s, unsigned bank, u64 offset)
{
	struct sector *sector = sector_at(s, bank, offset);
	hpa_t pa;

	if (sector->memory)
		return sector;
	if (page_alloc(page_order(SECTOR_SIZE), PAGE_GUEST_RAM, &pa))
		return NULL;
	sector->memory = hpa_to_ptr(pa);
	return sector;
}

/* The same on the guest's word, which is limited. */
static struct sector *sector_get_limited(struct cfi_flash *s, unsigned bank,
					 u64 offset)
{
	bool is_new = !sector_at(s, bank, offset)->memory;
	struct sector *sector;

	if (is_new && s->sector_count >= SECTOR_QUOTA)
		return NULL;
	sector = sector_get(s, bank, offset);
	if (sector && is_new)
		s->sector_count++;
	return sector;
}

/* All of it, which ends with as many erased bytes as data leaves. */
static void sector_fill(struct sector *sector, const u8 *data, u64 size)
{
	memcpy(sector->memory, data, size);
	memset(sector->memory + size, 0xff, SECTOR_SIZE - size);
	sector->programmed = ALL_PAGES;
}

/* Guests' bytes do not go back to the allocator. */
static void sector_free(u8 *sector)
{
	arch_memory_wipe(sector, SECTOR_SIZE);
	page_free(ptr_to_hpa(sector), page_order(SECTOR_SIZE), PAGE_GUEST_RAM);
}

/* The page at offset holds what the array shows. */
static void page_ready(struct sector *sector, u64 offset)
{
	u8 *page = sector->memory +
		   ALIGN_DOWN(offset % SECTOR_SIZE, (u64)PAGE_SIZE);

	if (is_programmed(sector, offset))
		return;
	memset(page, 0xff, PAGE_SIZE);
	arch_cache(CACHE_CLEAN, page, PAGE_SIZE);
	sector->programmed |= page_bit(offset);
}

/* By words where both are whole ones. */
static void clear_bits(u8 *to, const u8 *data, size_t size)
{
	if (IS_ALIGNED((uintptr_t)to | (uintptr_t)data | size, sizeof(u64))) {
		u64 *words = (u64 *)to;
		const u64 *masks = (const u64 *)data;

		for (size_t i = 0; i < size / sizeof(u64); i++)
			words[i] &= masks[i];
		return;
	}
	for (size_t i = 0; i < size; i++)
		to[i] &= data[i];
}

/* For size bytes at offset, within a sector; NULL: no memory for it. */
static struct sector *sector_ready(struct cfi_flash *s, const struct access *a,
				   u64 offset, size_t size)
{
	const u64 ends[] = { offset, offset + size - 1 };
	struct sector *sector = sector_get_limited(s, a->region, offset);

	for (size_t i = 0; sector && i < ARRAY_LEN(ends); i++) {
		if (is_programmed(sector, ends[i]))
			continue;
		emu_preempt_point(&s->emu, a->vcpu);
		page_ready(sector, ends[i]);
		emu_preempt_point(&s->emu, a->vcpu);
	}
	return sector;
}

/*
 * Programming clears bits; guests may look with caches off.  A page erased
 * meanwhile stays as erased.
 */
static void array_program(struct cfi_flash *s, const struct access *a,
			  u64 offset, const u8 *data, size_t size)
{
	struct sector *sector = sector_ready(s, a, offset, size);
	u8 *to;

	if (!sector) {
		s->banks[a->region].status |= STATUS_PROGRAM_ERROR;
		s->is_full = true;
		return;
	}
	to = sector->memory + offset % SECTOR_SIZE;
	for (size_t at = 0; at < size; at += PROGRAM_MAX) {
		const size_t part = MIN(size - at, (size_t)PROGRAM_MAX);

		if (at)
			emu_preempt_point(&s->emu, a->vcpu);
		clear_bits(to + at, data + at, part);
		arch_cache(CACHE_CLEAN, to + at, part);
	}
}

/* The memory stays: it will be programmed again. */
static void array_erase(struct cfi_flash *s, unsigned bank, u64 offset)
{
	sector_at(s, bank, offset)->programmed = 0;
}

/* ---- Loads ---- */

/* Two equal chips: a 16-bit value twice in each word of the bus. */
static u8 chips_byte(u16 value, u64 offset)
{
	return (u8)(value >> 8 * (offset & 1));
}

static u8 query_byte(const struct cfi_flash *s, u64 offset)
{
	u64 word = offset / BUS_WIDTH - QUERY_FIRST;

	if (word >= sizeof(query))
		return 0;
	if (word == QUERY_SIZE)
		return chips_byte((u16)__builtin_ctzll(s->bank_size / 2),
				  offset);
	if (word == QUERY_BLOCKS)
		return chips_byte((u16)(s->bank_size / SECTOR_SIZE - 1),
				  offset);
	return chips_byte(query[index_clamp(word, sizeof(query))], offset);
}

/* In each block: maker, device, not locked. */
static u8 id_byte(u64 offset)
{
	static const u8 id[] = { 0x89, 0x18, 0x00 };
	u64 word = offset % SECTOR_SIZE / BUS_WIDTH;

	if (word >= sizeof(id))
		return 0;
	return chips_byte(id[index_clamp(word, sizeof(id))], offset);
}

static u8 load_byte(struct cfi_flash *s, unsigned bank, u64 offset)
{
	const struct bank *b = &s->banks[bank];

	switch (b->mode) {
	case MODE_ARRAY: return array_byte(s, bank, offset);
	case MODE_QUERY: return query_byte(s, offset);
	case MODE_ID: return id_byte(offset);
	default: return chips_byte((u16)b->status, offset);
	}
}

/* Who hides it, goes on when nothing is mapped that was before. */
static void hide(struct cfi_flash *s, const struct access *a)
{
	emu_interruptible_begin(&s->emu, a->vcpu);
	emu_unmap(&s->emu, a->region);
	emu_interruptible_end(&s->emu, a->vcpu);
}

/*
 * What is read once is mapped: its sector if that is whole, or its page.  If
 * others hid the array meanwhile, that may have been before it was mapped.
 */
static void show(struct cfi_flash *s, const struct access *a)
{
	const struct sector *sector = sector_at(s, a->region, a->offset);
	u64 size = sector->programmed == ALL_PAGES ? SECTOR_SIZE : PAGE_SIZE;
	u64 at = ALIGN_DOWN(a->offset, size);
	const u32 hidden_count = s->hidden_count[a->region];
	const u8 *memory = s->erased;

	if (s->banks[a->region].mode != MODE_ARRAY)
		return;
	if (is_programmed(sector, a->offset))
		memory = sector->memory + at % SECTOR_SIZE;
	emu_interruptible_begin(&s->emu, a->vcpu);
	emu_map(&s->emu, a->region, at, ptr_to_hpa(memory), size);
	emu_interruptible_end(&s->emu, a->vcpu);
	if (s->hidden_count[a->region] != hidden_count)
		hide(s, a);
}

/* ---- Stores ---- */

static void command_first(struct bank *b, u8 command)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i].command != command)
			continue;
		if (commands[i].mode != MODE_SAME)
			b->mode = commands[i].mode;
		else
			b->status = STATUS_READY;
	}
}

static void program(struct cfi_flash *s, const struct access *a)
{
	struct bank *b = &s->banks[a->region];
	u64 left = SECTOR_SIZE - a->offset % SECTOR_SIZE;

	b->mode = MODE_STATUS;
	array_program(s, a, a->offset, (const u8 *)&a->value,
		      MIN((u64)a->size, left));
}

static void erase(struct cfi_flash *s, const struct access *a)
{
	struct bank *b = &s->banks[a->region];

	if ((u8)a->value == 0xd0)
		array_erase(s, a->region, a->offset);
	else
		b->status |= STATUS_ERASE_ERROR | STATUS_PROGRAM_ERROR;
	b->mode = MODE_STATUS;
}

/* Blocks are never locked; what would lock one is taken and forgotten. */
static void lock_bits(struct cfi_flash *s, const struct access *a)
{
	s->banks[a->region].mode = MODE_STATUS;
}

/*
 * One less than the number of stores, however wide: there is firmware that
 * takes a bank for one 16-bit chip.
 */
static void buffer_count(struct cfi_flash *s, const struct access *a)
{
	struct bank *b = &s->banks[a->region];
	u32 count = (u32)(a->value & 0xffff) + 1;

	if (count > BUFFER_SIZE / BUS_WIDTH) {
		b->status |= STATUS_PROGRAM_ERROR | STATUS_ERASE_ERROR;
		b->mode = MODE_STATUS;
		return;
	}
	memset(b->buffer, 0xff, sizeof(b->buffer));
	b->left = count;
	b->window = UINT32_MAX;
	b->mode = MODE_BUFFER;
}

/* The first store says which aligned window of the array is meant. */
static void buffer_data(struct cfi_flash *s, const struct access *a)
{
	struct bank *b = &s->banks[a->region];
	u32 window = (u32)ALIGN_DOWN(a->offset, (u64)BUFFER_SIZE);
	u64 at = a->offset % BUFFER_SIZE;

	if (b->window == UINT32_MAX)
		b->window = window;
	if (b->window != window || at + a->size > BUFFER_SIZE) {
		b->status |= STATUS_PROGRAM_ERROR | STATUS_ERASE_ERROR;
		b->mode = MODE_STATUS;
		return;
	}
	memcpy(b->buffer + index_clamp(at, BUFFER_SIZE), &a->value, a->size);
	if (!--b->left)
		b->mode = MODE_CONFIRM;
}

static void buffer_confirm(struct cfi_flash *s, const struct access *a)
{
	struct bank *b = &s->banks[a->region];
	u32 window = ALIGN_DOWN(b->window, (u32)BUFFER_SIZE);

	b->mode = MODE_STATUS;
	if ((u8)a->value == 0xd0)
		array_program(s, a, window, b->buffer, BUFFER_SIZE);
	else
		b->status |= STATUS_PROGRAM_ERROR | STATUS_ERASE_ERROR;
}

/* Second and further cycles, by mode; other modes take a new command. */
static void (*const cycles[])(struct cfi_flash *s, const struct access *a) = {
	[MODE_PROGRAM] = program,
	[MODE_ERASE] = erase,
	[MODE_LOCK] = lock_bits,
	[MODE_COUNT] = buffer_count,
	[MODE_BUFFER] = buffer_data,
	[MODE_CONFIRM] = buffer_confirm,
};

static void store(struct cfi_flash *s, const struct access *a)
{
	struct bank *b = &s->banks[a->region];
	u32 was = b->mode;

	if (was < ARRAY_LEN(cycles) && cycles[was])
		cycles[was](s, a);
	else
		command_first(b, (u8)a->value);
	if (was == MODE_ARRAY && b->mode != MODE_ARRAY) {
		s->hidden_count[a->region]++;
		hide(s, a);
	}
}

static void report_full(struct cfi_flash *s, struct vcpu *v)
{
	s->is_full = false;
	emu_log(&s->emu, v, "%s: more than %u sectors programmed",
		s->emu.name, SECTOR_QUOTA);
}

static void access(void *state, struct access *a)
{
	struct cfi_flash *s = state;

	if (a->region >= BANK_MAX || a->offset + a->size > s->bank_size) {
		a->value = 0;
		return;
	}
	if (a->write) {
		store(s, a);
		if (s->is_full)
			report_full(s, a->vcpu);
		return;
	}
	a->value = 0;
	for (unsigned i = 0; i < a->size; i++)
		a->value |= (u64)load_byte(s, a->region, a->offset + i)
			    << 8 * i;
	show(s, a);
}

/* ---- Life ---- */

/* All banks have one size; what they show is mapped, and never beyond it. */
static int banks_measure(struct cfi_flash *s)
{
	u64 base, size;

	s->bank_size = BANK_SIZE_MAX;
	for (unsigned i = 0; !dt_reg(s->emu.node, i, &base, &size); i++) {
		if (!i)
			s->bank_size = size;
		if (i == BANK_MAX || size != s->bank_size ||
		    size < SECTOR_SIZE || size > BANK_SIZE_MAX ||
		    (size & (size - 1)) || !IS_ALIGNED(base, (u64)PAGE_SIZE))
			return fail(-ENOTSUP, "%s: bank %u: only %u of one "
				    "size, a power of two from 256 KiB to 64 "
				    "MiB, at whole pages, are emulated",
				    s->emu.name, i, BANK_MAX);
	}
	return 0;
}

static int probe(void *state)
{
	struct cfi_flash *s = state;
	hpa_t pa;
	u32 width = BUS_WIDTH;
	int rc = banks_measure(s);

	if (rc)
		return rc;
	dt_u32(s->emu.node, "bank-width", 0, &width);
	if (width != BUS_WIDTH)
		return fail(-ENOTSUP, "%s: bank-width is %u, only 4 is "
			    "emulated", s->emu.name, width);
	if (page_alloc(0, PAGE_OTHER, &pa))
		return fail(-ENOMEM, "%s: no memory for a page",
			    s->emu.name);
	s->erased = hpa_to_ptr(pa);
	memset(s->erased, 0xff, PAGE_SIZE);
	arch_cache(CACHE_CLEAN, s->erased, PAGE_SIZE);
	return 0;
}

static const struct sector *sector_by(const struct cfi_flash *s, unsigned n)
{
	return &s->sectors[n / SECTOR_MAX][n % SECTOR_MAX];
}

static void remove(void *state)
{
	struct cfi_flash *s = state;

	for (unsigned i = 0; i < BANK_MAX * SECTOR_MAX; i++)
		if (sector_by(s, i)->memory)
			sector_free(sector_by(s, i)->memory);
	if (s->erased)
		page_free(ptr_to_hpa(s->erased), 0, PAGE_OTHER);
}

static u64 extra_bytes(const void *state)
{
	const struct cfi_flash *s = state;
	u64 bytes = PAGE_SIZE;

	for (unsigned i = 0; i < BANK_MAX * SECTOR_MAX; i++)
		if (sector_by(s, i)->memory)
			bytes += SECTOR_SIZE;
	return bytes;
}

static void reset(void *state)
{
	struct cfi_flash *s = state;

	for (unsigned i = 0; i < BANK_MAX; i++)
		s->banks[i].status = STATUS_READY;
}

static int load(void *state, const u8 *data, u64 size)
{
	struct cfi_flash *s = state;

	if (size > s->bank_size)
		return fail(-ERANGE, "%s: an image of %llu bytes, a bank has "
			    "%llu", s->emu.name, (unsigned long long)size,
			    (unsigned long long)s->bank_size);
	for (u64 at = 0; at < size; at += SECTOR_SIZE) {
		struct sector *sector = sector_get(s, 0, at);
		u64 part = MIN(size - at, SECTOR_SIZE);

		if (!sector)
			return fail(-ENOMEM, "%s: no memory for the image",
				    s->emu.name);
		sector_fill(sector, data + at, part);
		arch_code_sync(sector->memory, SECTOR_SIZE);
	}
	return 0;
}

/* ---- Saving: sectors that have memory, each behind its number ---- */

#define SAVED_SIZE	(sizeof(u32) + SECTOR_SIZE)

static void sector_save(const struct sector *sector, u8 *out)
{
	for (u64 at = 0; at < SECTOR_SIZE; at += PAGE_SIZE) {
		if (sector->programmed & page_bit(at))
			memcpy(out + at, sector->memory + at, PAGE_SIZE);
		else
			memset(out + at, 0xff, PAGE_SIZE);
	}
}

static size_t save(void *state, u8 *out)
{
	struct cfi_flash *s = state;
	size_t size = 0;

	for (u32 i = 0; i < BANK_MAX * SECTOR_MAX; i++) {
		if (!sector_by(s, i)->memory)
			continue;
		if (out) {
			memcpy(out + size, &i, sizeof(i));
			sector_save(sector_by(s, i), out + size + sizeof(i));
		}
		size += SAVED_SIZE;
	}
	return size;
}

static int restore_sector(struct cfi_flash *s, const u8 *data)
{
	u32 number;
	struct sector *to;

	memcpy(&number, data, sizeof(number));
	if (number >= BANK_MAX * SECTOR_MAX)
		return -EBADMSG;
	to = sector_get_limited(s, number / SECTOR_MAX,
				(u64)(number % SECTOR_MAX) * SECTOR_SIZE);
	if (!to)
		return -ENOMEM;
	sector_fill(to, data + sizeof(number), SECTOR_SIZE);
	arch_cache(CACHE_CLEAN, to->memory, SECTOR_SIZE);
	return 0;
}

static int restore(void *state, const u8 *data, size_t size)
{
	struct cfi_flash *s = state;
	int rc = size % SAVED_SIZE ? -EBADMSG : 0;

	for (unsigned i = 0; i < BANK_MAX; i++)
		emu_unmap(&s->emu, i);
	for (unsigned i = 0; i < BANK_MAX * SECTOR_MAX; i++)
		array_erase(s, i / SECTOR_MAX,
			    (u64)(i % SECTOR_MAX) * SECTOR_SIZE);
	for (size_t at = 0; !rc && at < size; at += SAVED_SIZE)
		rc = restore_sector(s, data + at);
	return rc;
}

static const struct emu_reg regs[] = {
	STATE(struct cfi_flash, banks),
};

static const struct emulator cfi_flash = {
	.name = "cfi-flash",
	.compatible = (const char *const[]){ "cfi-flash", NULL },
	.state_size = sizeof(struct cfi_flash),
	.regs = regs,
	.reg_count = ARRAY_LEN(regs),
	.access = access,
	.probe = probe,
	.remove = remove,
	.reset = reset,
	.load = load,
	.extra_bytes = extra_bytes,
	.save = save,
	.restore = restore,
};
EMULATOR(cfi_flash);
