/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link-time sets: a const object in any file joins a named set, and the core
 * walks the set.  Nothing runs at boot, nothing is allocated, and the order
 * is never relied upon.  A set is a list of chunks of pointers: the image's
 * own chunk first, then one for each module that brings members of its own.
 *
 *	// header:	SET_DECLARE(driver);
 *	// one .c:	SET_DEFINE(driver);
 *	// members:	SET_ADD(driver, pl011);
 *	// users:	set_for_each(driver, d) if (match(d)) ...
 */
#ifndef VMM_SET_H
#define VMM_SET_H

#include <vmm/types.h>

struct set_chunk {
	const void *const *begin, *const *end;
	struct set_chunk *next;
};

/* Position of a walk; see set_for_each(). */
struct set_cursor {
	const struct set_chunk *chunk;
	const void *const *at;
};

static inline const void *set_next(struct set_cursor *c)
{
	while (c->chunk && c->at == c->chunk->end) {
		c->chunk = c->chunk->next;
		c->at = c->chunk ? c->chunk->begin : NULL;
	}
	return c->chunk ? *c->at++ : NULL;
}

#define SET_DECLARE(type)						\
	struct type;							\
	extern struct set_chunk set_head_##type

/* Once for each set, in the .c file that owns it. */
#define SET_DEFINE(type)						\
	extern const void *const __start_set_##type[]			\
		__attribute__((weak, visibility("hidden")));		\
	extern const void *const __stop_set_##type[]			\
		__attribute__((weak, visibility("hidden")));		\
	struct set_chunk set_head_##type = {				\
		.begin = __start_set_##type,				\
		.end = __stop_set_##type,				\
	}

/* Keeps address sanitizers from padding between the pointers. */
#ifdef __clang__
#define SET_ATTRIBUTE __attribute__((no_sanitize("address")))
#else
#define SET_ATTRIBUTE
#endif

#define SET_ADD(type, object)						\
	static const struct type *const set_##type##_##object		\
		SET_ATTRIBUTE						\
		__attribute__((used, section("set_" #type))) = &(object)

#define set_for_each(type, it)						\
	for (struct set_cursor it##_at = {				\
			&set_head_##type, set_head_##type.begin },	\
	     *it##_once = &it##_at; it##_once; it##_once = NULL)	\
		for (const struct type *it; (it = set_next(&it##_at)); )

#endif
