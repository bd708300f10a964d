// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts the daemons of this image. */

#include <vmm/daemon.h>

#include <vmm/log.h>
#include <vmm/thread.h>

SET_DEFINE(daemon);

void daemons_start(void)
{
	set_for_each(daemon, d) {
		struct thread *t;
		int rc = thread_create(d->name, d->run, NULL, &t);

		if (rc) {
			log_error("daemon: %s: %s", d->name, errno_text(rc));
			continue;
		}
		t->priority = THREAD_PRIORITY_SYSTEM;
		thread_start(t);
	}
}
