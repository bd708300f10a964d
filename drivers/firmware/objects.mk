# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_PSCI) += psci.o
objs-$(CONFIG_SBI) += sbi.o
