# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += uart_port.o
objs-$(CONFIG_NS16550) += ns16550.o
objs-$(CONFIG_PL011) += pl011.o
objs-$(CONFIG_SBI_CONSOLE) += sbi_console.o
