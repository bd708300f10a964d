// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cpio(5), "New ASCII Format": a header of a magic and 13 fields of eight
 * hexadecimal digits, the name with its zero byte, the data; name and data
 * are each followed by zero bytes up to a multiple of 4 from the start of the
 * archive.  An entry named TRAILER!!! is the last.
 */
#include <libs/cpio.h>
#include <libs/char.h>
#include <libs/string.h>

#define MAGIC_SIZE	6
#define FIELD_SIZE	8
#define HEADER_SIZE	(MAGIC_SIZE + FIELD_COUNT * FIELD_SIZE)
#define TRAILER		"TRAILER!!!"

enum field {
	FIELD_INODE, FIELD_MODE, FIELD_UID, FIELD_GID, FIELD_LINKS,
	FIELD_TIME, FIELD_DATA_SIZE, FIELD_DEVICE_MAJOR, FIELD_DEVICE_MINOR,
	FIELD_NODE_MAJOR, FIELD_NODE_MINOR, FIELD_NAME_SIZE, FIELD_CHECKSUM,
	FIELD_COUNT
};

void cpio_init(struct cpio *c, const void *data, size_t size)
{
	*c = (struct cpio){ .data = data, .size = size };
}

static enum cpio_result malformed(struct cpio *c, const char *reason)
{
	c->reason = reason;
	return CPIO_MALFORMED;
}

static bool read_field(const u8 *digits, u32 *out)
{
	u32 value = 0;

	for (size_t i = 0; i < FIELD_SIZE; i++) {
		u32 digit = char_digit((char)digits[i]);

		if (digit >= 16)
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

/* Reads the header at the offset; NULL, or what is wrong with it. */
static const char *read_header(const struct cpio *c, u32 fields[])
{
	const u8 *header = c->data + c->offset;
	size_t left = c->size - c->offset;

	if (left >= MAGIC_SIZE && memcmp(header, "070701", MAGIC_SIZE) &&
	    memcmp(header, "070702", MAGIC_SIZE))
		return "no header of a cpio archive (newc)";
	if (left < HEADER_SIZE)
		return "the header is cut short";
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (!read_field(header + MAGIC_SIZE + i * FIELD_SIZE,
				&fields[i]))
			return "a header field is not hexadecimal";
	return NULL;
}

/*
 * Takes size bytes at *at and what pads them; false when the archive has not
 * got them.  Padding may be missing where the archive ends.
 */
static bool take(const struct cpio *c, size_t *at, size_t size)
{
	size_t left = c->size - *at;
	size_t padding;

	if (size > left)
		return false;
	padding = -(*at + size - c->start) % 4;
	*at += size + MIN(padding, left - size);
	return true;
}

/* Name and data of the entry whose header was read; moves *at behind it. */
static const char *read_body(const struct cpio *c, const u32 fields[],
			     size_t *at, struct cpio_entry *entry)
{
	size_t name_size = fields[FIELD_NAME_SIZE];
	const u8 *name = c->data + *at + HEADER_SIZE;

	if (name_size < 2)
		return "the name is empty";
	if (name_size > c->size - *at - HEADER_SIZE)
		return "the name is cut short";
	if (memchr(name, 0, name_size) != name + name_size - 1)
		return "the name does not end where its size says";
	take(c, at, HEADER_SIZE + name_size);
	entry->name = (const char *)name;
	entry->data = c->data + *at;
	entry->size = fields[FIELD_DATA_SIZE];
	if (!take(c, at, entry->size))
		return "the data is cut short";
	return NULL;
}

static void fill_entry(struct cpio_entry *entry, const u32 fields[])
{
	entry->mode = fields[FIELD_MODE];
	entry->inode = fields[FIELD_INODE];
	entry->device = (u64)fields[FIELD_DEVICE_MAJOR] << 32 |
			fields[FIELD_DEVICE_MINOR];
	entry->link_count = fields[FIELD_LINKS];
	entry->time = fields[FIELD_TIME];
}

/* Skips zero bytes between archives; is there another one? */
static bool find_archive(struct cpio *c)
{
	while (c->offset < c->size && !c->data[c->offset])
		c->offset++;
	c->start = c->offset;
	c->inside = c->offset < c->size;
	return c->inside;
}

enum cpio_result cpio_next(struct cpio *c, struct cpio_entry *entry)
{
	u32 fields[FIELD_COUNT];
	const char *reason;
	size_t at;

	while (c->inside || find_archive(c)) {
		if (c->offset == c->size)
			return malformed(c, "the trailer is missing");
		reason = read_header(c, fields);
		at = c->offset;
		if (!reason)
			reason = read_body(c, fields, &at, entry);
		if (reason)
			return malformed(c, reason);
		c->offset = at;
		fill_entry(entry, fields);
		if (!string_equal(entry->name, TRAILER))
			return CPIO_ENTRY;
		c->inside = false;
	}
	return CPIO_END;
}
