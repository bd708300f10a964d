# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_EMULATE_NS16550A) += ns16550a.o
objs-$(CONFIG_EMULATE_PL011) += pl011.o
