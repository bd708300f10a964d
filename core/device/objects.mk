# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += device.o
objs-y += dt.o
objs-y += dt_print.o
objs-y += io_guard.o
