/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's log: a ring that `log` prints, copied to the host console
 * as it comes.  Lines are `subsystem: object: fact`, without newline.
 */
#ifndef VMM_LOG_H
#define VMM_LOG_H

#include <stdarg.h>
#include <vmm/errno.h>
#include <vmm/types.h>

struct console;

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Any context; the level on the console is the option loglevel= (2). */
PRINTF(2, 3) void log_at(enum log_level level, const char *fmt, ...);
void log_set_console_level(enum log_level level);
/*
 * Until as many have let go of it as hold it, nothing is copied to the host
 * console.  Thread context.
 */
void log_hold(bool on);
/* Copies the ring to con, oldest first. */
void log_dump(struct console *con);
/* The last lines, at most size bytes; takes no lock: for a panic. */
void log_dump_last(struct console *con, size_t size);

#define log_error(...)	 log_at(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...)	 log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	 log_at(LOG_DEBUG, __VA_ARGS__)

/*
 * Reports an error where it is detected and returns code: to the operator
 * whose command runs on this thread, else to the log.
 *	return fail(-ERANGE, "cpus: %u is more than %u", n, max);
 */
PRINTF(2, 3) int fail(int code, const char *fmt, ...);

/*
 * For what a guest can provoke: at most one line a second for each place,
 * with the number of lines left out.
 */
struct log_throttle {
	u64 next_ns;
	u32 dropped;
};
bool log_throttle_ok(struct log_throttle *t, u32 *dropped);
#define log_throttled(...)						\
	LOG_THROTTLED((void)0, (void)0, __VA_ARGS__)

/* The same, between two statements that are for a line that is written. */
#define LOG_THROTTLED(begin, end, ...) do {				\
	static struct log_throttle log_here;				\
	u32 log_left_out;						\
	if (log_throttle_ok(&log_here, &log_left_out)) {		\
		begin;							\
		log_warning(__VA_ARGS__);				\
		if (log_left_out)					\
			log_warning("log: %u such lines left out",	\
				    log_left_out);			\
		end;							\
	}								\
} while (0)

/* Our own mistake: prints registers, backtrace, log; then stops or reboots. */
PRINTF(1, 2) _Noreturn void panic(const char *fmt, ...);

#define assert(cond) do {						\
	if (unlikely(!(cond)))						\
		panic("%s:%d: assertion failed: %s", __FILE__,		\
		      __LINE__, #cond);					\
} while (0)

#endif
