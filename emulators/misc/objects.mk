# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_EMULATE_PVPANIC) += pvpanic.o
objs-$(CONFIG_EMULATE_SIFIVE_TEST) += sifive_test.o
