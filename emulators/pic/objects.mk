# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_VAIA) += aplic.o imsic.o
objs-$(CONFIG_VPLIC) += plic.o
objs-$(CONFIG_RISCV_PICS) += cpu_wires.o
objs-$(CONFIG_VGIC) += vgic_backlog.o vgic_model.o vgic_regs.o
objs-$(CONFIG_VGIC) += vgic_slots.o vgic_update.o
objs-$(CONFIG_VGICV3) += gicv3.o
objs-$(CONFIG_VGICV2) += gicv2.o
