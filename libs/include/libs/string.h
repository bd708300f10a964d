/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory and strings under the names and rules of ISO C (C11 7.24, 7.22.1.4),
 * for our own code, for compilers, which call the mem* ones on their own, and
 * for libraries that expect them.
 *
 * The mem* functions are for normal memory, never for device registers.
 * Stores are always aligned.  Loads are, too, when source and destination
 * lie equally within a word or within four bytes, as what comes from device
 * trees and cpio archives does; other copies load words from odd addresses
 * where the build allows it (no -mstrict-align), which needs the MMU on.
 */
#ifndef LIBS_STRING_H
#define LIBS_STRING_H

#include <vmm/types.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *mem, int byte, size_t size);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);

/*
 * For libraries; overflow gives ULONG_MAX.  Our own code reads numbers with
 * <libs/parse.h>, which tells bad input from zero.
 */
unsigned long strtoul(const char *restrict s, char **restrict end, int base);

/*
 * Copies a string into a buffer of size bytes and terminates it (unless
 * size is 0).  False when it had to be cut.
 */
bool string_copy(char *to, const char *from, size_t size);

static inline bool string_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* What follows prefix in s, or NULL when s does not begin with it. */
const char *string_after(const char *s, const char *prefix);

#endif
