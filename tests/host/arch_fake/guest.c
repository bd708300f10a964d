// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What guests are made of on the fake machine: what they are made of on the
 * others, whose functions arch.mk has compiled under names of their own.
 * Kernels are entered as Arm's are.
 */
#include <arch/isa.h>
#include <libfdt.h>
#include <vmm/arch.h>
#include <vmm/guest_config.h>

/* What a folder arch/.../guest has under its own names. */
#define GUESTS(arch)							\
u32 arch##_guest_variants(void);					\
const void *arch##_guest_template(unsigned variant);			\
int arch##_guest_cpus_describe(void *fdt, int parent);			\
unsigned arch##_guest_pic(struct dt_node n);				\
int arch##_guest_irq(const struct dt_irq *irq, u32 *pin);		\
void arch##_guest_check(const struct guest_config *config,		\
			struct guest_report *report)

GUESTS(arm);
GUESTS(riscv);

#define RISCV_BASE	(FAKE_PLIC - 1)	/* of its variants, which begin at 1 */

u64 isa_extensions = BIT64(ISA_I) | BIT64(ISA_M) | BIT64(ISA_H) |
		     BIT64(ISA_ZICSR) | BIT64(ISA_ZIHPM);

u32 arch_guest_variants(void)
{
	return arm_guest_variants() | riscv_guest_variants() << RISCV_BASE;
}

const void *arch_guest_template(unsigned variant)
{
	return variant <= RISCV_BASE ? arm_guest_template(variant) :
	       riscv_guest_template(variant - RISCV_BASE);
}

int arch_guest_cpus_describe(void *fdt, int parent)
{
	const int cpu = fdt_first_subnode(fdt, parent);

	return dt_is_compatible((struct dt_node){ fdt, cpu }, "riscv") ?
	       riscv_guest_cpus_describe(fdt, parent) :
	       arm_guest_cpus_describe(fdt, parent);
}

unsigned arch_guest_pic(struct dt_node n)
{
	const unsigned arm = arm_guest_pic(n), riscv = riscv_guest_pic(n);

	return riscv ? riscv + RISCV_BASE : arm;
}

int arch_guest_irq(const struct dt_irq *irq, u32 *pin)
{
	return arm_guest_pic(irq->parent) ? arm_guest_irq(irq, pin) :
	       riscv_guest_irq(irq, pin);
}

void arch_guest_check(const struct guest_config *config,
		      struct guest_report *report)
{
	if (config->variant >= FAKE_PLIC)
		riscv_guest_check(config, report);
	else
		arm_guest_check(config, report);
}
