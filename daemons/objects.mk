# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_TERMINAL) += terminal.o
