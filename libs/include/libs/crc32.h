/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRC-32 as gzip has it (RFC 1952, 8), under the name that libdeflate calls. */
#ifndef LIBS_CRC32_H
#define LIBS_CRC32_H

#include <vmm/types.h>

/* Of what gave crc (0: of nothing), followed by data. */
u32 libdeflate_crc32(u32 crc, const void *data, size_t size);

#endif
