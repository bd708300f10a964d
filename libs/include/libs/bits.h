/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What compilers call for __builtin_clz, __builtin_ctz and __builtin_bswap
 * of CPUs without such instructions, under the names of their run-time
 * library.
 */
#ifndef LIBS_BITS_H
#define LIBS_BITS_H

#include <vmm/types.h>

/* Leading and trailing zeros; x is not 0. */
int __clzdi2(u64 x);
int __ctzdi2(u64 x);

/* The bytes in reverse order. */
u32 __bswapsi2(u32 x);
u64 __bswapdi2(u64 x);

#endif
