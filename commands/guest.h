/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the commands guest and vcpu share. */
#ifndef COMMANDS_GUEST_H
#define COMMANDS_GUEST_H

#include <vmm/command.h>
#include <vmm/guest.h>

/* A reference by name; NULL: none, reported with the nearest name. */
struct guest *guest_named(const char *name);

/* CPU time of all its VCPUs. */
u64 guest_run_ns(const struct guest *g);
u64 guest_memory_bytes(const struct guest *g);

/* Why it halted or crashed, "": it did not. */
void guest_reason(struct guest *g, char *buf, size_t size);

#define GUEST_CONSOLE_SYNOPSIS						\
	"[guest] [--all] [--read-only] [--escape KEY]"

int guest_verb_console(struct console *con, const struct command_args *args);

/* What `guest create` and `guest check` were told; -errno, reported. */
struct guest_options;
int guest_options_read(const struct command_args *args,
		       struct guest_options *out);

/*
 * Tells all problems, in lines or as the session's document, and sums up for
 * `name`.  0, or a negative code when there was an error.
 */
struct guest_host_facts;
int guest_check_tell(struct console *con, const char *name,
		     const struct guest_options *options,
		     const struct guest_host_facts *facts);

int guest_verb_check(struct console *con, const struct command_args *args);
int guest_verb_create(struct console *con, const struct command_args *args);
/* All that is counted of one VCPU. */
void guest_report_vcpu(struct console *con, struct vcpu *v);

int guest_verb_device(struct console *con, const struct command_args *args);
int guest_verb_info(struct console *con, const struct command_args *args);
int guest_verb_log(struct console *con, const struct command_args *args);
int guest_verb_stats(struct console *con, const struct command_args *args);
int guest_verb_tree(struct console *con, const struct command_args *args);
/* The field `where`: what a pc of g's kernel is in.  Not with g->lock. */
void guest_report_symbol(struct console *con, struct guest *g, u64 pc);
int guest_verb_why(struct console *con, const struct command_args *args);

#endif
