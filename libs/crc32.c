// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checksum of gzip (RFC 1952, 8), for libdeflate: its own takes 8 KiB of
 * tables, to be quick where nobody waits.
 */
#include <libs/crc32.h>

/* What a byte does is the sum of what its bits do. */
#define BIT_OF(n, bit, value)	((n) >> (bit) & 1 ? (value) : 0u)
#define ROW(n)								\
	(BIT_OF(n, 0, 0x77073096u) ^ BIT_OF(n, 1, 0xee0e612cu) ^	\
	 BIT_OF(n, 2, 0x076dc419u) ^ BIT_OF(n, 3, 0x0edb8832u) ^	\
	 BIT_OF(n, 4, 0x1db71064u) ^ BIT_OF(n, 5, 0x3b6e20c8u) ^	\
	 BIT_OF(n, 6, 0x76dc4190u) ^ BIT_OF(n, 7, 0xedb88320u))
#define ROWS_4(n)	ROW(n), ROW((n) + 1), ROW((n) + 2), ROW((n) + 3)
#define ROWS_16(n)	ROWS_4(n), ROWS_4((n) + 4), ROWS_4((n) + 8), \
			ROWS_4((n) + 12)
#define ROWS_64(n)	ROWS_16(n), ROWS_16((n) + 16), ROWS_16((n) + 32), \
			ROWS_16((n) + 48)

static const u32 rows[256] = {
	ROWS_64(0), ROWS_64(64), ROWS_64(128), ROWS_64(192),
};

u32 libdeflate_crc32(u32 crc, const void *data, size_t size)
{
	const u8 *at = data;

	crc = ~crc;
	for (size_t i = 0; i < size; i++)
		crc = crc >> 8 ^ rows[(u8)(crc ^ at[i])];
	return ~crc;
}
