# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_GIC) += gic_common.o
objs-$(CONFIG_GICV2) += gicv2.o
objs-$(CONFIG_GICV3) += gicv3.o
objs-$(CONFIG_ACLINT_SSWI) += aclint_sswi.o
objs-$(CONFIG_APLIC) += aplic.o
objs-$(CONFIG_APLIC) += imsic.o
objs-$(or $(CONFIG_APLIC),$(CONFIG_FAKE)) += imsic_layout.o
objs-$(CONFIG_PLIC) += plic.o
objs-$(CONFIG_RISCV_INTC) += riscv_intc.o
