// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Extensions that all CPUs have, by their nodes of the host's tree: the list
 * riscv,isa-extensions, else the string riscv,isa (Linux'
 * Documentation/devicetree/bindings/riscv/extensions.yaml).
 */
#include <arch/isa.h>
#include <libs/string.h>
#include <vmm/dt.h>

#define SINGLE_LETTER_COUNT	(ISA_H + 1)

const char *const isa_names[ISA_COUNT] = {
	[ISA_I] = "i", [ISA_M] = "m", [ISA_A] = "a", [ISA_F] = "f",
	[ISA_D] = "d", [ISA_C] = "c", [ISA_V] = "v", [ISA_H] = "h",
	[ISA_ZICBOM] = "zicbom", [ISA_ZICBOP] = "zicbop",
	[ISA_ZICBOZ] = "zicboz", [ISA_ZICNTR] = "zicntr",
	[ISA_ZICOND] = "zicond", [ISA_ZICSR] = "zicsr",
	[ISA_ZIFENCEI] = "zifencei", [ISA_ZIHINTNTL] = "zihintntl",
	[ISA_ZIHINTPAUSE] = "zihintpause", [ISA_ZIHPM] = "zihpm",
	[ISA_ZIMOP] = "zimop", [ISA_ZACAS] = "zacas", [ISA_ZAWRS] = "zawrs",
	[ISA_ZFA] = "zfa", [ISA_ZFH] = "zfh", [ISA_ZFHMIN] = "zfhmin",
	[ISA_ZCA] = "zca", [ISA_ZCB] = "zcb", [ISA_ZCD] = "zcd",
	[ISA_ZCMOP] = "zcmop", [ISA_ZBA] = "zba", [ISA_ZBB] = "zbb",
	[ISA_ZBC] = "zbc", [ISA_ZBKB] = "zbkb", [ISA_ZBKC] = "zbkc",
	[ISA_ZBKX] = "zbkx", [ISA_ZBS] = "zbs", [ISA_ZKND] = "zknd",
	[ISA_ZKNE] = "zkne", [ISA_ZKNH] = "zknh", [ISA_ZKR] = "zkr",
	[ISA_ZKSED] = "zksed", [ISA_ZKSH] = "zksh", [ISA_ZKT] = "zkt",
	[ISA_ZVBB] = "zvbb", [ISA_ZVBC] = "zvbc", [ISA_ZVFH] = "zvfh",
	[ISA_ZVFHMIN] = "zvfhmin", [ISA_ZVKB] = "zvkb", [ISA_ZVKG] = "zvkg",
	[ISA_ZVKNED] = "zvkned", [ISA_ZVKNHA] = "zvknha",
	[ISA_ZVKNHB] = "zvknhb", [ISA_ZVKSED] = "zvksed",
	[ISA_ZVKSH] = "zvksh", [ISA_ZVKT] = "zvkt",
	[ISA_SMSTATEEN] = "smstateen", [ISA_SSAIA] = "ssaia",
	[ISA_SSCOFPMF] = "sscofpmf", [ISA_SSTC] = "sstc",
	[ISA_SVADE] = "svade", [ISA_SVADU] = "svadu",
	[ISA_SVINVAL] = "svinval", [ISA_SVNAPOT] = "svnapot",
	[ISA_SVPBMT] = "svpbmt",
};

/* What the letter g stands for. */
#define ISA_G	(BIT64(ISA_I) | BIT64(ISA_M) | BIT64(ISA_A) | BIT64(ISA_F) | \
		 BIT64(ISA_D) | BIT64(ISA_ZICSR) | BIT64(ISA_ZIFENCEI))

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What follows name in s, whatever its case; NULL: another word. */
static const char *after_name(const char *s, const char *name)
{
	for (; *name; name++, s++)
		if (lower(*s) != *name)
			return NULL;
	return s;
}

/* Past a version, "2p1" or "2"; names themselves end in a letter. */
static const char *skip_version(const char *s)
{
	const char *p = s;

	while ((*p >= '0' && *p <= '9') ||
	       (lower(*p) == 'p' && p > s && p[1] >= '0' && p[1] <= '9'))
		p++;
	return p;
}

/* The extension of several letters that s begins with; 0: an unknown one. */
static u64 word_bit(const char *s)
{
	for (unsigned i = SINGLE_LETTER_COUNT; i < ISA_COUNT; i++) {
		const char *end = after_name(s, isa_names[i]);

		if (end)
			end = skip_version(end);
		if (end && (!*end || *end == '_'))
			return BIT64(i);
	}
	return 0;
}

static u64 letter_bits(char c)
{
	if (c == 'g')
		return ISA_G;
	for (unsigned i = 0; i < SINGLE_LETTER_COUNT; i++)
		if (isa_names[i][0] == c)
			return BIT64(i);
	return 0;
}

static bool begins_word(char c)
{
	return c == 's' || c == 'x' || c == 'z';
}

/* "rv64imafdch_zicsr_sstc": letters, then words behind underscores. */
static u64 string_bits(const char *s)
{
	u64 bits = 0;

	s = after_name(s, "rv64");
	while (s && *s) {
		if (*s == '_') {
			s++;
		} else if (begins_word(lower(*s))) {
			bits |= word_bit(s);
			while (*s && *s != '_')
				s++;
		} else {
			bits |= letter_bits(lower(*s));
			s = skip_version(s + 1);
		}
	}
	return bits;
}

static u64 list_bits(struct dt_node cpu)
{
	const char *s;
	u64 bits = 0;

	for (unsigned i = 0;
	     (s = dt_string(cpu, "riscv,isa-extensions", i)) != NULL; i++)
		bits |= s[0] && !s[1] ? letter_bits(s[0]) : word_bit(s);
	return bits;
}

static u64 node_bits(struct dt_node cpu)
{
	const char *s = dt_string(cpu, "riscv,isa", 0);

	if (dt_has(cpu, "riscv,isa-extensions"))
		return list_bits(cpu);
	return s ? string_bits(s) : 0;
}

u64 isa_read(const void *fdt)
{
	u64 bits = ~0ull;

	dt_for_each_child(n, dt_find_path(fdt, "/cpus"))
		if (dt_has(n, "reg") && dt_is_available(n))
			bits &= node_bits(n);
	return bits;
}

u32 isa_block_size(const void *fdt, const char *property)
{
	u32 size, least = 0;

	dt_for_each_child(n, dt_find_path(fdt, "/cpus"))
		if (dt_u32(n, property, 0, &size) && size >= 8 &&
		    !(size & (size - 1)) && (!least || size < least))
			least = size;
	return least;
}
