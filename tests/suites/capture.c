// SPDX-License-Identifier: GPL-2.0-or-later
/* A console that keeps what is written. */
#include "capture.h"
#include <libs/string.h>
#include <vmm/thread.h>

char capture_text[20 * 1024];

static size_t used;
static struct console *was_console;
static struct thread *was_thread;

static void keep(struct console *con, const char *data, size_t size)
{
	size = MIN(size, sizeof(capture_text) - 1 - used);
	memcpy(capture_text + used, data, size);
	used += size;
	capture_text[used] = '\0';
}

struct console capture = { .write = keep };

/* Natively a suite may run before there are threads. */
void capture_begin(void)
{
	static struct thread stand_in;

	was_thread = thread_current();
	if (!was_thread)
		this_cpu()->current = &stand_in;
	was_console = console_of_thread();
	console_set_thread(&capture);
	used = 0;
	capture_text[0] = '\0';
}

void capture_end(void)
{
	console_set_thread(was_console);
	this_cpu()->current = was_thread;
}
