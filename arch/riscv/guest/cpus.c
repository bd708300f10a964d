// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cpu nodes of a guest's tree (Linux's bindings riscv/cpus.yaml and
 * riscv/extensions.yaml): extensions are those of the host's CPUs less those
 * that are not virtualized.
 */
#include <vmm/arch.h>

#include <arch/isa.h>
#include <libfdt.h>
#include <libs/printf.h>
#include <libs/string.h>

/* No guest has these, whatever the host has. */
#define HIDDEN	(BIT64(ISA_H) | BIT64(ISA_ZIHPM) | BIT64(ISA_ZKR) |	\
		 BIT64(ISA_SMSTATEEN) | BIT64(ISA_SSCOFPMF) |		\
		 BIT64(ISA_SSAIA))

#define TEXT_MAX	768

/* "rv64imac_zicsr", and the same as a list of strings. */
struct text {
	char isa[TEXT_MAX];
	char list[TEXT_MAX];
	size_t list_size;
};

/* What is the same for guests' CPUs as for the host's. */
static const char *const same[] = {
	"mmu-type", "riscv,cbom-block-size", "riscv,cbop-block-size",
	"riscv,cboz-block-size",
};

/*
 * A CPU has the registers of AIA where the guest has interrupt files, or where
 * the host's CPUs can't hide them.
 */
#define AIA	BIT64(ISA_SSAIA)

static u64 extensions_shown(const void *fdt, u64 host)
{
	u64 shown = host & ~HIDDEN;
	const bool files = fdt_node_offset_by_compatible(fdt, -1,
							 "riscv,imsics") >= 0;

	/* Both: pages' bits are the kernel's until it asks otherwise. */
	if (host & BIT64(ISA_SVADU))
		shown |= BIT64(ISA_SVADE);
	if (files || (host & (AIA | BIT64(ISA_SMSTATEEN))) == AIA)
		return shown | AIA;
	return shown;
}

static void text_make(struct text *t, u64 extensions)
{
	string_copy(t->isa, "rv64", sizeof(t->isa));
	t->list_size = 0;
	for (unsigned i = 0; i < ISA_COUNT; i++) {
		const char *name = isa_names[i];

		if (!(extensions >> i & 1))
			continue;
		printf_append(t->isa, sizeof(t->isa), "%s%s",
			      name[1] ? "_" : "", name);
		if (string_copy(t->list + t->list_size, name,
				sizeof(t->list) - t->list_size))
			t->list_size += strlen(name) + 1;
	}
}

/* libfdt's error, or 0; a property need not be there to be removed. */
static int copy_or_remove(void *fdt, int node, const char *name,
			  struct dt_node from)
{
	size_t size;
	const void *data = dt_bytes(from, name, &size);
	int rc;

	if (data)
		return fdt_setprop(fdt, node, name, data, (int)size);
	rc = fdt_delprop(fdt, node, name);
	return rc == -FDT_ERR_NOTFOUND ? 0 : rc;
}

static int set_string(void *fdt, int node, const char *name, const char *value)
{
	return fdt_setprop(fdt, node, name, value, (int)strlen(value) + 1);
}

static int cpu_describe(void *fdt, int node, const struct text *t,
			struct dt_node host_cpu)
{
	int rc;

	rc = set_string(fdt, node, "riscv,isa", t->isa);
	if (!rc)
		rc = set_string(fdt, node, "riscv,isa-base", "rv64i");
	if (!rc)
		rc = fdt_setprop(fdt, node, "riscv,isa-extensions",
				 t->list, (int)t->list_size);
	for (size_t i = 0; i < ARRAY_LEN(same) && !rc; i++)
		rc = copy_or_remove(fdt, node, same[i], host_cpu);
	return rc;
}

static bool is_cpu(struct dt_node n)
{
	const char *type = dt_string(n, "device_type", 0);

	return type && string_equal(type, "cpu");
}

static struct dt_node first_cpu(struct dt_node cpus)
{
	dt_for_each_child(n, cpus)
		if (is_cpu(n))
			return n;
	return DT_NONE;
}

int arch_guest_cpus_describe(void *fdt, int parent)
{
	const struct dt_node host = dt_find_path(dt_host, "/cpus");
	const struct dt_node host_cpu = first_cpu(host);
	struct text t;
	int node, rc;

	text_make(&t, extensions_shown(fdt, isa_extensions));
	rc = copy_or_remove(fdt, parent, "timebase-frequency", host);
	if (rc)
		return rc;
	fdt_for_each_subnode(node, fdt, parent) {
		if (!is_cpu((struct dt_node){ fdt, node }))
			continue;
		rc = cpu_describe(fdt, node, &t, host_cpu);
		if (rc)
			return rc;
	}
	return 0;
}
