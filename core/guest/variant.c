// SPDX-License-Identifier: GPL-2.0-or-later
/* The option of `guest create` that says which variant a guest is. */
#include <vmm/guest_config.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/errno.h>
#include <vmm/log.h>

static const char choices[] = ARCH_GUEST_CHOICES;

static size_t word_size(const char *s)
{
	const char *end = strchr(s, '|');

	return end ? (size_t)(end - s) : strlen(s);
}

/* The word after s, NULL behind the last. */
static const char *word_next(const char *s)
{
	s += word_size(s);
	return *s ? s + 1 : NULL;
}

int guest_variant_parse(const char *name, const char *value, unsigned *out)
{
	unsigned variant = 1;

	for (const char *s = choices; s; s = word_next(s), variant++) {
		if (word_size(s) != strlen(value) ||
		    strncmp(s, value, word_size(s)))
			continue;
		*out = variant;
		return 0;
	}
	return fail(-EINVAL, "guest: %s: --%s: %s: choose from %s", name,
		    ARCH_GUEST_OPTION, value, choices);
}

const char *guest_variant_text(unsigned variant, char *buf, size_t size)
{
	const char *s = choices;

	while (s && --variant)
		s = word_next(s);
	snprintf(buf, size, "--%s %.*s", ARCH_GUEST_OPTION,
		 s ? (int)word_size(s) : 1, s ? s : "?");
	return buf;
}
