# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += start.o switch.o boot.o cpu.o pagetable.o cache.o
objs-y += explain.o panic.o patch.o trace.o
dirs-y += guest/ pure/ sbi/
objs-y += debug.o entry.o exits.o fault.o csr.o aia.o vcpu.o features.o files.o timer.o fp.o vector.o
