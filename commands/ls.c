// SPDX-License-Identifier: GPL-2.0-or-later
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/log.h>

struct listing {
	struct console *con;
	bool begun;
};

/* A list that cannot be read has no beginning. */
static void begin(struct listing *l)
{
	if (!l->begun)
		report_list(l->con, "entries", "name:-32 size_bytes:11 kind");
	l->begun = true;
}

static void report_entry(const struct file_entry *e, void *arg)
{
	struct listing *l = arg;
	struct console *con = l->con;

	begin(l);
	report_row(con);
	report_name(con, "name", e->name);
	if (e->is_directory)
		report_text(con, "size_bytes", NULL);
	else
		report_u64(con, "size_bytes", e->size);
	report_text(con, "kind", e->is_directory ? "directory" : "file");
	report_end(con);
}

static int ls(struct console *con, const struct command_args *args)
{
	const char *path = args->count ? args->words[0] : "/";
	struct listing l = { .con = con };
	struct file f;
	int rc = file_list(path, report_entry, &l);

	if (rc == -ENOTDIR && !file_open(path, &f)) {
		report_entry(&(struct file_entry){
			.name = path, .size = f.size }, &l);
		rc = 0;
	}
	if (rc)
		return fail(rc, "ls: %s: %s", path, errno_text(rc));
	begin(&l);
	report_end(con);
	return 0;
}

static const struct verb ls_verbs[] = {
	{ NULL, "[path] " VERB_READS, ls, "Lists a directory." },
};
COMMAND(ls, "list files");
