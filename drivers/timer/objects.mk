# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_ARM_ARCH_TIMER) += arm_arch_timer.o
objs-$(CONFIG_RISCV_TIMER) += riscv_timer.o
