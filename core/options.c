// SPDX-License-Identifier: GPL-2.0-or-later
/* Boot options: the words of /chosen/bootargs. */
#include <vmm/options.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/log.h>

#define WORD_MAX	128

SET_DEFINE(option);

static char boot_file[WORD_MAX], console_path[WORD_MAX];
static bool mitigations = true;

static bool parse_boot(const char *value)
{
	return *value && string_copy(boot_file, value, sizeof(boot_file));
}
OPTION(boot, parse_boot);

static bool parse_console(const char *value)
{
	return *value && string_copy(console_path, value,
				     sizeof(console_path));
}
OPTION(console, parse_console);

static bool parse_mitigations(const char *value)
{
	mitigations = !string_equal(value, "off");
	return !mitigations || string_equal(value, "auto");
}
OPTION(mitigations, parse_mitigations);

const char *option_boot(void)
{
	return *boot_file ? boot_file : NULL;
}

const char *option_console(void)
{
	return *console_path ? console_path : NULL;
}

bool option_mitigations(void)
{
	return mitigations;
}

static bool option_set(const char *word)
{
	set_for_each(option, o) {
		const char *value = string_after(word, o->name);

		if (value && *value == '=')
			return o->parse(value + 1);
	}
	return false;
}

/* Takes the next word; returns what follows it, NULL at the end. */
static const char *word_next(const char *s, char *word)
{
	size_t size = 0;

	while (*s == ' ')
		s++;
	if (!*s)
		return NULL;
	for (; *s && *s != ' '; s++)
		if (size < WORD_MAX - 1)
			word[size++] = *s;
	word[size] = '\0';
	return s;
}

void options_parse(const char *args)
{
	char word[WORD_MAX], bad[WORD_MAX] = "";

	while ((args = word_next(args, word)))
		if (!option_set(word))
			printf_append(bad, sizeof(bad), " %s", word);
	if (*bad)
		log_warning("options: not understood:%s", bad);
}

void options_init(void)
{
	const char *args = dt_string(dt_find_path(dt_host, "/chosen"),
				     "bootargs", 0);

	if (args)
		options_parse(args);
}
