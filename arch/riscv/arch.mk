# SPDX-License-Identifier: GPL-2.0-or-later
#
# How RISC-V is compiled and linked.  No FP or vector registers in the
# hypervisor: they hold a guest's.  An older clang knows the CSRs and fences
# without their extensions' names and refuses those; an older ld.lld relaxes no
# code.

CROSS_COMPILE ?= riscv64-linux-gnu-

arch-cflags := -mabi=lp64 -mcmodel=medany -msmall-data-limit=0 \
	-fno-pic -fno-pie
arch-cflags-gcc   := -march=rv64imac_zicsr_zifencei
arch-cflags-clang := -march=rv64imac -mno-relax
