/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device registers of the fake architecture: ordinary memory. */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <vmm/types.h>

#define IO_DEFINE(bits)							\
static inline u##bits io_read##bits(const void *p)			\
{									\
	return *(const volatile u##bits *)p;				\
}									\
									\
static inline void io_write##bits(void *p, u##bits v)			\
{									\
	*(volatile u##bits *)p = v;					\
}									\
									\
static inline u##bits io_read##bits##_relaxed(const void *p)		\
{									\
	return io_read##bits(p);					\
}									\
									\
static inline void io_write##bits##_relaxed(void *p, u##bits v)	\
{									\
	io_write##bits(p, v);						\
}

IO_DEFINE(8)
IO_DEFINE(16)
IO_DEFINE(32)
IO_DEFINE(64)

#undef IO_DEFINE

#endif
