// SPDX-License-Identifier: GPL-2.0-or-later
/* Places in a tree's source: lines `path[:property] file:line` of its map. */
#include "config_source.h"
#include <libs/printf.h>
#include <libs/string.h>

#define PLACE_MAX	(CONFIG_SOURCE_MAX - 1)

/* The place in a line whose first word is key; its length in *size. */
static const char *line_match(const char *line, size_t length,
			      const char *key, size_t *size)
{
	size_t key_length = strlen(key);

	if (length <= key_length + 1 || line[key_length] != ' ' ||
	    memcmp(line, key, key_length))
		return NULL;
	*size = length - key_length - 1;
	return line + key_length + 1;
}

static const char *map_find(const struct file *map, const char *key,
			    size_t *size)
{
	const char *at = (const char *)map->data, *end = at + map->size;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *place;

		if (!stop)
			stop = end;
		place = line_match(at, (size_t)(stop - at), key, size);
		if (place)
			return place;
		at = stop + 1;
	}
	return NULL;
}

void config_source_find(const struct file *map,
			const struct guest_problem *problem,
			char buf[CONFIG_SOURCE_MAX])
{
	char key[DT_PATH_MAX + 64];
	const char *place = NULL;
	size_t size;

	buf[0] = '\0';
	if (!map->size)
		return;
	if (problem->property) {
		snprintf(key, sizeof(key), "%s:%s", problem->path,
			 problem->property);
		place = map_find(map, key, &size);
	}
	if (!place)
		place = map_find(map, problem->path, &size);
	if (place)
		snprintf(buf, CONFIG_SOURCE_MAX, "%.*s",
			 (int)MIN(size, (size_t)PLACE_MAX), place);
}

void config_source_open(const char *tree, struct file *map)
{
	char path[DT_PATH_MAX];

	map->size = 0;
	if (!tree || (size_t)snprintf(path, sizeof(path), "%s.map", tree) >=
		     sizeof(path))
		return;
	if (file_open(path, map))
		map->size = 0;
}
