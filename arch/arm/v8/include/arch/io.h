/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device registers.  Each access is one load or store without writeback, so
 * that a hypervisor below us can decode it too.  The plain forms order the
 * access against memory that devices read or write; _relaxed ones do not.
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <arch/barrier.h>
#include <vmm/types.h>

#define IO_DEFINE(bits, load, store, reg)				\
static inline u##bits io_read##bits##_relaxed(const void *p)		\
{									\
	u##bits v;							\
									\
	__asm__ volatile(load " %" reg "0, [%1]" : "=r"(v) : "r"(p));	\
	return v;							\
}									\
									\
static inline void io_write##bits##_relaxed(void *p, u##bits v)	\
{									\
	__asm__ volatile(store " %" reg "0, [%1]" :: "r"(v), "r"(p));	\
}									\
									\
static inline u##bits io_read##bits(const void *p)			\
{									\
	u##bits v = io_read##bits##_relaxed(p);				\
									\
	rmb();								\
	return v;							\
}									\
									\
static inline void io_write##bits(void *p, u##bits v)			\
{									\
	wmb();								\
	io_write##bits##_relaxed(p, v);					\
}

IO_DEFINE(8, "ldrb", "strb", "w")
IO_DEFINE(16, "ldrh", "strh", "w")
IO_DEFINE(32, "ldr", "str", "w")
IO_DEFINE(64, "ldr", "str", "x")

#undef IO_DEFINE

#endif
