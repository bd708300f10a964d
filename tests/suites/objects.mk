# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += libs_bitmap_test.o
objs-y += libs_list_test.o
objs-y += libs_printf_test.o
objs-y += libs_rbtree_test.o
objs-y += libs_ring_test.o
objs-y += libs_string_test.o
