# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_TESTS) += alloc_fault.o
objs-y += heap.o
objs-y += hostmap.o
objs-y += memory.o
objs-y += memory_map.o
objs-y += page.o
objs-y += pagetable.o
