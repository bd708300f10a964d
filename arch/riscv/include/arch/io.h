/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device registers.  Each access is one load or store, so that a hypervisor
 * below us can decode it too.  The plain forms order the access against
 * memory that devices read or write; _relaxed ones do not.
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <vmm/types.h>

#define IO_DEFINE(bits, load, store)					\
static inline u##bits io_read##bits##_relaxed(const void *p)		\
{									\
	u##bits v;							\
									\
	__asm__ volatile(load " %0, 0(%1)" : "=r"(v) : "r"(p));		\
	return v;							\
}									\
									\
static inline void io_write##bits##_relaxed(void *p, u##bits v)	\
{									\
	__asm__ volatile(store " %z0, 0(%1)" :: "rJ"(v), "r"(p));	\
}									\
									\
static inline u##bits io_read##bits(const void *p)			\
{									\
	u##bits v = io_read##bits##_relaxed(p);				\
									\
	__asm__ volatile("fence i, ir" ::: "memory");			\
	return v;							\
}									\
									\
static inline void io_write##bits(void *p, u##bits v)			\
{									\
	__asm__ volatile("fence w, o" ::: "memory");			\
	io_write##bits##_relaxed(p, v);					\
}

IO_DEFINE(8, "lbu", "sb")
IO_DEFINE(16, "lhu", "sh")
IO_DEFINE(32, "lw", "sw")
IO_DEFINE(64, "ld", "sd")

#undef IO_DEFINE

#endif
