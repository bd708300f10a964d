/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers, sizes, times and lists as people type them.  Each function reads
 * the whole string; blanks and signs are errors.  Results: 0; -EINVAL when the
 * text is not of the form; -ERANGE when the value does not fit.  *out is
 * written on success only.
 */
#ifndef LIBS_PARSE_H
#define LIBS_PARSE_H

#include <vmm/types.h>

/* Decimal, or hexadecimal behind 0x. */
int parse_u64(const char *s, u64 *out);
int parse_u32(const char *s, u32 *out);

/* A number and nothing, K, M or G (powers of 1024), in either case: bytes. */
int parse_size(const char *s, u64 *out);

/* A number and ns, us, ms or s: nanoseconds.  Zero needs no unit. */
int parse_time_ns(const char *s, u64 *out);

/*
 * Numbers and ranges below size, "0-2,5": their bits in a bitmap of size
 * bits (<libs/bitmap.h>), which is all clear after an error.
 */
int parse_list(const char *s, unsigned long *map, size_t size);

#endif
