/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of characters: ASCII, no locale. */
#ifndef LIBS_CHAR_H
#define LIBS_CHAR_H

#include <vmm/types.h>

static inline bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool char_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool char_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool char_is_print(char c)
{
	return c >= ' ' && c <= '~';
}

static inline char char_to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char char_to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The value of a digit of a base up to 36; 36 when it is none. */
static inline unsigned char_digit(char c)
{
	if (char_is_digit(c))
		return (unsigned)(c - '0');
	return char_is_alpha(c) ? (unsigned)(char_to_lower(c) - 'a') + 10 : 36;
}

#endif
