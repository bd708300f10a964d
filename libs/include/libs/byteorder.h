/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Byte order, without what a compiler may leave to its runtime library. */
#ifndef LIBS_BYTEORDER_H
#define LIBS_BYTEORDER_H

#include <vmm/types.h>

static inline u32 byteorder_swap32(u32 v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

#endif
