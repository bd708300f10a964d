/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contexts of the host (ucontext(3)), told to address sanitizers. */
#ifndef ARCH_FAKE_FIBER_H
#define ARCH_FAKE_FIBER_H

#include <stddef.h>
#include <ucontext.h>

struct fiber {
	ucontext_t context;
	void *stack;		/* lowest byte */
	size_t stack_size;
	void (*fn)(void *);
	void *arg;
	void *sanitizer;	/* its own about a context not running */
};

/* Runs fn(arg) on the stack when first switched to; fn never returns. */
void fiber_init(struct fiber *f, void (*fn)(void *), void *arg);

/* Returns when somebody switches to from. */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
