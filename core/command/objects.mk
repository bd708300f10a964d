# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += command.o
objs-y += complete.o
objs-y += script.o
objs-y += split.o
objs-y += synopsis.o
