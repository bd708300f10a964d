/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot options: words NAME=VALUE of /chosen/bootargs.  What understands an
 * option says so beside its own code:
 *
 *	static bool parse_panic(const char *value) { ... }
 *	OPTION(panic, parse_panic);
 */
#ifndef VMM_OPTIONS_H
#define VMM_OPTIONS_H

#include <vmm/set.h>
#include <vmm/types.h>

struct option {
	const char *name;
	/* Early in boot, once for each time it is given; false: bad value. */
	bool (*parse)(const char *value);
};

SET_DECLARE(option);

#define OPTION(n, fn)							\
	static const struct option n##_option = {			\
		.name = #n, .parse = fn };				\
	SET_ADD(option, n##_option)

/*
 * Hands every word of args to its option.  Unknown ones, and values that
 * are not understood, are reported together, once.
 */
void options_parse(const char *args);

/* The same for the host's tree.  On the boot CPU, before anything asks. */
void options_init(void);

/* What a plain string option was set to; NULL when it was not given. */
const char *option_boot(void);		/* boot=FILE|none */
const char *option_console(void);	/* console=PATH of a UART's node */
bool option_mitigations(void);		/* mitigations=auto|off */

#endif
