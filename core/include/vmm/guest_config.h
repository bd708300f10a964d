/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest is made of: parsed from its device tree, checked as a whole,
 * before anything is built.  Parse, check and the tree writer are pure.
 */
#ifndef VMM_GUEST_CONFIG_H
#define VMM_GUEST_CONFIG_H

#include <vmm/aspace.h>
#include <vmm/cpu.h>
#include <vmm/dt.h>
#include <vmm/emulator.h>
#include <vmm/types.h>

#define GUEST_CPU_MAX		8
#define GUEST_MEMORY_MAX	8	/* banks */
#define GUEST_DEVICE_MAX	64
#define GUEST_DEVICE_REGIONS	4
#define GUEST_NAME_MAX		31
#define GUEST_TREE_SIZE_MAX	MIB(1)	/* of a tree's file */
#define GUEST_TREE_NODES_MAX	1024
#define GUEST_PRIORITY_DEFAULT	128

struct guest_cpu_config {
	u64 hwid;
	cpu_mask_t affinity;
	u8 priority;
};

struct guest_memory_config {
	u64 base, size;
	struct dt_node node;
};

struct guest_device_config {
	const struct emulator *type;
	struct dt_node node;
	char name[48];			/* "serial@9000000" */
	unsigned region_count;
	struct { u64 base, size; } regions[GUEST_DEVICE_REGIONS];
	unsigned irq_count;
	u32 pins[EMU_LINE_MAX];		/* the controller's numbers */
	const char *backend;		/* vmm,backend or NULL */
	bool is_wrong;			/* and was reported */
};

struct guest_config {
	char name[GUEST_NAME_MAX + 1];
	void *fdt;			/* owned: the described tree */
	size_t fdt_size;
	unsigned cpu_count;
	struct guest_cpu_config cpus[GUEST_CPU_MAX];
	unsigned memory_count;
	struct guest_memory_config memory[GUEST_MEMORY_MAX];
	unsigned variant;		/* arch_guest_variants(); 0: unknown */
	/* In fdt; NULL where not given. */
	const char *kernel, *initrd, *firmware, *os_tree;
	const char *bootargs;
	bool autostart, clock_host;
	bool watch_given;		/* watch_s counts, not the option */
	u32 watch_s;			/* patience with silence; 0: none */
	bool crash_dump, crash_log;	/* what is kept of it */
	u32 console_size;		/* of its ring, bytes */
	bool has_unknown;	/* a device that nothing emulates: reported */
	/* Last: one that guest_config_load() made has no more than are used. */
	unsigned device_count;
	struct guest_device_config devices[GUEST_DEVICE_MAX];
};

/* What `guest create` was told; NULL and 0 mean not given. */
struct guest_options {
	const char *name, *tree, *kernel, *initrd, *firmware, *append;
	unsigned cpu_count;
	u64 memory_size;
	unsigned variant;
	int priority;			/* -1: not given */
	cpu_mask_t affinity;		/* 0: not given */
	bool autostart;
	u32 console_size;		/* bytes, 0: not given */
};

/*
 * The variant that a value of the option --ARCH_GUEST_OPTION names; -EINVAL,
 * reported with the guest's name.
 */
int guest_variant_parse(const char *name, const char *value, unsigned *out);
/* "--gic 3", or what else the option is called here; returns buf. */
const char *guest_variant_text(unsigned variant, char *buf, size_t size);
#define GUEST_VARIANT_TEXT_MAX	40

/*
 * The described tree for options: the file's, or the built-in template,
 * with explicit options put in.  Reported; *out is freed with heap_free().
 */
int guest_tree_compose(const struct guest_options *options, void **out);

/* Errors make a tree useless; a warning is odd, but may be meant. */
enum guest_severity { GUEST_ERROR, GUEST_WARNING };

/* One thing wrong with a tree. */
struct guest_problem {
	enum guest_severity severity;
	const char *source;		/* "file:line", "" when unknown */
	const char *path;		/* node, or "/" */
	const char *place;		/* the same, or "": the whole tree */
	const char *property;		/* or NULL */
	const char *text;		/* what is wrong and what to do */
};

/* Where problems go; the counts are kept by those who add. */
struct guest_report {
	void (*problem)(struct guest_report *r, const struct guest_problem *p);
	unsigned count;			/* errors */
	unsigned warning_count;
};

/* Hands one error to r; n may be DT_NONE (the whole tree). */
PRINTF(4, 5)
void guest_report_add(struct guest_report *r, struct dt_node n,
		      const char *property, const char *format, ...);
/* The same, a warning. */
PRINTF(4, 5)
void guest_report_warn(struct guest_report *r, struct dt_node n,
		       const char *property, const char *format, ...);

/*
 * Pure: the tree's facts, which point into fdt (it must not change while
 * *out is used).  Every problem is handed to report; -EINVAL when there was
 * any, -EBADMSG (reported) when fdt is no device tree.
 */
int guest_config_parse(void *fdt, size_t size, struct guest_config *out,
		       struct guest_report *report);

/*
 * The configuration as a whole, against the facts of this host, which the
 * caller collects, and the files it names.  As parse: all problems, -EINVAL.
 * Thread context.
 */
struct guest_host_facts {
	u64 free_bytes;
	cpu_mask_t cpus;		/* online */
	u32 variants;			/* arch_guest_variants() */
	u8 address_bits;		/* widest guest physical address */
	bool name_is_taken;
	bool no_files;			/* those it names are elsewhere */
	bool thorough;			/* packed kernels are unpacked, too */
	const void *tree;		/* the host's, or NULL */
};
int guest_config_check(const struct guest_config *config,
		       const struct guest_host_facts *facts,
		       struct guest_report *report);

/*
 * From options to a checked configuration: compose, parse and check.  Every
 * problem is handed to report, with file and line of the tree's source when
 * TREE.map is there.  0, or the negative code of what was wrong; *out goes to
 * guest_create() or guest_config_free().
 */
int guest_config_examine(const struct guest_options *options,
			 const struct guest_host_facts *facts,
			 struct guest_report *report,
			 struct guest_config **out);

/* The same, with errors reported and warnings printed, for `guest create`. */
int guest_config_load(const struct guest_options *options,
		      const struct guest_host_facts *facts,
		      struct guest_config **out);

/* The object and its tree; NULL is allowed. */
void guest_config_free(struct guest_config *config);

/*
 * The tree for the guest's OS: the described one less `vmm,` properties,
 * with memory, initrd, bootargs, rng-seed.  *out is freed with heap_free().
 */
struct guest_boot_facts {
	u64 initrd_base, initrd_size;	/* size 0: none */
	u8 seed[32];			/* rng-seed */
	u8 kaslr_seed[8];
};
int guest_tree_write(const struct guest_config *config,
		     const struct guest_boot_facts *facts, void **out,
		     size_t *size);

#endif
