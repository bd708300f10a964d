# SPDX-License-Identifier: GPL-2.0-or-later
#
# How ARMv8 is compiled and linked.  No FP registers in the hypervisor: they
# hold a guest's.

CROSS_COMPILE ?= aarch64-linux-gnu-

arch-cflags := -march=armv8-a -mgeneral-regs-only \
	-mno-outline-atomics -fno-pic -fno-pie
