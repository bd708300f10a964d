/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Force-included (-include) in native builds of our own files: what libs/
 * defines under names of the C library gets names of its own, so that both
 * can be linked into one program and the sanitizers keep theirs.
 */
#ifndef TESTS_HOST_LIBS_NAMES_H
#define TESTS_HOST_LIBS_NAMES_H

#define memcpy		libs_memcpy
#define memmove		libs_memmove
#define memset		libs_memset
#define memcmp		libs_memcmp
#define memchr		libs_memchr
#define strlen		libs_strlen
#define strnlen		libs_strnlen
#define strcmp		libs_strcmp
#define strncmp		libs_strncmp
#define strchr		libs_strchr
#define strrchr		libs_strrchr
#define strstr		libs_strstr
#define strtoul		libs_strtoul
#define snprintf	libs_snprintf
#define vsnprintf	libs_vsnprintf

#endif
