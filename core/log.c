// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The log: a ring of lines that keeps the newest, copied to the host console
 * as far as its level goes, and the one way to report an error.
 */
#include <vmm/log.h>
#include <libs/printf.h>
#include <libs/ring.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/options.h>
#include <vmm/spinlock.h>

#define LINE_MAX	256
#define THROTTLE_NS	1000000000ull
#define COPY_SIZE	256

static u8 log_bytes[16 * 1024];
static struct ring log_ring = RING_INIT(log_bytes);
static struct spinlock log_lock = SPINLOCK_INIT(LOCK_CONSOLE);
static enum log_level console_level = LOG_INFO;

void log_set_console_level(enum log_level level)
{
	console_level = level;
}

static bool parse_level(const char *value)
{
	if (value[0] < '0' + LOG_ERROR || value[0] > '0' + LOG_DEBUG ||
	    value[1])
		return false;
	log_set_console_level((enum log_level)(value[0] - '0'));
	return true;
}
OPTION(loglevel, parse_level);

/* One whole line: time, level, text; cut, but always ended. */
static size_t line_format(char *line, enum log_level level, const char *fmt,
			  va_list ap)
{
	static const char letters[] = "EWID";
	u64 us = clock_hz() ? clock_now() / 1000 : 0;
	size_t used;

	used = (size_t)snprintf(line, LINE_MAX, "[%5" PRIu64 ".%06u] %c ",
				us / 1000000, (unsigned)(us % 1000000),
				letters[level]);
	used += (size_t)vsnprintf(line + used, LINE_MAX - used, fmt, ap);
	used = MIN(used, (size_t)LINE_MAX - 2);
	line[used++] = '\n';
	line[used] = '\0';
	return used;
}

/* Bytes that a debugger reads shall be its own alone. */
static u32 held;			/* a: by how many */
static u32 held_back;			/* a: lines */

void log_hold(bool on)
{
	u32 count;

	if (__atomic_add_fetch(&held, on ? 1 : -1u, __ATOMIC_RELAXED))
		return;
	count = __atomic_exchange_n(&held_back, 0, __ATOMIC_RELAXED);
	if (count)
		log_info("log: %u lines came meanwhile", count);
}

static void line_show(const char *line, size_t size)
{
	if (__atomic_load_n(&held, __ATOMIC_RELAXED))
		__atomic_fetch_add(&held_back, 1, __ATOMIC_RELAXED);
	else
		host_console_write(line, size);
}

static void log_line(enum log_level level, const char *fmt, va_list ap)
{
	char line[LINE_MAX];
	size_t size = line_format(line, level, fmt, ap);

	{
		SCOPED_LOCK(&log_lock);
		ring_write_over(&log_ring, line, size);
	}
	if (level <= console_level)
		line_show(line, size);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(level, fmt, ap);
	va_end(ap);
}

static size_t log_read(u64 *at, u8 *buf, size_t size)
{
	SCOPED_LOCK(&log_lock);

	return ring_read_at(&log_ring, at, buf, size);
}

/* Where the oldest line that is still whole begins. */
static u64 log_begin(void)
{
	u64 at = 0;
	u8 line[LINE_MAX];
	size_t size = log_read(&at, line, sizeof(line));
	const u8 *end = memchr(line, '\n', size);

	at -= size;
	return at && end ? at + (size_t)(end + 1 - line) : at;
}

void log_dump(struct console *con)
{
	u8 buf[COPY_SIZE];
	u64 at = log_begin(), end = log_ring.head;
	size_t size;

	while (at < end &&
	       (size = log_read(&at, buf, MIN(sizeof(buf), end - at))))
		con_write(con, (const char *)buf, size);
}

/* Where the last lines of about that size begin. */
static u64 log_tail(u64 size)
{
	u64 at = log_ring.head > size ? log_ring.head - size : 0;
	u8 byte;

	while (at && ring_read_at(&log_ring, &at, &byte, 1) && byte != '\n')
		;
	return at;
}

void log_dump_last(struct console *con, size_t size)
{
	u64 at = log_tail(size), end = log_ring.head;
	u8 buf[COPY_SIZE];

	while (at < end &&
	       (size = ring_read_at(&log_ring, &at, buf, sizeof(buf))))
		con_write(con, (const char *)buf, size);
}

int fail(int code, const char *fmt, ...)
{
	struct console *con = console_of_thread();
	va_list ap;

	va_start(ap, fmt);
	if (con) {
		con->error_count++;
		report_fail(con, code, fmt, ap);
	} else {
		log_line(LOG_ERROR, fmt, ap);
	}
	va_end(ap);
	return code;
}

bool log_throttle_ok(struct log_throttle *t, u32 *dropped)
{
	u64 now = clock_now();
	u64 next = __atomic_load_n(&t->next_ns, __ATOMIC_RELAXED);

	if (now < next ||
	    !__atomic_compare_exchange_n(&t->next_ns, &next, now + THROTTLE_NS,
					 false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED)) {
		__atomic_fetch_add(&t->dropped, 1, __ATOMIC_RELAXED);
		return false;
	}
	*dropped = __atomic_exchange_n(&t->dropped, 0, __ATOMIC_RELAXED);
	return true;
}
