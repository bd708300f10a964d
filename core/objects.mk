# SPDX-License-Identifier: GPL-2.0-or-later
dirs-y += console/
dirs-y += device/
objs-y += errno.o
objs-y += log.o
objs-y += options.o
objs-y += panic.o
