/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What <vmm/report.h> and the forms in which an answer is shown share. */
#ifndef CORE_COMMAND_REPORT_FORM_H
#define CORE_COMMAND_REPORT_FORM_H

#include <vmm/console.h>
#include <vmm/report.h>

enum report_kind {
	REPORT_OBJECT, REPORT_GRID, REPORT_LIST, REPORT_ROW, REPORT_ARRAY,
	REPORT_CONTENT
};

struct report_form {
	/* l is the innermost level already, the one before it is l - 1. */
	void (*open)(struct console *con, struct report_level *l);
	void (*close)(struct console *con, struct report_level *l);
	void (*value)(struct console *con, const struct report_value *v);
	/* Printed by con_write(), within content or without. */
	void (*raw)(struct console *con, const char *data, size_t size);
	void (*fail)(struct console *con, int code, const char *fmt,
		     va_list ap);
	void (*finish)(struct console *con);
};
extern const struct report_form report_plain;

static inline struct report_level *report_top(struct console *con)
{
	return &con->report.levels[con->report.depth];
}

/* Into the report's buffer; each public call flushes it at its end. */
void report_put(struct console *con, const char *text, size_t size);
void report_puts(struct console *con, const char *text);
void report_put_blanks(struct console *con, int count);
void report_flush(struct console *con);

/* What stays from one run of a command for metrics to the next. */
struct report_metrics {
	bool chosen;			/* in this run */
	u32 current;			/* hash of the metric's name */
	u32 done_count;
	u32 done[64];
	char labels[512];		/* of what is open now */
};
/* Whether another run is due. */
bool report_metrics_next(struct report_metrics *m);

/* Units, by the last word of a key. */
struct report_unit {
	const char *suffix;		/* "_bytes" */
	u16 base;			/* 1000, 1024, or 0 */
	u16 strip;			/* of the key: not in its label */
	const char *names;		/* small to large, "B\0KiB\0" */
	const char *metric;		/* a metric's name ends so */
	u8 digits;			/* of a metric's behind the point */
};
/* The key's unit, NULL: none; *size is that of the key without it. */
const struct report_unit *report_unit_of(const char *key, size_t *size);
/* "12.34 ms", into buf of REPORT_NUMBER_SIZE; u may be NULL. */
#define REPORT_NUMBER_SIZE	32
void report_unit_format(const struct report_unit *u, u64 value, char *buf);

#endif
