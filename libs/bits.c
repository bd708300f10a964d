// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bits and bytes without instructions for them.  Zeros are counted by a de
 * Bruijn sequence: its top six bits differ for each shift of it, and for each
 * product with a number that is ones only.
 */
#include <libs/bits.h>

#define DE_BRUIJN	0x03f79d71b4cb0a89ull

static const u8 trailing[64] = {
	0, 1, 48, 2, 57, 49, 28, 3, 61, 58, 50, 42, 38, 29, 17, 4,
	62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
	46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9, 13, 8, 7, 6,
};

static const u8 leading[64] = {
	63, 16, 62, 7, 15, 36, 61, 3, 6, 14, 22, 26, 35, 47, 60, 2,
	9, 5, 28, 11, 13, 21, 42, 19, 25, 31, 34, 40, 46, 52, 59, 1,
	17, 8, 37, 4, 23, 27, 48, 10, 29, 12, 43, 20, 32, 41, 53, 18,
	38, 24, 49, 30, 44, 33, 54, 39, 50, 45, 55, 51, 56, 57, 58, 0,
};

int __ctzdi2(u64 x)
{
	return trailing[(x & -x) * DE_BRUIJN >> 58];
}

int __clzdi2(u64 x)
{
	for (unsigned by = 1; by < 64; by <<= 1)
		x |= x >> by;
	return leading[x * DE_BRUIJN >> 58];
}

u32 __bswapsi2(u32 x)
{
	x = (x & 0x00ff00ff) << 8 | (x >> 8 & 0x00ff00ff);
	return x << 16 | x >> 16;
}

u64 __bswapdi2(u64 x)
{
	return (u64)__bswapsi2((u32)x) << 32 | __bswapsi2((u32)(x >> 32));
}
