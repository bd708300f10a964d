// SPDX-License-Identifier: GPL-2.0-or-later
/* The operator's terminal on the host's serial line. */
#include <libs/string.h>
#include <vmm/command.h>
#include <vmm/command_line.h>
#include <vmm/console.h>
#include <vmm/daemon.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/line_edit.h>
#include <vmm/log.h>
#include <vmm/options.h>

#define PROMPT		"monovisor# "
#define PROMPT_MORE	"> "		/* the line goes on with what was */
#define BOOT_SCRIPT	"/boot.cmd"

static struct line_edit editor;
static struct command_unit *unit;	/* kept: memory may be short later */
static bool unfinished;

static void show(struct line_edit *e, const char *text, size_t size)
{
	con_write(&host_console, text, size);
}

static const char *prompt_text(void)
{
	return unfinished ? PROMPT_MORE : PROMPT;
}

static void prompt(void)
{
	if (!host_console_at_line_start())
		con_printf(&host_console, "\n");
	con_printf(&host_console, host_console.colour ?
		   "\033[1m%s\033[m" : "%s", prompt_text());
}

static void complete(void)
{
	if (!command_tab(&host_console, &editor))
		return;
	prompt();
	line_edit_show(&editor);
}

/* ---- Lines ---- */

static void refuse(void)
{
	console_set_thread(&host_console);
	host_console.status = -fail(-E2BIG, "the line is longer than %u bytes,"
				    " nothing was run", COMMAND_LINE_MAX);
	console_set_thread(NULL);
}

static void run(const char *line)
{
	unfinished = command_run_next(&host_console, &unit, line) == -EAGAIN;
}

/* True when the line is over, so that a new prompt is due. */
static bool act(enum line_event event)
{
	switch (event) {
	case LINE_MORE:
		return false;
	case LINE_COMPLETE:
		complete();
		return false;
	case LINE_DONE:
		run(editor.text);
		return true;
	case LINE_TOO_LONG:
		refuse();
		return true;
	case LINE_ABANDONED:
		run(NULL);
		return true;
	}
	return false;
}

static void boot_script(void)
{
	const char *path = option_boot();
	struct file file;

	if (path && string_equal(path, "none"))
		return;
	/* By default there may be none. */
	if (!path && file_open(BOOT_SCRIPT, &file) == -ENOENT)
		return;
	command_run_file(&host_console, path ? path : BOOT_SCRIPT, NULL);
}

static void terminal_run(void *arg)
{
	line_edit_init(&editor, show);
	boot_script();
	for (;;) {
		prompt();
		line_edit_begin(&editor, prompt_text());
		while (!act(line_edit_byte(&editor, host_console_read())))
			;
	}
}

static const struct daemon terminal = {
	.name = "terminal", .run = terminal_run,
};
DAEMON(terminal);
