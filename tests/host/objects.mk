# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += fake_cpu_test.o
objs-y += host_console_test.o
objs-y += main.o
objs-y += memory_native_test.o
objs-y += vgic_fake.o
objs-y += vgic_regs_test.o
objs-y += vgic_test.o
