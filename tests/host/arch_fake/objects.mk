# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += contract.o
objs-y += cpu.o
objs-y += fiber.o
objs-y += guest.o
objs-y += memory.o
objs-y += panic.o
