// SPDX-License-Identifier: GPL-2.0-or-later
#include <libs/char.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/file.h>
#include <vmm/log.h>

static bool is_text(const struct file *f)
{
	for (u64 i = 0; i < f->size; i++)
		if (f->data[i] < ' ' && !char_is_space((char)f->data[i]))
			return false;
	return true;
}

static int cat(struct console *con, const struct command_args *args)
{
	const char *path = args->words[0];
	struct file f;
	int rc = file_open(path, &f);

	if (rc)
		return fail(rc, "cat: %s: %s", path, errno_text(rc));
	if (!is_text(&f))
		return fail(-EBADMSG, "cat: %s: not a text", path);
	report_content(con, "text");
	con_write(con, (const char *)f.data, (size_t)f.size);
	report_end(con);
	return 0;
}

static const struct verb cat_verbs[] = {
	{ NULL, "<file> " VERB_READS, cat, "Prints a text file." },
};
COMMAND(cat, "print a file");
