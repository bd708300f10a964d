/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formatted output after C11 7.21.6.1, without floating point, wide
 * characters and %n:
 *
 *   conversions  d i u x X o c s p %
 *   flags        - 0 + space #
 *   width and precision as numbers or *
 *   lengths      hh h l ll j z t
 *
 * %p prints 0x and lower-case digits; %s of NULL prints (null).  A
 * conversion not listed is printed as it stands and takes no argument.
 */
#ifndef LIBS_PRINTF_H
#define LIBS_PRINTF_H

#include <stdarg.h>
#include <vmm/types.h>

/* Conversions for u64 and s64, as C11 7.8.1 names them: "%#" PRIx64. */
#ifndef PRIx64
#if __SIZEOF_LONG__ == 8
#define PRId64	"ld"
#define PRIu64	"lu"
#define PRIx64	"lx"
#else
#define PRId64	"lld"
#define PRIu64	"llu"
#define PRIx64	"llx"
#endif
#endif

/* Where formatted text goes; embed it in what the writer needs. */
struct printf_sink {
	/* Takes size characters, not terminated, more than once a call. */
	void (*write)(struct printf_sink *sink, const char *text, size_t size);
};

/* Returns the number of characters written to the sink. */
PRINTF(2, 0)
size_t printf_to(struct printf_sink *sink, const char *format, va_list args);

/*
 * Into a buffer of size bytes, always terminated unless size is 0.  Both
 * return the length the whole text has, so a result >= size means it was cut.
 */
PRINTF(3, 0)
int vsnprintf(char *restrict to, size_t size, const char *restrict format,
	      va_list args);
PRINTF(3, 4)
int snprintf(char *restrict to, size_t size, const char *restrict format, ...);

/*
 * The same for building a text piece by piece: appends to what is in the
 * buffer and returns false when it had to be cut.
 */
PRINTF(3, 4)
bool printf_append(char *to, size_t size, const char *format, ...);

#endif
