# SPDX-License-Identifier: GPL-2.0-or-later
#
# How ARMv8 is compiled and linked.  No FP registers in the hypervisor: they
# hold a guest's values; no unaligned access: it runs before its MMU is on.

CROSS_COMPILE ?= aarch64-linux-gnu-

arch-cflags := -march=armv8-a -mgeneral-regs-only -mstrict-align \
	-mno-outline-atomics -fno-pic -fno-pie
