// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The boot archive: a cpio in the slot that /chosen/linux,initrd-start and
 * -end name (Linux, Documentation/arch/arm64/booting.rst), plain or gzip,
 * several behind each other as Linux's initramfs allows.
 */
#include <vmm/file.h>
#include <libs/cpio.h>
#include <libs/sort.h>
#include <libs/string.h>
#include <vmm/dt.h>
#include <vmm/errno.h>
#include <vmm/gunzip.h>
#include <vmm/heap.h>
#include <vmm/log.h>
#include <vmm/page.h>

#define PATH_SIZE	4097		/* names of 4096 bytes, and their end */
#define ENTRY_COUNT_MAX	16384
#define ENTRY_COUNT_MIN	64

struct entry {
	const char *path;		/* normal: "/a/b"; of our own */
	const u8 *data;
	u64 size;
	u64 device;
	u32 inode;
	u32 order;			/* of appearance: the last one wins */
	bool is_directory;
	bool is_link;			/* hard link whose data is elsewhere */
};

/* All entries, sorted by path once mounted; constant from then on. */
static struct entry *entries;
static size_t entry_count, entry_room;

/* Memory of members that were compressed: files are used in place. */
static struct unpacked {
	struct unpacked *next;
	u8 *data;
} *unpacked;

/* ---- Paths ---- */

/*
 * Writes path in its normal form, "/a/b" ("" for the root): one slash
 * between names, no ".", and ".." goes up, from the root nowhere.  False
 * when it does not fit.
 */
static bool path_normalize(const char *path, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	while (*path) {
		const char *slash = strchr(path, '/');
		size_t length = slash ? (size_t)(slash - path) : strlen(path);

		if (length == 2 && path[0] == '.' && path[1] == '.') {
			while (used && buf[--used] != '/')
				continue;
		} else if (length > 1 || (length == 1 && path[0] != '.')) {
			if (used + length + 2 > size)
				return false;
			buf[used++] = '/';
			memcpy(buf + used, path, length);
			used += length;
		}
		buf[used] = '\0';
		path += length + (slash ? 1 : 0);
	}
	return true;
}

/* Does path, normal, go out of the root on its way? */
static bool path_escapes(const char *path)
{
	int depth = 0;

	while (*path && depth >= 0) {
		size_t length = 0;

		while (path[length] && path[length] != '/')
			length++;
		if (length == 2 && path[0] == '.' && path[1] == '.')
			depth--;
		else if (length && !(length == 1 && path[0] == '.'))
			depth++;
		path += length + (path[length] == '/');
	}
	return depth < 0;
}

/* ---- Building the index ---- */

static int entries_grow(void)
{
	size_t room = entry_room ? 2 * entry_room : ENTRY_COUNT_MIN;
	struct entry *grown;

	if (entry_count == ENTRY_COUNT_MAX)
		return fail(-E2BIG, "archive: has more than %d entries: the "
			    "rest is left out", ENTRY_COUNT_MAX);
	grown = heap_alloc(room * sizeof(*grown));
	if (!grown)
		return fail(-ENOMEM, "archive: no memory for its index");
	if (entry_count)
		memcpy(grown, entries, entry_count * sizeof(*grown));
	heap_free(entries);
	entries = grown;
	entry_room = room;
	return 0;
}

/* path is normal and becomes a copy of our own. */
static int entry_add(const char *path, const struct entry *like)
{
	struct entry *e;
	int rc;

	if (entry_count == entry_room) {
		rc = entries_grow();
		if (rc)
			return rc;
	}
	e = &entries[entry_count];
	*e = *like;
	e->order = (u32)entry_count;
	e->path = heap_strdup(path);
	if (!e->path)
		return fail(-ENOMEM, "archive: no memory for its index");
	entry_count++;
	return 0;
}

/* Gives the data that came with the last name of a file to all its names. */
static void links_resolve(const struct entry *last)
{
	for (size_t i = 0; i < entry_count; i++) {
		struct entry *e = &entries[i];

		if (!e->is_link || e->inode != last->inode ||
		    e->device != last->device)
			continue;
		e->data = last->data;
		e->size = last->size;
		e->is_link = false;
	}
}

/* buf is scratch of PATH_SIZE bytes. */
static int entry_take(const struct cpio_entry *c, char *buf)
{
	u32 kind = c->mode & CPIO_MODE_KIND;
	const struct entry e = {
		.data = c->data, .size = c->size,
		.device = c->device, .inode = c->inode,
		.is_directory = kind == CPIO_MODE_DIRECTORY,
		.is_link = kind == CPIO_MODE_FILE && c->link_count > 1 &&
			   !c->size,
	};

	if (path_escapes(c->name) || !path_normalize(c->name, buf, PATH_SIZE)) {
		log_warning("archive: %.64s: no name for a file here: left out",
			    c->name);
		return 0;
	}
	if (!buf[0])
		return 0;
	if (kind != CPIO_MODE_DIRECTORY && kind != CPIO_MODE_FILE) {
		log_warning("archive: %s: %s: left out", buf,
			    kind == CPIO_MODE_SYMLINK ? "a symbolic link" :
			    "no file and no directory");
		return 0;
	}
	if (c->size && c->link_count > 1)
		links_resolve(&e);
	return entry_add(buf, &e);
}

/* Takes what is a cpio; *used tells where it stopped being one. */
static int cpio_take(const u8 *data, size_t size, char *buf, size_t *used)
{
	struct cpio_entry entry;
	struct cpio c;
	enum cpio_result result;
	int rc = 0;

	cpio_init(&c, data, size);
	while (!rc && (result = cpio_next(&c, &entry)) == CPIO_ENTRY)
		rc = entry_take(&entry, buf);
	if (rc)
		return rc;
	*used = result == CPIO_END ? size : c.offset;
	if (result == CPIO_END || (!c.inside && *used &&
				   gunzip_is_gzip(data + *used, size - *used)))
		return 0;
	return fail(-EBADMSG, "archive: %s at offset %#zx: what comes before "
		    "is kept", c.reason, c.offset);
}

static u64 unpacked_max(void)
{
	struct page_stats stats;

	page_stats_get(&stats);
	return stats.free_bytes / 2;
}

static int gzip_take(const u8 *data, size_t size, char *buf, size_t *used)
{
	struct unpacked *u = heap_alloc(sizeof(*u));
	struct gunzip g;
	size_t inner;
	int rc;

	if (!u)
		return fail(-ENOMEM, "archive: no memory to unpack it");
	rc = gunzip_member(data, size, unpacked_max(), "archive", &g);
	if (rc) {
		heap_free(u);
		return rc;
	}
	*u = (struct unpacked){ unpacked, g.data };
	unpacked = u;
	*used = g.consumed;
	return cpio_take(g.data, g.size, buf, &inner);
}

static int archive_take(const u8 *data, size_t size, char *buf)
{
	size_t at = 0, used;
	int rc = 0;

	while (!rc && at < size) {
		if (!data[at]) {
			at++;
			continue;
		}
		if (gunzip_is_gzip(data + at, size - at))
			rc = gzip_take(data + at, size - at, buf, &used);
		else
			rc = cpio_take(data + at, size - at, buf, &used);
		at += used;
	}
	return rc;
}

/* ---- The index: sorted, one entry for each path ---- */

/* As strcmp(), but what is below a directory comes right behind it. */
static int path_compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == '/' || *b == '/')
		return (*a ? (*a == '/' ? 1 : 2) : 0) -
		       (*b ? (*b == '/' ? 1 : 2) : 0);
	return (u8)*a - (u8)*b;
}

static int entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = path_compare(x->path, y->path);

	return order ? order : x->order < y->order ? -1 : 1;
}

/* Keeps the last of entries that have the same path. */
static void duplicates_drop(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < entry_count; i++) {
		if (kept && string_equal(entries[kept - 1].path,
					 entries[i].path)) {
			if (!entries[i].is_directory)
				log_warning("archive: %s: there more than "
					    "once: the last one counts",
					    entries[i].path);
			heap_free((void *)(uintptr_t)entries[--kept].path);
		}
		entries[kept++] = entries[i];
	}
	entry_count = kept;
}

int file_mount(const void *data, size_t size)
{
	HEAP_SCOPED char *buf = heap_alloc(PATH_SIZE);
	int rc;

	if (!buf)
		return fail(-ENOMEM, "archive: no memory for its index");
	rc = archive_take(data, size, buf);
	sort_array(entries, entry_count, sizeof(*entries), entry_compare);
	duplicates_drop();
	for (size_t i = 0; i < entry_count; i++)
		entries[i].order = 0;
	return rc;
}

void file_unmount(void)
{
	while (entry_count)
		heap_free((void *)(uintptr_t)entries[--entry_count].path);
	heap_free(entries);
	entries = NULL;
	entry_room = 0;
	while (unpacked) {
		struct unpacked *u = unpacked;

		unpacked = u->next;
		heap_free(u->data);
		heap_free(u);
	}
}

int file_mount_archive(void)
{
	struct dt_node chosen = dt_find_path(dt_host, "/chosen");
	u64 start, end;

	if (!dt_u64(chosen, "linux,initrd-start", &start) ||
	    !dt_u64(chosen, "linux,initrd-end", &end)) {
		log_info("archive: none was given");
		return 0;
	}
	if (end <= start)
		return fail(-EINVAL, "archive: the loader's tree says it ends "
			    "at %#llx before it starts at %#llx",
			    (unsigned long long)end,
			    (unsigned long long)start);
	return file_mount(hpa_to_ptr(HPA(start)), end - start);
}

/* ---- Look-ups ---- */

/* The first entry that does not go before path. */
static size_t entry_lower_bound(const char *path)
{
	size_t low = 0, high = entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (path_compare(entries[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What follows directory (of length characters) and '/', or NULL. */
static const char *path_below(const char *path, const char *directory,
			      size_t length)
{
	if (strncmp(path, directory, length) || path[length] != '/')
		return NULL;
	return path + length + 1;
}

static bool is_directory(const char *path, size_t at)
{
	if (!path[0])
		return true;
	if (at == entry_count)
		return false;
	if (string_equal(entries[at].path, path))
		return entries[at].is_directory;
	return path_below(entries[at].path, path, strlen(path)) != NULL;
}

int file_open(const char *path, struct file *out)
{
	HEAP_SCOPED char *normal = heap_alloc(PATH_SIZE);
	const struct entry *e;
	size_t at;

	if (!normal)
		return -ENOMEM;
	if (!path_normalize(path, normal, PATH_SIZE))
		return -ENOENT;
	at = entry_lower_bound(normal);
	if (is_directory(normal, at))
		return -EISDIR;
	if (at == entry_count || !string_equal(entries[at].path, normal))
		return -ENOENT;
	e = &entries[at];
	*out = (struct file){ e->path, e->data, e->size };
	return 0;
}

/* Hands out the entries that begin at index at, one for each name. */
static void list_walk(char *directory, size_t at,
		      void (*fn)(const struct file_entry *e, void *arg),
		      void *arg)
{
	size_t length = strlen(directory), done = 0;
	char *name = directory + length + 1;
	const char *below;

	for (; at < entry_count; at++) {
		struct file_entry out = { .name = name };
		size_t size = 0;

		below = path_below(entries[at].path, directory, length);
		if (!below)
			return;
		while (below[size] && below[size] != '/')
			size++;
		if (done == size && !memcmp(below, name, size))
			continue;
		memcpy(name, below, size);
		name[size] = '\0';
		done = size;
		out.is_directory = below[size] || entries[at].is_directory;
		out.size = out.is_directory ? 0 : entries[at].size;
		fn(&out, arg);
	}
}

int file_list(const char *path,
	      void (*fn)(const struct file_entry *e, void *arg), void *arg)
{
	HEAP_SCOPED char *normal = heap_alloc(2 * PATH_SIZE);
	size_t at;

	if (!normal)
		return -ENOMEM;
	if (!path_normalize(path, normal, PATH_SIZE))
		return -ENOENT;
	at = entry_lower_bound(normal);
	if (!is_directory(normal, at))
		return at < entry_count && string_equal(entries[at].path,
							normal)
			       ? -ENOTDIR : -ENOENT;
	if (normal[0] && string_equal(entries[at].path, normal))
		at++;
	/* The name of each entry is built behind the directory's own. */
	list_walk(normal, at, fn, arg);
	return 0;
}
