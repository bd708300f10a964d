# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += bitmap.o
objs-y += printf.o
objs-y += ring.o
objs-y += string.o
