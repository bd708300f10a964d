# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += attach.o
objs-y += console.o
objs-y += guest_console.o
objs-y += host_console.o
objs-y += line_edit.o
