// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what a debugger sends (LLVM's libFuzzer): bytes become packets, and
 * those requests, whose parts are looked at to their ends.
 */
#include <libs/string.h>
#include <vmm/gdb.h>
#include <vmm/log.h>

static struct gdb_parser parser;
static volatile u8 seen;

static void look(const struct gdb_request *r)
{
	const char *at = r->text, *before = at;
	struct gdb_action action;

	assert(r->verb < GDB_VERB_COUNT && r->size <= GDB_PACKET_MAX);
	for (size_t i = 0; i < r->size; i++)
		seen ^= r->data[i];
	seen ^= (u8)strlen(r->text);
	while (gdb_action_next(&at, &action)) {
		assert(at > before && action.thread >= GDB_THREAD_ALL);
		before = at;
	}
}

static void request(void)
{
	static char frame[GDB_PACKET_MAX + 4];
	struct gdb_request r;

	assert(parser.size <= GDB_PACKET_MAX && !parser.data[parser.size]);
	assert(gdb_frame(frame, parser.data, parser.size) == parser.size + 4);
	gdb_request_parse(parser.data, parser.size, &r);
	look(&r);
}

/* The bytes as they come, then all of them as one packet's data. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	gdb_parser_reset(&parser);
	for (size_t i = 0; i < size; i++)
		if (gdb_parser_feed(&parser, data[i]) == GDB_PACKET)
			request();
	if (size > GDB_PACKET_MAX)
		return 0;
	memcpy(parser.data, data, size);
	parser.data[size] = '\0';
	parser.size = size;
	request();
	return 0;
}
