/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What guests print, on its way to an operator's terminal.  A terminal obeys
 * control functions (ECMA-48, and what xterm added): most of them draw, some
 * reach beyond the guest's screen.  Those are taken out: strings (titles, the
 * clipboard, device control), window operations, printing, and answers to
 * enquiries where nobody waits for them any more.
 */
#ifndef VMM_SCREEN_FILTER_H
#define VMM_SCREEN_FILTER_H

#include <vmm/types.h>

#define SCREEN_SEQUENCE_MAX	32	/* bytes; longer ones are no use */

struct screen_filter {
	/*
	 * The bytes are of an earlier time: whoever sent enquiries would find
	 * the answers in what the operator types now.
	 */
	bool replay;
	int state;			/* of the parser */
	bool changed;			/* modes that outlast the guest */
	bool alternate;			/* the other screen is shown */
	u8 size;
	char sequence[SCREEN_SEQUENCE_MAX];	/* that is not over yet */
};

static inline void screen_filter_init(struct screen_filter *f)
{
	*f = (struct screen_filter){ .replay = false };
}

/*
 * Gives what may pass of size bytes, in out, which has room for size +
 * SCREEN_SEQUENCE_MAX; how many.  A sequence that is not over waits for the
 * next bytes.  Pure.
 */
size_t screen_filter_pass(struct screen_filter *f, const u8 *data, size_t size,
			  char *out);

/*
 * The terminal as it was before the first byte, as far as those that passed
 * changed it: the bytes to send, "" for none.  Leaves the parser as new.
 */
const char *screen_filter_end(struct screen_filter *f);

#endif
