// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin of QEMU that writes down which instructions the hypervisor executes
 * in two kinds of spans:
 *
 *	exit	from leaving a guest until one is entered; sleeping ends one and
 *		begins the next
 *	masked	with interrupts masked
 *
 *	-plugin FILE,arch=arm64|riscv,text=FROM-TO,vectors=AT,out=FILE
 *
 * TEXT is where the hypervisor's code is, VECTORS where it is entered.  What is
 * below FIRMWARE_END belongs to the firmware, all else to guests.  At the end,
 * OUT has a line for each kind of span that differs from the others:
 *
 *	exit CPU COUNT LENGTH FROM TO ADDRESS...
 *	masked CPU COUNT LONGEST FROM TO ADDRESS...
 *
 * FROM and TO are addresses in guests or "wait"; an exit's instructions are the
 * same each time, those of a masked span are the longest's.
 *
 * Masking and unmasking is known by instructions alone, so that an image is
 * needed that does not write a mask back that it read: see unmask.h.
 */
#include "plugin.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS		8
#define LENGTH_MAX	(1u << 20)	/* instructions of a span */
#define KEPT_MAX	20000		/* of them written down */
#define SPANS		(1u << 16)	/* different ones; a power of two */
#define WAIT		1		/* no guest's address */
#define FIRMWARE_END	0x80200000ull

enum span_kind { SPAN_EXIT, SPAN_MASKED };
static const char *const kind_names[] = { "exit", "masked" };

/* What an instruction is, in the low bits of its callback's data. */
enum what { PLAIN, GUEST, MASK, UNMASK, WAIT_FOR_IRQ, RETURN, VECTOR,
	    WHAT_MASK = 7 };
#define WHAT_BITS	3

struct path {
	uint32_t length;
	uint64_t hash;
	uint64_t *addresses;
};

struct cpu {
	bool in_exit, unmasked_once, masked, faulted, returning;
	uint64_t guest;			/* where it was last */
	uint64_t from;
	struct path exit, mask;
};

struct span {
	enum span_kind kind;
	unsigned int cpu;
	uint64_t count, from, to;
	struct path path;
};

static struct cpu cpus[CPUS];
static struct span spans[SPANS];
static uint64_t span_count, lost;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t text_from, text_to, vectors;
static bool is_riscv;
static char *out;

/* ---- spans ---- */

static void path_add(struct path *p, uint64_t at)
{
	if (!p->addresses)
		p->addresses = malloc(LENGTH_MAX * sizeof(uint64_t));
	if (p->length < LENGTH_MAX)
		p->addresses[p->length] = at;
	p->length++;
	p->hash = (p->hash ^ at) * 0x9e3779b97f4a7c15ull;
	p->hash ^= p->hash >> 29;
}

static void path_copy(struct path *to, const struct path *from)
{
	const uint32_t kept = from->length < KEPT_MAX ? from->length : KEPT_MAX;

	to->length = from->length;
	to->hash = from->hash;
	to->addresses = realloc(to->addresses, kept * sizeof(uint64_t));
	memcpy(to->addresses, from->addresses, kept * sizeof(uint64_t));
}

/* Where the span is that is like this one, or is to be; NULL: all are used. */
static struct span *span_find(const struct span *like)
{
	uint64_t key = like->from * 31 + like->to * 37 + like->cpu * 41 +
		       like->kind;

	if (like->kind == SPAN_EXIT)
		key += like->path.hash;
	key *= 0x9e3779b97f4a7c15ull;
	for (uint64_t i = key >> 40; ; i++) {
		struct span *s = &spans[i & (SPANS - 1)];

		if (!s->count)
			return span_count < SPANS / 2 ? s : NULL;
		if (s->kind == like->kind && s->from == like->from &&
		    s->to == like->to && s->cpu == like->cpu &&
		    (s->kind == SPAN_MASKED ||
		     s->path.hash == like->path.hash))
			return s;
	}
}

static void span_end(enum span_kind kind, unsigned int cpu, struct path *path,
		     uint64_t from, uint64_t to)
{
	const struct span like = { .kind = kind, .cpu = cpu, .from = from,
				   .to = to, .path = *path };
	struct span *s;

	if (!path->length)
		return;
	pthread_mutex_lock(&lock);
	s = span_find(&like);
	if (!s) {
		lost++;
	} else if (!s->count++) {
		span_count++;
		s->kind = kind;
		s->cpu = cpu;
		s->from = from;
		s->to = to;
		path_copy(&s->path, path);
	} else if (path->length > s->path.length) {
		path_copy(&s->path, path);
	}
	pthread_mutex_unlock(&lock);
	path->length = 0;
	path->hash = 0;
}

/* ---- what is executed ---- */

static void mask_begin(struct cpu *c)
{
	c->masked = true;
}

/* A masked span is told by where it began and ended.  A CPU's start is none. */
static void mask_end(struct cpu *c, unsigned int n)
{
	if (c->unmasked_once && c->masked && c->mask.length)
		span_end(SPAN_MASKED, n, &c->mask, c->mask.addresses[0],
			 c->mask.addresses[c->mask.length < LENGTH_MAX ?
					   c->mask.length - 1 : 0]);
	c->mask.length = 0;
	c->mask.hash = 0;
	c->masked = false;
}

static void guest_ran(struct cpu *c, unsigned int n, uint64_t at)
{
	if (c->in_exit) {
		span_end(SPAN_EXIT, n, &c->exit, c->from, at);
		mask_end(c, n);
	}
	c->in_exit = c->returning = false;
	c->guest = at;
}

/* The hypervisor was entered: by a guest, or by an interrupt or fault of its
 * own, which must be a fault if interrupts were masked. */
static void vector_taken(struct cpu *c)
{
	if (c->in_exit)
		c->faulted = c->masked;
	mask_begin(c);
}

static void executed(unsigned int n, void *data)
{
	struct cpu *c = &cpus[n % CPUS];
	const enum what what = (uintptr_t)data & WHAT_MASK;
	const uint64_t at = (uint64_t)((int64_t)(uintptr_t)data >> WHAT_BITS);

	if (what == GUEST) {
		guest_ran(c, n, at);
		return;
	}
	if (c->returning && !c->faulted)
		mask_end(c, n);
	if (c->returning)
		c->faulted = c->returning = false;
	if (what == VECTOR)
		vector_taken(c);
	if (!c->in_exit) {
		c->in_exit = true;
		c->from = c->guest;
	}
	path_add(&c->exit, at);
	if (what == MASK)
		mask_begin(c);
	if (c->masked)
		path_add(&c->mask, at);
	if (what == UNMASK) {
		mask_end(c, n);
		c->unmasked_once = true;
	}
	if (what == WAIT_FOR_IRQ) {
		span_end(SPAN_EXIT, n, &c->exit, c->from, WAIT);
		c->from = WAIT;
	}
	c->returning = what == RETURN;
}

/* ---- translation ---- */

struct word { uint32_t mask, match; enum what what; };

static const struct word arm_words[] = {
	{ 0xfffff0ff, 0xd50340df, MASK },	/* msr daifset */
	{ 0xfffff0ff, 0xd50340ff, UNMASK },	/* msr daifclr */
	{ 0xffffffff, 0xd503207f, WAIT_FOR_IRQ },
	{ 0xffffffff, 0xd69f03e0, RETURN },	/* eret */
};

static const struct word riscv_words[] = {
	{ 0xfffff07f, 0x10017073, MASK },	/* csrrci ..., sstatus, 2 */
	{ 0xfffff07f, 0x10016073, UNMASK },	/* csrrsi ..., sstatus, 2 */
	{ 0xffffffff, 0x10500073, WAIT_FOR_IRQ },
	{ 0xffffffff, 0x10200073, RETURN },	/* sret */
};

static uint32_t word_of(const struct qemu_plugin_insn *insn)
{
	uint32_t word = 0;
#if PLUGIN_API == 1
	memcpy(&word, qemu_plugin_insn_data(insn), 4);
#else
	qemu_plugin_insn_data(insn, &word, 4);
#endif
	return word;
}

static enum what what_is(const struct qemu_plugin_insn *insn, uint64_t at)
{
	const struct word *words = is_riscv ? riscv_words : arm_words;
	uint32_t word;

	if (at < text_from || at >= text_to)
		return is_riscv && at < FIRMWARE_END ? PLAIN : GUEST;
	if (at == vectors)
		return VECTOR;
	word = word_of(insn);
	for (unsigned int i = 0; i < 4; i++)
		if ((word & words[i].mask) == words[i].match)
			return words[i].what;
	return PLAIN;
}

/* Of ARMv8 there is one for each kind: all of the table begin something. */
static bool in_vectors(uint64_t at)
{
	return !is_riscv && at >= vectors && at < vectors + 0x800 &&
	       !(at & 0x7f);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const uint64_t at = qemu_plugin_insn_vaddr(insn);
		const enum what what = in_vectors(at) ? VECTOR :
				       what_is(insn, at);

		qemu_plugin_register_vcpu_insn_exec_cb(insn, executed,
			QEMU_PLUGIN_CB_NO_REGS,
			(void *)(uintptr_t)(at << WHAT_BITS | what));
	}
}

/* ---- begin and end ---- */

static void place_print(FILE *file, uint64_t at)
{
	if (at == WAIT)
		fprintf(file, " wait");
	else
		fprintf(file, " %" PRIx64, at);
}

static void finished(uint64_t id, void *data)
{
	FILE *file = fopen(out, "w");

	for (unsigned int i = 0; i < SPANS; i++) {
		const struct span *s = &spans[i];

		if (!s->count)
			continue;
		fprintf(file, "%s %u %" PRIu64 " %u", kind_names[s->kind],
			s->cpu, s->count, s->path.length);
		place_print(file, s->from);
		place_print(file, s->to);
		for (uint32_t j = 0; j < s->path.length && j < KEPT_MAX; j++)
			fprintf(file, " %" PRIx64, s->path.addresses[j]);
		fprintf(file, "\n");
	}
	fprintf(file, "lost %" PRIu64 "\n", lost);
	fclose(file);
}

int qemu_plugin_version = PLUGIN_API;

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
		is_riscv |= !strcmp(argv[i], "arch=riscv");
		sscanf(argv[i], "text=%" SCNx64 "-%" SCNx64, &text_from,
		       &text_to);
		sscanf(argv[i], "vectors=%" SCNx64, &vectors);
	}
	if (!out || text_to <= text_from)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finished, NULL);
	return 0;
}
