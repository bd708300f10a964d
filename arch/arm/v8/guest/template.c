// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ARMv8 guests are made of: the built-in trees, the binding of the
 * Generic Interrupt Controller, and how kernels are entered (Linux,
 * Documentation/arch/arm64/booting.rst).
 */
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/image_loader.h>
#include <vmm/vpic.h>

#define GIC_SPI		0	/* first cell of an interrupt */
#define GIC_SPI_BASE	32
#define GIC_SPI_COUNT	256	/* of guests' controllers */
#define ELF_AARCH64	183

/* Made by the build from the .dts files here. */
extern const u8 dtb_virt_gicv2[], dtb_virt_gicv3[];

/* The values of --gic. */
enum variant { VARIANT_USUAL, VARIANT_GICV2, VARIANT_GICV3 };

/* Guests see an interface of the version that the host's slots have. */
u32 arch_guest_variants(void)
{
	if (!vpic_slots)
		return 0;
	return vpic_slots->version == 2 ? BIT(VARIANT_GICV2) :
					  BIT(VARIANT_GICV3);
}

const void *arch_guest_template(unsigned variant)
{
	static const void *const trees[] = {
		[VARIANT_USUAL] = dtb_virt_gicv3,
		[VARIANT_GICV2] = dtb_virt_gicv2,
		[VARIANT_GICV3] = dtb_virt_gicv3,
	};

	return variant < ARRAY_LEN(trees) ? trees[variant] : NULL;
}

/* CPUs tell by registers what they can do, not by the tree. */
int arch_guest_cpus_describe(void *fdt, int parent)
{
	return 0;
}

static const struct {
	const char *compatible;
	enum variant variant;
} gics[] = {
	{ "arm,cortex-a15-gic", VARIANT_GICV2 },
	{ "arm,cortex-a7-gic", VARIANT_GICV2 },
	{ "arm,gic-400", VARIANT_GICV2 },
	{ "arm,gic-v3", VARIANT_GICV3 },
};

unsigned arch_guest_pic(struct dt_node n)
{
	for (size_t i = 0; i < ARRAY_LEN(gics); i++)
		if (dt_is_compatible(n, gics[i].compatible))
			return gics[i].variant;
	return 0;
}

int arch_guest_irq(const struct dt_irq *irq, u32 *pin)
{
	if (!arch_guest_pic(irq->parent) || irq->cell_count != 3 ||
	    irq->cells[0] != GIC_SPI)
		return -EINVAL;
	if (irq->cells[1] >= GIC_SPI_COUNT)
		return -ERANGE;
	*pin = GIC_SPI_BASE + irq->cells[1];
	return 0;
}

const struct arch_boot_protocol arch_boot_protocol = {
	.name = "arm64",
	.formats = BIT(KERNEL_ARM64_IMAGE) | BIT(KERNEL_ELF) | BIT(KERNEL_RAW),
	.elf_machine = ELF_AARCH64,
	.raw_offset = 0x80000,
	.cpu_id_mask = 0xff00ffffff,	/* MPIDR_EL1: Aff3, Aff2..Aff0 */
	.enable_method = "psci",
};

void arch_boot_args(struct vcpu_start *start, u64 hwid, gpa_t tree)
{
	(void)hwid;
	start->args[0] = tree.v;
	start->args[1] = start->args[2] = start->args[3] = 0;
	start->arg_count = 4;
}
