// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory and strings, C11 7.24; words at a time where it pays. */
#include <libs/string.h>
#include <libs/char.h>

/*
 * Compilers replace loops that look like memcpy, memset or strlen by calls
 * to them, which here would never return.  A pointer that passes through an
 * empty asm in each round is no such loop, for any compiler and any flags.
 */
#define OPAQUE(p)	__asm__("" : "+r"(p))

/* A word at its natural address, at a multiple of 4, and at any. */
typedef unsigned long word __attribute__((may_alias));
typedef word word4 __attribute__((aligned(4)));
typedef word word1 __attribute__((aligned(1)));

#define WORD	sizeof(word)
#define BLOCK	(8 * WORD)

/* Bytes from p up to a multiple of the power of two align. */
static size_t bytes_to(const void *p, size_t align)
{
	return (size_t)-(uintptr_t)p % align;
}

static ALWAYS_INLINE word load(const u8 *p, size_t align)
{
	if (align == WORD)
		return *(const word *)p;
	if (align == 4)
		return *(const word4 *)p;
	return *(const word1 *)p;
}

static size_t copy_bytes(u8 *to, const u8 *from, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		OPAQUE(from);
		to[i] = from[i];
	}
	return size;
}

/*
 * Four words, loaded before any is stored: moving down by less than their
 * size is right.
 */
static ALWAYS_INLINE void copy_four(u8 *to, const u8 *from, size_t align)
{
	word a = load(from, align), b = load(from + WORD, align);
	word c = load(from + 2 * WORD, align);
	word d = load(from + 3 * WORD, align);
	word *t = (word *)to;

	t[0] = a;
	t[1] = b;
	t[2] = c;
	t[3] = d;
}

/* Whole words upwards; returns the bytes done. */
static ALWAYS_INLINE size_t copy_words(u8 *to, const u8 *from, size_t size,
				       size_t align)
{
	size_t left = size;

	for (; left >= BLOCK; left -= BLOCK, to += BLOCK, from += BLOCK) {
		OPAQUE(from);
		copy_four(to, from, align);
		copy_four(to + BLOCK / 2, from + BLOCK / 2, align);
	}
	for (; left >= WORD; left -= WORD, to += WORD, from += WORD) {
		OPAQUE(from);
		*(word *)to = load(from, align);
	}
	return size - left;
}

static void copy_up(u8 *to, const u8 *from, size_t size)
{
	size_t done = 0;

	if (size >= 2 * WORD) {
		done = copy_bytes(to, from, bytes_to(to, WORD));
		to += done;
		from += done;
		size -= done;
		if (!bytes_to(from, WORD))
			done = copy_words(to, from, size, WORD);
		else if (!bytes_to(from, 4))
			done = copy_words(to, from, size, 4);
		else
			done = copy_words(to, from, size, 1);
	}
	copy_bytes(to + done, from + done, size - done);
}

/* From the end, where both ends are aligned a word at a time. */
static void copy_down(u8 *to, const u8 *from, size_t size)
{
	while (size && (bytes_to(to + size, WORD) || size < WORD ||
			bytes_to(from + size, WORD))) {
		OPAQUE(from);
		size--;
		to[size] = from[size];
	}
	while (size >= WORD) {
		OPAQUE(from);
		size -= WORD;
		*(word *)(to + size) = load(from + size, WORD);
	}
	while (size) {
		OPAQUE(from);
		size--;
		to[size] = from[size];
	}
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	copy_up(to, from, size);
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	if ((uintptr_t)to - (uintptr_t)from < size)
		copy_down(to, from, size);
	else
		copy_up(to, from, size);
	return to;
}

static u8 *set_bytes(u8 *to, u8 byte, size_t size)
{
	for (; size; size--) {
		OPAQUE(to);
		*to++ = byte;
	}
	return to;
}

static ALWAYS_INLINE void set_block(word *to, word pattern)
{
	to[0] = pattern;
	to[1] = pattern;
	to[2] = pattern;
	to[3] = pattern;
	to[4] = pattern;
	to[5] = pattern;
	to[6] = pattern;
	to[7] = pattern;
}

void *memset(void *to, int byte, size_t size)
{
	size_t head = MIN(size, bytes_to(to, WORD));
	u8 *p = set_bytes(to, (u8)byte, head);
	word pattern = ~0ul / 0xff * (u8)byte;

	for (size -= head; size >= BLOCK; size -= BLOCK, p += BLOCK) {
		OPAQUE(p);
		set_block((word *)p, pattern);
	}
	for (; size >= WORD; size -= WORD, p += WORD) {
		OPAQUE(p);
		*(word *)p = pattern;
	}
	set_bytes(p, (u8)byte, size);
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const u8 *x = a, *y = b;
	size_t i = 0;

	if (!bytes_to(x, WORD) && !bytes_to(y, WORD))
		while (size - i >= WORD &&
		       load(x + i, WORD) == load(y + i, WORD))
			i += WORD;
	for (; i < size; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}

void *memchr(const void *mem, int byte, size_t size)
{
	const u8 *p = mem;

	for (; size; size--, p++)
		if (*p == (u8)byte)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end) {
		OPAQUE(end);
		end++;
	}
	return (size_t)(end - s);
}

size_t strnlen(const char *s, size_t max)
{
	const char *end = memchr(s, 0, max);

	return end ? (size_t)(end - s) : max;
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max; max--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			return 0;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)(uintptr_t)last;
	}
}

char *strstr(const char *s, const char *part)
{
	size_t size = strlen(part);

	for (; strncmp(s, part, size); s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

/* Skips what precedes the digits; *base 0 becomes 8, 10 or 16. */
static const char *skip_prefix(const char *s, unsigned *base)
{
	bool hex = s[0] == '0' && char_to_lower(s[1]) == 'x' &&
		   char_digit(s[2]) < 16;

	if (hex && (*base == 0 || *base == 16)) {
		*base = 16;
		return s + 2;
	}
	if (*base == 0)
		*base = s[0] == '0' ? 8 : 10;
	return s;
}

/* Digits up to the first that is none; *end is left alone without any. */
static unsigned long read_digits(const char *s, const char **end,
				 unsigned base)
{
	unsigned long value = 0;
	bool over = false;

	for (; char_digit(*s) < base; *end = ++s) {
		over |= __builtin_mul_overflow(value, base, &value);
		over |= __builtin_add_overflow(value, char_digit(*s), &value);
	}
	return over ? ~0ul : value;
}

unsigned long strtoul(const char *restrict s, char **restrict end, int base)
{
	const char *p = s, *stop = s;
	unsigned radix = (unsigned)base;
	unsigned long value;
	bool minus;

	while (char_is_space(*p))
		p++;
	minus = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	p = skip_prefix(p, &radix);
	value = read_digits(p, &stop, radix);
	if (end)
		*end = (char *)(uintptr_t)stop;
	return minus && value != ~0ul ? -value : value;
}

bool string_copy(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size);

	if (!size)
		return false;
	memcpy(to, from, MIN(length, size - 1));
	to[MIN(length, size - 1)] = 0;
	return length < size;
}

const char *string_after(const char *s, const char *prefix)
{
	size_t size = strlen(prefix);

	return strncmp(s, prefix, size) ? NULL : s + size;
}
