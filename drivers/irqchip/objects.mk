# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_GIC) += gic_common.o
objs-$(CONFIG_GICV2) += gicv2.o
objs-$(CONFIG_GICV3) += gicv3.o
