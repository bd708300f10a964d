# SPDX-License-Identifier: GPL-2.0-or-later
dirs-y += guest/ pure/
objs-y += start.o vectors.o switch.o boot.o cpu.o pagetable.o cache.o
objs-y += debug.o exits.o fault.o emulate.o hypercall.o sysreg.o idregs.o vcpu.o timer.o
objs-y += explain.o panic.o patch.o trace.o vgic_v3.o
