/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vocabulary of the whole tree: integers, addresses, small helpers. */
#ifndef VMM_TYPES_H
#define VMM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t  u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t   s8;
typedef int16_t  s16;
typedef int32_t  s32;
typedef int64_t  s64;

/* Two address spaces that must never be mixed up get two types. */
typedef struct { u64 v; } gpa_t;	/* guest physical */
typedef struct { u64 v; } hpa_t;	/* host physical */

#define GPA(x)		((gpa_t){ (x) })
#define HPA(x)		((hpa_t){ (x) })

#define BIT(n)		(1u << (n))
#define BIT64(n)	(1ull << (n))
/* Bits h down to l, both included. */
#define GENMASK64(h, l)	((~0ull << (l)) & (~0ull >> (63 - (h))))

#define KIB(n)		((u64)(n) << 10)
#define MIB(n)		((u64)(n) << 20)
#define GIB(n)		((u64)(n) << 30)

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

/* a must be a power of two. */
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define ALIGN_UP(x, a)		ALIGN_DOWN((x) + ((__typeof__(x))(a) - 1), a)
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)

/* Each use names its temporaries anew, so that uses can be nested. */
#define UNIQUE_PASTE(name, n)	name##n
#define UNIQUE_NAME(name, n)	UNIQUE_PASTE(name, n)
#define PICK(a, op, b, x, y) __extension__ ({				\
	__auto_type x = (a);						\
	__auto_type y = (b);						\
	x op y ? x : y; })
#define MIN(a, b)	PICK(a, <, b, UNIQUE_NAME(pick_, __COUNTER__),	\
			     UNIQUE_NAME(pick_, __COUNTER__))
#define MAX(a, b)	PICK(a, >, b, UNIQUE_NAME(pick_, __COUNTER__),	\
			     UNIQUE_NAME(pick_, __COUNTER__))

#define container_of(p, type, member)					\
	((type *)(void *)((char *)(p) - offsetof(type, member)))

#define ALIGNED(n)	__attribute__((aligned(n)))
#define SECTION(s)	__attribute__((section(s)))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))
#define NO_INLINE	__attribute__((noinline))
#define ALWAYS_INLINE	inline __attribute__((always_inline))
#define MUST_CHECK	__attribute__((warn_unused_result))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

/* A Kconfig symbol as an expression: 1 when it is y, 0 when it is not set. */
#define IS_ENABLED_ARG_1	0,
#define IS_ENABLED_SECOND(a, b, ...)	b
#define IS_ENABLED_PICK(...)		IS_ENABLED_SECOND(__VA_ARGS__, 0, 0)
#define IS_ENABLED_JOIN(x)	IS_ENABLED_PICK(IS_ENABLED_ARG_##x 1)
#define IS_ENABLED(symbol)	IS_ENABLED_JOIN(symbol)

#endif
