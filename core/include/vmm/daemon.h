/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Daemons: threads of the hypervisor that run from the end of the boot on. */
#ifndef VMM_DAEMON_H
#define VMM_DAEMON_H

#include <vmm/set.h>

struct daemon {
	const char *name;
	void (*run)(void *arg);		/* its thread's body; arg is NULL */
};

SET_DECLARE(daemon);
#define DAEMON(object)	SET_ADD(daemon, object)

/* Starts all, at THREAD_PRIORITY_SYSTEM; failures are reported. */
void daemons_start(void);

#endif
