// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every command of the table for want of memory: as its synopsis has it, with
 * what is needed, and with each option and each argument that may be there.
 */
#include "capture.h"
#include "guest_files.h"
#include "guest_host.h"
#include "starve.h"
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/arch.h>
#include <vmm/command.h>
#include <vmm/errno.h>
#include <vmm/guest.h>
#include <vmm/test.h>
#include <vmm/trace.h>

#define NAME	"starved"
#define OTHER	"starved-too"

/* What words of synopses stand for; the first that fits. */
static const struct sample {
	const char *word, *value;
} samples[] = {
	{ "guest", NAME }, { "GUEST", NAME }, { "vcpu", NAME "/0" },
	{ "name", OTHER " --memory 4M" }, { "file.dtb", FILES_TREE },
	{ "FILE.dtb", FILES_TREE }, { "file", FILES_SCRIPT },
	{ "FILE", FILES_KERNEL }, { "path", "/starved" }, { "N", "1" },
	{ "SIZE", "8M" }, { "LIST", "0" }, { "KEY", "^A" },
	{ "STR", "quiet" }, { "command", "guest" }, { "verb", "create" },
	{ "time", "1us" }, { "count", "20" }, { "kinds", "exits" },
	{ "status", "0" }, { "assignments...", "starving=no" },
	{ "variable...", "starving" },
};

/* What a verb finds its guest in; others find it created. */
static const struct {
	const char *verb;
	enum guest_state state;
} before[] = {
	{ "pause", GUEST_RUNNING }, { "resume", GUEST_PAUSED },
	{ "shutdown", GUEST_RUNNING },
};

/* These end the machine, or run this. */
static const char *const left_out[] = { "reset", "shutdown", "test" };

/* These take seconds, which cost nothing on the fake machine. */
static const char *const slow[] = { "top" };

static char line[512];
static enum guest_state wanted;
static unsigned begun, finished;

/* ---- A line ---- */

/* The device is whatever its guest has. */
static const char *sample(const char *word, size_t size)
{
	static char device[80];
	struct guest *g = guest_find(NAME);

	if (g && size == 6 && !strncmp(word, "device", 6))
		snprintf(device, sizeof(device), NAME "/%s",
			 g->devices[g->device_count - 1]->name);
	if (g)
		guest_put(g);
	if (size == 6 && !strncmp(word, "device", 6))
		return device;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if (strlen(samples[i].word) == size &&
		    !strncmp(samples[i].word, word, size))
			return samples[i].value;
	return "1";
}

static void add_word(const char *word, size_t size)
{
	printf_append(line, sizeof(line), " %.*s", (int)size, word);
}

/* "--opt", "--opt VALUE" or "argument": what is between the brackets. */
static void add_item(const char *item, size_t size)
{
	size_t name = 0;

	while (name < size && item[name] != ' ')
		name++;
	if (*item != '-') {
		item = sample(item, size);
		add_word(item, strlen(item));
		return;
	}
	add_word(item, name);
	if (name < size) {
		item = sample(item + name + 1, size - name - 1);
		add_word(item, strlen(item));
	}
}

/* The n-th item in such brackets; false: there is none. */
static bool add_nth(const char *synopsis, char open, unsigned n)
{
	const char *from = synopsis, *to;

	while ((from = strchr(from, open))) {
		to = strchr(from, open == '<' ? '>' : ']');
		if (!n--) {
			add_item(from + 1, (size_t)(to - from) - 1);
			return true;
		}
		from = to;
	}
	return false;
}

static void begin_line(const struct command *c, const struct verb *v)
{
	line[0] = '\0';
	printf_append(line, sizeof(line), "%s%s%s", c->name,
		      v->name ? " " : "", v->name ? v->name : "");
	for (unsigned i = 0; add_nth(v->synopsis, '<', i); i++)
		;
}

/* ---- The guest ---- */

static void destroy(const char *name)
{
	struct guest *g = guest_find(name);

	if (g)
		guest_destroy(g);
}

static void make(void)
{
	const struct guest_options options = {
		.name = NAME, .tree = FILES_TREE, .priority = -1,
	};
	struct guest *g = guest_find(NAME);

	if (g || !guest_create_from(&options, &g))
		guest_put(g);
}

/* In the state that is wanted; memory may differ before, not after. */
static void prepare(void *arg)
{
	struct guest *g;

	make();
	g = guest_find(NAME);
	if (!g)
		return;
	if (wanted == GUEST_CREATED && g->state != GUEST_CREATED) {
		guest_destroy(g);
		make();
		return;
	}
	if (g->state == GUEST_CREATED && wanted != GUEST_CREATED)
		guest_kick(g);
	if (g->state == GUEST_PAUSED && wanted == GUEST_RUNNING)
		guest_resume(g);
	if (g->state == GUEST_RUNNING && wanted == GUEST_PAUSED)
		guest_pause(g);
	if (g->state == GUEST_CRASHED && wanted == GUEST_RUNNING)
		guest_reset(g);
	guest_put(g);
}

/* What the line left behind. */
static void clear(void *arg)
{
	destroy(OTHER);
	make();
	trace_select(0, 0);
}

/* Half made is nothing. */
static bool is_whole(void *arg)
{
	struct guest *g = guest_find(OTHER);

	if (g)
		guest_put(g);
	return !g;
}

/* ---- Each line ---- */

static int run(void *arg)
{
	int rc;

	capture.status = 0;
	rc = command_run(&capture, line);
	command_forget(&capture);
	capture.rows = capture.columns = 0;	/* `terminal rows` */
	capture.asked = capture.colour = false;
	return rc;
}

/* What is refused anyway is looked at, too: it must not lose more. */
static void starve_line(void)
{
	struct starving s = {
		.what = line, .begin = prepare, .run = run, .undo = clear,
		.is_well = is_whole, .words = "error",
	};

	prepare(NULL);
	capture_begin();
	s.refused = run(NULL);
	capture_end();
	clear(NULL);
	begun++;
	if (starve(&s) >= 0)
		finished++;
}

static void starve_verb(const struct command *c, const struct verb *v)
{
	wanted = GUEST_CREATED;
	for (size_t i = 0; v->name && i < ARRAY_LEN(before); i++)
		if (string_equal(before[i].verb, v->name))
			wanted = before[i].state;
	prepare(NULL);
	begin_line(c, v);
	starve_line();
	for (unsigned i = 0; begin_line(c, v), add_nth(v->synopsis, '[', i);
	     i++)
		starve_line();
}

static bool is_among(const struct command *c, const char *const *names,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (string_equal(names[i], c->name))
			return true;
	return false;
}

static bool is_left_out(const struct command *c)
{
	return is_among(c, left_out, ARRAY_LEN(left_out)) ||
	       (!IS_ENABLED(CONFIG_FAKE) && is_among(c, slow, ARRAY_LEN(slow)));
}

static void commands(void)
{
	EXPECT(guest_host_begin(0) && guest_files_add());
	make();
	set_for_each(command, c)
		for (size_t i = 0; i < c->verb_count && !is_left_out(c); i++)
			starve_verb(c, &c->verbs[i]);
	destroy(NAME);
}

static void each_command(void)
{
	begun = finished = 0;
	EXPECT(in_thread(commands));
	EXPECT(begun > 80);
	EXPECT_EQ(finished, begun);
}

SUITE(command_starved, TEST(each_command));
