# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += host_console_test.o
objs-y += main.o
