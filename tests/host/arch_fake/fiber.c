// SPDX-License-Identifier: GPL-2.0-or-later
/* Contexts of the host (ucontext(3)), told to address sanitizers. */
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>

#include "fiber.h"

static struct fiber *current;		/* NULL: still the host's own */

static void find_own_stack(struct fiber *f)
{
	pthread_attr_t attributes;

	if (pthread_getattr_np(pthread_self(), &attributes) ||
	    pthread_attr_getstack(&attributes, &f->stack, &f->stack_size))
		abort();
	pthread_attr_destroy(&attributes);
}

static void enter(void)
{
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
	current->fn(current->arg);
	abort();
}

void fiber_init(struct fiber *f, void (*fn)(void *), void *arg)
{
	if (getcontext(&f->context))
		abort();
	f->fn = fn;
	f->arg = arg;
	f->context.uc_link = NULL;
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = f->stack_size;
	makecontext(&f->context, enter, 0);
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
	if (current) {
		from->stack = current->stack;
		from->stack_size = current->stack_size;
	} else {
		find_own_stack(from);
	}
	current = to;
	__sanitizer_start_switch_fiber(&from->sanitizer, to->stack,
				       to->stack_size);
	if (swapcontext(&from->context, &to->context))
		abort();
	__sanitizer_finish_switch_fiber(from->sanitizer, NULL, NULL);
}
