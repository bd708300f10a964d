/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers of little-endian ELF files, 32 and 64 bits (System V gABI,
 * "Object Files" and "Program Loading").  The file may hold anything: each
 * offset, size and address is checked before it is handed out.
 */
#ifndef LIBS_ELF_H
#define LIBS_ELF_H

#include <vmm/types.h>

/* Where the bytes come from; embed it in what read needs. */
struct elf_source {
	u64 size;		/* of the file */
	/* Copies size bytes from offset; both are within the file. */
	int (*read)(struct elf_source *source, u64 offset, void *to,
		    size_t size);
};

/* A file in memory. */
struct elf_memory {
	struct elf_source source;
	const u8 *data;
};

void elf_memory_init(struct elf_memory *m, const void *data, size_t size);

/* e_type, e_machine, p_type and p_flags that loaders ask for. */
#define ELF_TYPE_EXEC		2
#define ELF_TYPE_DYN		3

#define ELF_MACHINE_386		3
#define ELF_MACHINE_ARM		40
#define ELF_MACHINE_X86_64	62
#define ELF_MACHINE_AARCH64	183
#define ELF_MACHINE_RISCV	243

#define ELF_SEGMENT_LOAD	1
#define ELF_SEGMENT_NOTE	4

#define ELF_FLAG_EXECUTE	BIT(0)
#define ELF_FLAG_WRITE		BIT(1)
#define ELF_FLAG_READ		BIT(2)

struct elf {
	struct elf_source *source;
	u64 entry;		/* e_entry, a virtual address */
	u64 table;		/* file offset of the program headers */
	u32 segment_count;
	u16 table_step;		/* size of one program header */
	u16 type;
	u16 machine;
	u8 bits;		/* 32 or 64 */
};

struct elf_segment {
	u32 type, flags;
	u64 offset;		/* in the file */
	u64 virtual, physical;	/* addresses */
	u64 file_size;		/* bytes in the file */
	u64 memory_size;	/* bytes in memory, the rest is zero */
	u64 align;
};

/*
 * Reads and checks the file's header; source must stay while e is used.
 * -ENOEXEC: not a little-endian ELF file; -EBADMSG: malformed; or what
 * source->read returned.
 */
int elf_open(struct elf *e, struct elf_source *source);

/*
 * The symbol that code at a virtual address belongs to, from the symbol table
 * of a 64-bit file, and how far behind its start.  -ENOENT: none; -EBADMSG.
 */
int elf_symbol(const struct elf *e, u64 address, u64 *distance, char *name,
	       size_t name_size);

/*
 * Program header `index`, below e->segment_count.  -ERANGE: there is none;
 * -EBADMSG: bytes outside the file, or addresses that wrap; or what read
 * returned.  For ELF_SEGMENT_LOAD file_size is at most memory_size.
 */
int elf_segment(const struct elf *e, u32 index, struct elf_segment *out);

#endif
