// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which kernel format a file has, by its header: Linux's booting documents
 * for arm64, riscv, arm and x86, and the ELF specification.
 */
#include <vmm/image_loader.h>
#include <libs/char.h>
#include <libs/elf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/log.h>

/* The header that arm64 and riscv share: 64 bytes. */
#define IMAGE_HEADER_SIZE	64
#define IMAGE_TEXT_OFFSET	8
#define IMAGE_SIZE		16
#define IMAGE_FLAGS		24
#define IMAGE_FLAG_BIG_ENDIAN	BIT64(0)
#define IMAGE_MAGIC2		56

/* An Image that is an EFI program, too: PE/COFF Specification, 3.1 to 4. */
#define PE_OFFSET		60
#define PE_HEADER_SIZE		24
#define PE_SECTION_COUNT	6
#define PE_OPTIONAL_SIZE	20
#define PE_SECTION_SIZE		40
#define PE_SECTION_BYTES	16
#define PE_SECTION_AT		20
#define PE_CODE_BASE		44

#define ZIMAGE_MAGIC		0x24
#define ZIMAGE_START		0x28
#define ZIMAGE_END		0x2c
#define ZIMAGE_HEADER_SIZE	0x30

#define BZIMAGE_MAGIC		0x202
#define BZIMAGE_HEADER_SIZE	0x268

/* No kernel's header says more than that. */
#define MEMORY_MAX		GIB(64)

static u32 get16(const u8 *p)
{
	return p[0] | (u32)p[1] << 8;
}

static u32 get32(const u8 *p)
{
	return p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}

static u64 get64(const u8 *p)
{
	return get32(p) | (u64)get32(p + 4) << 32;
}

/* A file as the rows below look at it. */
struct source {
	const u8 *data;
	u64 size;
	const char *name;
};

static int lies(const struct source *s, const char *what, u64 value)
{
	return fail(-ENOEXEC, "%s: its header is wrong: %s %#llx", s->name,
		    what, (unsigned long long)value);
}

/* How long the file must be, by the sections of its EFI program. */
static u64 pe_end(const struct source *s)
{
	u64 at = get32(s->data + PE_OFFSET), end = at + PE_HEADER_SIZE;
	u32 count;

	if (memcmp(s->data, "MZ", 2))
		return 0;
	if (end > s->size)
		return end;
	count = get16(s->data + at + PE_SECTION_COUNT);
	at = end + get16(s->data + at + PE_OPTIONAL_SIZE);
	for (u32 i = 0; i < count && at + PE_SECTION_SIZE <= s->size; i++) {
		const u8 *section = s->data + at;

		end = MAX(end, (u64)get32(section + PE_SECTION_AT) +
			       get32(section + PE_SECTION_BYTES));
		at += PE_SECTION_SIZE;
	}
	return end;
}

static int image_identify(const struct source *s, struct kernel_info *out)
{
	u64 flags = get64(s->data + IMAGE_FLAGS);

	out->text_offset = get64(s->data + IMAGE_TEXT_OFFSET);
	out->memory_size = get64(s->data + IMAGE_SIZE);
	if (pe_end(s) > s->size)
		return fail(-ENOEXEC, "%s: is cut: %llu bytes of at least %llu",
			    s->name, (unsigned long long)s->size,
			    (unsigned long long)pe_end(s));
	if (flags & IMAGE_FLAG_BIG_ENDIAN)
		return fail(-ENOEXEC, "%s: is a big-endian kernel: only "
			    "little-endian ones can be started", s->name);
	/* Kernels before Linux 3.17 said nothing. */
	if (!out->memory_size) {
		out->text_offset = arch_boot_protocol.raw_offset;
		out->memory_size = s->size;
	}
	if (out->memory_size > MEMORY_MAX)
		return lies(s, "image_size is", out->memory_size);
	/* A signature may follow the image. */
	out->memory_size = MAX(out->memory_size, s->size);
	if (out->text_offset >= MEMORY_MAX ||
	    !IS_ALIGNED(out->text_offset, KIB(4)))
		return lies(s, "text_offset is", out->text_offset);
	return 0;
}

static int zimage_identify(const struct source *s, struct kernel_info *out)
{
	u64 start = get32(s->data + ZIMAGE_START);
	u64 end = get32(s->data + ZIMAGE_END);

	if (end <= start || end - start > s->size)
		return lies(s, "it ends at", end);
	out->text_offset = arch_boot_protocol.raw_offset;
	out->memory_size = s->size;
	return 0;
}

static int bzimage_identify(const struct source *s, struct kernel_info *out)
{
	out->memory_size = s->size;
	return 0;
}

/* What a format's file has at a fixed place. */
static const struct format {
	enum kernel_format format;
	const char *name;
	u32 header_size;
	u32 magic_offset;
	const char *magic;		/* four bytes */
	int (*identify)(const struct source *s, struct kernel_info *out);
} formats[] = {
	{ KERNEL_ARM64_IMAGE, "an arm64 Image", IMAGE_HEADER_SIZE,
	  IMAGE_MAGIC2, "ARM\x64", image_identify },
	{ KERNEL_RISCV_IMAGE, "a RISC-V Image", IMAGE_HEADER_SIZE,
	  IMAGE_MAGIC2, "RSC\x05", image_identify },
	{ KERNEL_ARM_ZIMAGE, "an ARM zImage", ZIMAGE_HEADER_SIZE,
	  ZIMAGE_MAGIC, "\x18\x28\x6f\x01", zimage_identify },
	{ KERNEL_BZIMAGE, "an x86 bzImage", BZIMAGE_HEADER_SIZE,
	  BZIMAGE_MAGIC, "HdrS", bzimage_identify },
};

static bool has_format(const struct source *s, const struct format *f)
{
	return s->size >= f->header_size &&
	       !memcmp(s->data + f->magic_offset, f->magic, 4);
}

static int foreign(const struct source *s, const char *what)
{
	return fail(-ENOEXEC, "%s: is %s: this machine runs kernels for %s",
		    s->name, what, arch_boot_protocol.name);
}

/* ---- ELF ---- */

/* Takes one segment into account: range of addresses, and of the entry. */
static void elf_cover(const struct elf *e, const struct elf_segment *seg,
		      struct kernel_info *out)
{
	u64 end = seg->physical + seg->memory_size;
	u64 old_end = out->text_offset + out->memory_size;
	u64 base = seg->physical;

	if (out->memory_size) {
		base = MIN(base, out->text_offset);
		end = MAX(end, old_end);
	}
	out->text_offset = base;
	out->memory_size = end - base;
	if (e->entry >= seg->virtual &&
	    e->entry - seg->virtual < seg->memory_size)
		out->entry = e->entry - seg->virtual + seg->physical;
}

static int elf_walk(const struct elf *e, const struct source *s,
		    struct kernel_info *out)
{
	for (u32 i = 0; i < e->segment_count; i++) {
		struct elf_segment seg;

		if (elf_segment(e, i, &seg))
			return lies(s, "program header", i);
		if (seg.type == ELF_SEGMENT_LOAD && seg.memory_size)
			elf_cover(e, &seg, out);
	}
	if (!out->memory_size)
		return fail(-ENOEXEC, "%s: is an ELF file with nothing to load",
			    s->name);
	return 0;
}

static int elf_identify(const struct source *s, struct kernel_info *out)
{
	struct elf_memory m;
	struct elf e;

	elf_memory_init(&m, s->data, s->size);
	if (elf_open(&e, &m.source))
		return fail(-ENOEXEC, "%s: is a damaged ELF file", s->name);
	if (e.machine != arch_boot_protocol.elf_machine)
		return fail(-ENOEXEC, "%s: is an ELF file for machine %u: this "
			    "machine runs kernels for %s", s->name, e.machine,
			    arch_boot_protocol.name);
	if (e.type != ELF_TYPE_EXEC && e.type != ELF_TYPE_DYN)
		return fail(-ENOEXEC, "%s: is an ELF file that cannot be "
			    "executed", s->name);
	out->format = KERNEL_ELF;
	out->entry = e.entry;
	return elf_walk(&e, s, out);
}

/* ---- All ---- */

/* Beginnings of files that are certainly no raw kernel. */
static const struct {
	const char *magic;
	u8 size;
	const char *what;
} strangers[] = {
	{ "\x1f\x8b", 2, "compressed twice" },
	{ "\xfd" "7zXZ", 5, "an xz file: only gzip can be unpacked" },
	{ "\x28\xb5\x2f\xfd", 4, "a zstd file: only gzip can be unpacked" },
	{ "BZh", 3, "a bzip2 file: only gzip can be unpacked" },
	{ "\x02\x21\x4c\x18", 4, "an LZ4 file: only gzip can be unpacked" },
	{ "MZ", 2, "an EFI program without a kernel's header" },
	{ "070701", 6, "a cpio archive" },
	{ "\xd0\x0d\xfe\xed", 4, "a device tree" },
	{ "\x27\x05\x19\x56", 4, "a U-Boot image: give what is inside" },
	{ "!<arch>", 7, "a package or library archive" },
	{ "#!", 2, "a script" },
};

/* Code has other bytes before long. */
#define TEXT_LOOK	256

static bool is_text(const struct source *s)
{
	for (u64 i = 0; i < MIN(s->size, (u64)TEXT_LOOK); i++)
		if (!char_is_print((char)s->data[i]) &&
		    !char_is_space((char)s->data[i]))
			return false;
	return true;
}

static int raw_identify(const struct source *s, struct kernel_info *out)
{
	const char *what = is_text(s) ? "a text" : NULL;

	for (size_t i = 0; i < ARRAY_LEN(strangers); i++)
		if (s->size >= strangers[i].size &&
		    !memcmp(s->data, strangers[i].magic, strangers[i].size))
			what = strangers[i].what;
	if (what)
		return fail(-ENOEXEC, "%s: is no kernel but %s", s->name,
			    what);
	out->format = KERNEL_RAW;
	out->text_offset = arch_boot_protocol.raw_offset;
	out->memory_size = s->size;
	return 0;
}

u64 kernel_extent(const u8 *data, u64 size, u64 *code)
{
	const struct source s = { data, size, "" };
	u64 at;

	*code = 0;
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		const struct format *f = &formats[i];

		if (f->identify != image_identify || !has_format(&s, f) ||
		    !(arch_boot_protocol.formats & BIT(f->format)))
			continue;
		at = (u64)get32(data + PE_OFFSET) + PE_CODE_BASE;
		if (!memcmp(data, "MZ", 2) && at + 4 <= size)
			*code = get32(data + at);
		return get64(data + IMAGE_SIZE);
	}
	return 0;
}

int kernel_identify(const u8 *data, u64 size, const char *name,
		    struct kernel_info *out)
{
	const struct source s = { data, size, name };

	*out = (struct kernel_info){ 0 };
	if (!size)
		return fail(-ENOEXEC, "%s: is empty", name);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		const struct format *f = &formats[i];

		if (!has_format(&s, f))
			continue;
		out->format = f->format;
		if (!(arch_boot_protocol.formats & BIT(f->format)))
			return foreign(&s, f->name);
		return f->identify(&s, out);
	}
	if (size >= 4 && !memcmp(data, "\x7f" "ELF", 4))
		return elf_identify(&s, out);
	return raw_identify(&s, out);
}
