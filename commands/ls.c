// SPDX-License-Identifier: GPL-2.0-or-later
#include <libs/printf.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/log.h>

static void print_entry(const struct file_entry *e, void *arg)
{
	struct console *con = arg;

	if (e->is_directory)
		con_printf(con, "%12s  %s/\n", "", e->name);
	else
		con_printf(con, "%12" PRIu64 "  %s\n", e->size, e->name);
}

static int ls(struct console *con, const struct command_args *args)
{
	const char *path = args->count ? args->words[0] : "/";
	struct file f;
	int rc = file_list(path, print_entry, con);

	if (rc == -ENOTDIR && !file_open(path, &f)) {
		con_printf(con, "%12" PRIu64 "  %s\n", f.size, path);
		return 0;
	}
	return rc ? fail(rc, "ls: %s: %s", path, errno_text(rc)) : 0;
}

static const struct verb ls_verbs[] = {
	{ NULL, "[path]", ls, "Lists a directory: size in bytes and name." },
};
COMMAND(ls, "list files");
