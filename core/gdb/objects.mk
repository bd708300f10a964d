# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += lines.o
objs-y += packet.o
objs-y += panic.o
objs-y += request.o
objs-y += run.o
objs-y += server.o
objs-y += state.o
