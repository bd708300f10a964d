// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What RISC-V guests are made of: the built-in trees, the bindings of their
 * interrupt controllers, and how kernels are entered (Linux, Documentation/
 * arch/riscv/boot.rst).
 */
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/image_loader.h>
#include <vmm/vpic.h>

#define ELF_RISCV	243
#define SOURCE_MAX	1023	/* of any of the controllers */

/* The values of --aia, which are QEMU's. */
enum variant {
	VARIANT_USUAL, VARIANT_PLIC, VARIANT_APLIC, VARIANT_IMSIC,
};

/* Made by the build from the .dts files here. */
extern const u8 dtb_virt_plic[], dtb_virt_aplic[], dtb_virt_imsic[];

u32 arch_guest_variants(void)
{
	if (!vpic_pins)
		return 0;
	return BIT(VARIANT_PLIC) | BIT(VARIANT_APLIC) | BIT(VARIANT_IMSIC);
}

const void *arch_guest_template(unsigned variant)
{
	static const void *const trees[] = {
		[VARIANT_USUAL] = dtb_virt_plic,
		[VARIANT_PLIC] = dtb_virt_plic,
		[VARIANT_APLIC] = dtb_virt_aplic,
		[VARIANT_IMSIC] = dtb_virt_imsic,
	};

	return variant < ARRAY_LEN(trees) ? trees[variant] : NULL;
}

/* An interrupt's first cell is its number in each of them, from 1 on. */
static const struct pic {
	const char *compatible;
	const char *source_count;	/* property; numbers up to that */
	unsigned cell_count;
	enum variant variant;
} pics[] = {
	{ "sifive,plic-1.0.0", "riscv,ndev", 1, VARIANT_PLIC },
	{ "riscv,plic0", "riscv,ndev", 1, VARIANT_PLIC },
	{ "riscv,aplic", "riscv,num-sources", 2, VARIANT_APLIC },
};

static const struct pic *pic_find(struct dt_node n)
{
	for (size_t i = 0; i < ARRAY_LEN(pics); i++)
		if (dt_is_compatible(n, pics[i].compatible))
			return &pics[i];
	return NULL;
}

unsigned arch_guest_pic(struct dt_node n)
{
	const struct pic *pic = pic_find(n);

	if (!pic)
		return 0;
	if (pic->variant == VARIANT_APLIC && dt_has(n, "msi-parent"))
		return VARIANT_IMSIC;
	return pic->variant;
}

int arch_guest_irq(const struct dt_irq *irq, u32 *pin)
{
	const struct pic *pic = pic_find(irq->parent);
	u32 count = 0;

	if (dt_is_compatible(irq->parent, "riscv,cpu-intc"))
		return -ENODEV;
	if (!pic || irq->cell_count != pic->cell_count || !irq->cells[0])
		return -EINVAL;
	dt_u32(irq->parent, pic->source_count, 0, &count);
	if (irq->cells[0] > MIN(count, (u32)SOURCE_MAX))
		return -ERANGE;
	*pin = irq->cells[0];
	return 0;
}

const struct arch_boot_protocol arch_boot_protocol = {
	.name = "riscv64",
	.formats = BIT(KERNEL_RISCV_IMAGE) | BIT(KERNEL_ELF) | BIT(KERNEL_RAW),
	.elf_machine = ELF_RISCV,
	.raw_offset = 0x200000,
	.cpu_id_mask = ~0ull,
	.enable_method = NULL,		/* a call that any CPU may make */
};

void arch_boot_args(struct vcpu_start *start, u64 hwid, gpa_t tree)
{
	start->args[0] = hwid;
	start->args[1] = tree.v;
	start->args[2] = start->args[3] = 0;
	start->arg_count = 4;
}
