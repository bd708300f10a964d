// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the table of a kernel's names by its shape, from the one part that
 * looks like nothing else: 256 ascending positions of strings (kallsyms.h).
 */
#include <libs/kallsyms.h>
#include <libs/string.h>
#include <vmm/errno.h>

#define TOKEN_COUNT	256u
#define INDEX_SIZE	(2 * TOKEN_COUNT)
#define TOKEN_MAX	64u		/* bytes of one, with its end */
#define NAMES_MIN	256u
#define NAMES_MAX	BIT(20)
#define BACK_MAX	MIB(16)		/* from the tokens to the count */
#define STEPS_MAX	(8u << 20)	/* of names and places looked at */
#define READ_STEPS	16u		/* for each window that is read */
#define MARKER_NAMES	256u

static bool spend(struct kallsyms *k, u32 steps)
{
	const bool enough = k->left >= steps;

	k->left = enough ? k->left - steps : 0;
	return enough;
}

/* size bytes at offset, or NULL; good until the next call. */
static const u8 *bytes(struct kallsyms *k, u64 offset, size_t size)
{
	const u64 end = k->source->size;
	size_t wanted;

	if (offset - k->window_at <= k->window_size &&
	    size <= k->window_size - (offset - k->window_at))
		return k->window + (offset - k->window_at);
	if (offset > end || size > end - offset || size > KALLSYMS_WINDOW)
		return NULL;
	wanted = (size_t)MIN(end - offset, (u64)KALLSYMS_WINDOW);
	k->window_size = 0;
	if (!spend(k, READ_STEPS) ||
	    k->source->read(k->source, offset, k->window, wanted))
		return NULL;
	k->window_at = offset;
	k->window_size = wanted;
	return k->window;
}

/* A little-endian number; ~0 outside. */
static u64 number(struct kallsyms *k, u64 offset, size_t size)
{
	const u8 *b = bytes(k, offset, size);
	u64 value = 0;

	if (!b)
		return ~0ull;
	while (size-- > 0)
		value = value << 8 | b[size];
	return value;
}

static u64 align8(u64 n)
{
	return (n + 7) & ~7ull;
}

/* ---- tokens and their index ---- */

static bool is_index(const u8 *b)
{
	u32 before = 0;

	for (unsigned i = 1; i < TOKEN_COUNT; i++) {
		const u32 at = b[2 * i] | (u32)b[2 * i + 1] << 8;

		if (at < before + 2 || at > before + TOKEN_MAX)
			return false;
		before = at;
	}
	return true;
}

/* The strings that the index at k->index leads to lie before it, packed. */
static bool are_tokens(struct kallsyms *k, u64 tokens)
{
	for (unsigned i = 1; i < TOKEN_COUNT; i++) {
		const u64 at = tokens + number(k, k->index + 2 * i, 2);

		if (at < tokens || at >= k->index ||
		    number(k, at - 1, 2) > 0xffff ||
		    (number(k, at - 1, 2) & 0xff) || !(number(k, at, 1)))
			return false;
	}
	return true;
}

static bool find_tokens(struct kallsyms *k)
{
	const u64 last = number(k, k->index + INDEX_SIZE - 2, 2);
	u64 at;

	for (u64 size = last + 2; size <= last + TOKEN_MAX + 8; size++) {
		at = k->index - size;
		if (size > k->index || at & 7)
			continue;
		if (!spend(k, TOKEN_COUNT))
			return false;
		if (!number(k, k->index - 1, 1) && are_tokens(k, at)) {
			k->tokens = at;
			return true;
		}
	}
	return false;
}

/* ---- names and markers ---- */

/* The size of the name at offset with its length, or 0. */
static u32 name_size(struct kallsyms *k, u64 offset, u32 *head)
{
	const u8 *b = bytes(k, offset, 2);
	u32 length;

	if (!b)
		return 0;
	length = b[0];
	*head = 1;
	if (length & 0x80) {
		length = (length & 0x7f) | (u32)b[1] << 7;
		*head = 2;
	}
	return length ? *head + length : 0;
}

/* All names, one after the other, with each marker where it should be. */
static bool are_names(struct kallsyms *k)
{
	u64 at = k->names;
	u32 head;

	for (u32 i = 0; i < k->count; i++) {
		const u32 size = name_size(k, at, &head);

		if (!size || !spend(k, 1) ||
		    (i % MARKER_NAMES == 0 &&
		     number(k, k->markers + i / MARKER_NAMES * 4, 4) !=
		     at - k->names))
			return false;
		at += size;
	}
	return at <= k->markers && k->markers - at < 8;
}

static bool try_count(struct kallsyms *k, u64 at, u64 extra)
{
	const u64 count = k->count;
	const u64 markers = align8((count + MARKER_NAMES - 1) / MARKER_NAMES *
				   4);
	const u64 behind = align8(count * extra) + markers;

	k->names = at + 8;
	if (behind > k->tokens || k->tokens - behind < k->names + 2 * count)
		return false;
	k->markers = k->tokens - behind;
	return !number(k, k->markers, 4) && are_names(k);
}

/* Back from the tokens: a number that fits all that follows it. */
static bool find_names(struct kallsyms *k)
{
	const u64 first = k->tokens > BACK_MAX ? k->tokens - BACK_MAX : 0;
	const u64 chunk = KALLSYMS_WINDOW;
	u64 top = k->tokens;

	while (top > first && spend(k, KALLSYMS_WINDOW / 8)) {
		const u64 low = top - first > chunk ? top - chunk : first;

		for (u64 at = top; at >= low + 8; ) {
			u64 count;

			at -= 8;
			/* Keeps the window where the search is. */
			count = bytes(k, low, (size_t)(top - low)) ?
				number(k, at, 8) : 0;
			if (count < NAMES_MIN || count >= NAMES_MAX)
				continue;
			k->count = (u32)count;
			if (try_count(k, at, 0) || try_count(k, at, 3))
				return true;
		}
		top = low;
	}
	return false;
}

/* ---- offsets ---- */

static bool are_offsets(struct kallsyms *k, u64 at)
{
	u64 before = 0;

	for (u32 i = 0; i < k->count; i++) {
		const u64 offset = number(k, at + 4ull * i, 4);

		if (offset == ~0ull || offset < before)
			return false;
		before = offset;
	}
	return before != 0;
}

static bool find_offsets(struct kallsyms *k)
{
	const u64 size = align8(4ull * k->count);
	const u64 count_at = k->names - 8;

	k->offsets = k->index + INDEX_SIZE;
	if (are_offsets(k, k->offsets)) {
		k->base_at = k->offsets + size;
		return true;
	}
	if (count_at < size + 8)
		return false;
	k->offsets = count_at - 8 - size;
	k->base_at = count_at - 8;
	return are_offsets(k, k->offsets);
}

int kallsyms_find(struct kallsyms *k, struct kallsyms_source *source)
{
	const u64 step = KALLSYMS_WINDOW - INDEX_SIZE;

	*k = (struct kallsyms){ .source = source, .left = STEPS_MAX };
	for (u64 at = 0; at + INDEX_SIZE <= source->size; at += step) {
		const u64 size = MIN(source->size - at,
				     (u64)KALLSYMS_WINDOW) & ~7ull;

		for (u64 i = 0; i < step && i + INDEX_SIZE <= size; i += 8) {
			const u8 *b = bytes(k, at, (size_t)size);

			if (!b)
				return k->left ? -EBADMSG : -E2BIG;
			b += i;
			if (b[0] | b[1] | b[3] || b[2] < 2 || !is_index(b))
				continue;
			k->index = at + i;
			if (find_tokens(k) && find_names(k) && find_offsets(k))
				return 0;
			if (!k->left)
				return -E2BIG;
		}
	}
	return -ENOENT;
}

/* ---- look-up ---- */

/* The first of those with the greatest offset up to this one. */
static u32 find_number(struct kallsyms *k, u64 offset)
{
	u32 low = 0, high = k->count;
	u64 found;

	while (high - low > 1) {
		const u32 middle = low + (high - low) / 2;

		if (number(k, k->offsets + 4ull * middle, 4) <= offset)
			low = middle;
		else
			high = middle;
	}
	found = number(k, k->offsets + 4ull * low, 4);
	while (low && number(k, k->offsets + 4ull * (low - 1), 4) == found)
		low--;
	return low;
}

/* Where the n-th name begins. */
static u64 find_name(struct kallsyms *k, u32 n)
{
	u64 at = k->names + number(k, k->markers + n / MARKER_NAMES * 4, 4);
	u32 head;

	for (u32 i = 0; i < n % MARKER_NAMES; i++)
		at += name_size(k, at, &head);
	return at;
}

/* Appends what a token stands for; *at counts from the type's letter. */
static void expand(struct kallsyms *k, u8 token, u32 *at, char *name)
{
	const u64 from = k->tokens + number(k, k->index + 2u * token, 2);

	for (u64 i = 0; i < TOKEN_MAX; i++) {
		const u64 c = number(k, from + i, 1);

		if (c <= ' ' || c > '~')
			return;
		if (*at && *at < KALLSYMS_NAME_SIZE)
			name[*at - 1] = (char)c;
		++*at;
	}
}

const char *kallsyms_lookup(struct kallsyms *k, u64 offset, u64 *distance,
			    char name[KALLSYMS_NAME_SIZE])
{
	u32 n, head, used = 0, size;
	u64 at, start;

	k->left = STEPS_MAX;
	n = find_number(k, offset);
	start = number(k, k->offsets + 4ull * n, 4);
	at = find_name(k, n);
	size = name_size(k, at, &head);
	if (start > offset || !size)
		return NULL;
	for (u32 i = head; i < size && used < KALLSYMS_NAME_SIZE; i++)
		expand(k, (u8)number(k, at + i, 1), &used, name);
	if (used < 2)
		return NULL;
	name[MIN(used, (u32)KALLSYMS_NAME_SIZE) - 1] = '\0';
	*distance = offset - start;
	return name;
}
