# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_SYSCON_POWER) += syscon_power.o
