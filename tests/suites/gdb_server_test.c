// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * core/gdb and core/guest/debug: a debugger's session with a guest on
 * simulated CPUs, packet by packet.  The guest has two VCPUs and one page of
 * RAM, where virtual addresses are physical ones.
 */
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/clock.h>
#include <vmm/errno.h>
#include <vmm/hostmap.h>
#include <vmm/page.h>
#include <vmm/test.h>

#include "../../core/gdb/server.h"
#include "../../core/guest/internal.h"
#include "fake_platform.h"

#define STEP_NS		200000ull
#define VCPUS		2
#define RAM		0x1000ull

static bool pic_pending(struct vpic *p, struct vcpu *v)
{
	return false;
}

static void pic_nothing(struct vpic *p, struct vcpu *v)
{
}

static const struct vpic_ops pic_ops = {
	.name = "none", .pending = pic_pending, .vcpu_reset = pic_nothing,
	.sync = pic_nothing,
};
static struct vpic pic = { .ops = &pic_ops };

static struct guest g;
static struct guest_config config;
static struct guest_block block;
static struct vcpu vcpus[VCPUS], *vcpu_list[VCPUS];
static struct list listed;

static bool add_vcpu(unsigned i)
{
	struct vcpu *v = &vcpus[i];
	char name[16];

	*v = (struct vcpu){
		.guest = &g, .index = i, .hwid = i, .power = VCPU_OFF,
	};
	snprintf(name, sizeof(name), "gdb/%u", i);
	if (thread_init(&v->thread, name, 0))
		return false;
	v->thread.group = &g.group;
	thread_set_body(&v->thread, vcpu_thread, v);
	vcpu_list[i] = v;
	return true;
}

static bool begin(void)
{
	platform_start(2);
	block.base = GPA(RAM);
	if (page_alloc(0, PAGE_GUEST_RAM, &block.host))
		return false;
	memset(hpa_to_ptr(block.host), 0, PAGE_SIZE);
	g = (struct guest){
		.name = "gdb", .vcpus = vcpu_list, .vcpu_count = VCPUS,
		.pic = &pic, .references = 100, .config = &config,
		.blocks = &block, .block_count = 1,
	};
	mutex_init(&g.lock);
	wait_init(&g.parking);
	spin_init(&g.power_lock, LOCK_POWER);
	sched_group_init(&g.group);
	list_init(&listed);
	list_add_tail(&listed, &g.entry);
	for (unsigned i = 0; i < VCPUS; i++)
		if (!add_vcpu(i))
			return false;
	vcpus[0].start.entry = GPA(RAM);
	vcpus[0].power = VCPU_STARTING;
	return true;
}

/* ---- The debugger: packets to send and what they are answered with ---- */

struct line {
	const char *send;		/* NULL: the end; \3: not a packet */
	const char *wanted;		/* NULL: no answer but a later one */
};

static const struct line *at, *bad;
static char bytes[512], answers[4096];
static size_t byte_count, byte_at, answer_size;

static void next_line(void)
{
	if (!at->send || *at->send == '\3') {
		string_copy(bytes, at->send ? at->send : "\x1d", 3);
		byte_count = 1;
	} else {
		byte_count = gdb_frame(bytes, at->send, strlen(at->send));
	}
	byte_at = answer_size = 0;
}

/* What came is $wanted#sum, once; or what is not there yet. */
static bool is_answered(void)
{
	static char frame[4096];
	size_t size;

	if (!at->wanted)
		return !answer_size;
	size = gdb_frame(frame, at->wanted, strlen(at->wanted));
	return answer_size == size && !memcmp(answers, frame, size);
}

static bool is_waiting(void)
{
	return at->wanted && !answer_size;
}

static int link_read(void *line, u8 *byte, const bool *stop, u64 deadline)
{
	if (byte_at == byte_count && at->send) {
		while (is_waiting() && !__atomic_load_n(stop, __ATOMIC_ACQUIRE))
			wait_deadline(clock_now() + STEP_NS);
		if (__atomic_load_n(stop, __ATOMIC_ACQUIRE))
			return -ECANCELED;
		if (!is_answered() && !bad)
			bad = at;
		at++;
		next_line();
	}
	*byte = (u8)bytes[byte_at++];
	return 0;
}

static void link_write(void *line, const char *data, size_t size)
{
	size = MIN(size, sizeof(answers) - answer_size);
	memcpy(answers + answer_size, data, size);
	answer_size += size;
}

static void link_wake(struct guest_debug *d)
{
}

static const struct gdb_link script_link = {
	.read = link_read, .write = link_write,
};
static struct gdb_server server;
static int result;
static bool done;

static void session(void *arg)
{
	server = (struct gdb_server){ .link = &script_link, .no_ack = true };
	at = arg;
	bad = NULL;
	next_line();
	result = guest_debug_begin(&server.debug, &g, link_wake);
	if (!result) {
		gdb_serve(&server);
		guest_debug_end(&server.debug);
	}
	console_set_thread(NULL);
	done = true;
}

static void steps(unsigned count)
{
	while (count--)
		platform_step(STEP_NS);
}

/* NULL: all was answered as wanted; else the packet that was not. */
static const char *run(const struct line *script)
{
	struct thread *t;

	done = false;
	if (thread_create("session", session, (void *)(uintptr_t)script, &t))
		return "thread";
	t->priority = THREAD_PRIORITY_SYSTEM;
	thread_start(t);
	for (unsigned i = 0; i < 5000 && t->state != THREAD_DEAD; i++)
		platform_step(STEP_NS);
	if (!done)
		return at->send ? at->send : "end";
	thread_destroy(t);
	return bad ? bad->send : NULL;
}

static void destroy(void *arg)
{
	guest_destroy(&g);
}

static bool all_dead(void)
{
	struct thread *t;
	bool dead = true;

	if (g.entry.next != &g.entry &&
	    !thread_create("destroyer", destroy, NULL, &t)) {
		thread_start(t);
		steps(100);
		thread_destroy(t);
	}
	for (unsigned i = 0; i < VCPUS; i++) {
		dead = dead && vcpus[i].thread.state == THREAD_DEAD;
		thread_fini(&vcpus[i].thread);
	}
	page_free(block.host, 0, PAGE_GUEST_RAM);
	platform_stop();
	return dead;
}

static bool matches(const char *what)
{
	if (what)
		test_fail(__FILE__, __LINE__, what);
	return !what;
}

/* ---- Cases ---- */

#define REGISTERS							\
	"0010000000000000" "0000000000000000" "0000000000000000"	\
	"0000000000000000" "0000000000000000" "0010000000000000"

static const struct line looks[] = {
	{ "?", "T05thread:1;" },
	{ "qC", "QC1" }, { "qfThreadInfo", "m1,2" }, { "qsThreadInfo", "l" },
	{ "T2", "OK" }, { "T3", "E16" }, { "T0", "E16" },
	{ "qThreadExtraInfo,2", "6764622f312c206f6666" },
	{ "g", REGISTERS }, { "p0", "0010000000000000" }, { "p6", "E16" },
	{ "P1=efcdab8967452301", "OK" }, { "p1", "efcdab8967452301" },
	{ "P1=00", "E16" }, { "P5=0000000000000000", "E01" },
	{ "Hg2", "OK" }, { "p0", "0000000000000000" }, { "Hg1", "OK" },
	{ "Hg9", "E16" },
	{ "M1ffe,2:1234", "OK" }, { "m1ffc,4", "00001234" },
	{ "m1ffe,3", "E0e" }, { "m0,4", "E0e" }, { "X1010,2:ab", "OK" },
	{ "m1010,2", "6162" }, { "X1010,3:ab", "E16" },
	{ "Qqemu.PhyMemMode:1", "OK" }, { "m1010,1", "61" },
	{ "qqemu.PhyMemMode", "1" }, { "Qqemu.PhyMemMode:0", "OK" },
	{ "vMustReplyEmpty", "" }, { "vCont?", "vCont;c;C;s;S;t" },
	{ "vCont;", "E16" }, { "vCont;x:", "E16" },
	{ "D", "OK" }, { NULL, NULL },
};

static void begins_and_looks(void)
{
	EXPECT(begin());
	EXPECT(matches(run(looks)));
	EXPECT_EQ(result, 0);
	EXPECT_EQ(g.state, GUEST_RUNNING);
	EXPECT(!g.debug && !vcpus[0].arch.debug_on);
	EXPECT(all_dead());
}

static const struct line breaks[] = {
	{ "Z0,1008,4", "OK" }, { "Z0,1008,4", "OK" }, { "m1008,4", "00000000" },
	{ "Z0,1008,3", "E16" }, { "Z2,1000,4", "" }, { "Z5,1000,4", "E16" },
	{ "Z0,800,4", "OK" }, { "z0,800,4", "OK" },
	{ "vCont;s:1;c", "T05thread:1;" }, { "p0", "0410000000000000" },
	{ "s", "T05thread:1;" }, { "p0", "0810000000000000" },
	{ "vCont;c", "T05thread:1;swbreak:;" }, { "m1008,4", "00000000" },
	{ "z0,1008,4", "OK" }, { "z0,1008,4", "E16" },
	{ "Z1,1010,4", "OK" }, { "P0=1010000000000000", "OK" },
	{ "vCont;c", NULL }, { "\3", "T02thread:1;" },
	{ "c", NULL }, { "g", NULL }, { NULL, NULL },
};

/* The last packet comes while the guest runs: it stops, and is answered. */
static void breaks_and_steps(void)
{
	EXPECT(begin());
	EXPECT(string_equal(run(breaks), "g"));
	EXPECT(answer_size == 0 && !g.debug);
	EXPECT(all_dead());
}

static const struct line kills[] = {
	{ "c", NULL }, { "\3", "T02thread:1;" }, { "k", "OK" }, { NULL, NULL },
};

static void kill(void)
{
	EXPECT(begin());
	EXPECT(matches(run(kills)));
	EXPECT_EQ(g.state, GUEST_HALTED);
	EXPECT(!g.debug);
	EXPECT(all_dead());
}

/* Another session's doing: the debugger is told, and its session is over. */
static const struct line loses[] = {
	{ "c", "W00" }, { NULL, NULL },
};

static void end_of_the_guest(void)
{
	struct thread *t;

	EXPECT(begin());
	EXPECT_EQ(thread_create("destroyer", destroy, NULL, &t), 0);
	done = false;
	EXPECT_EQ(result, 0);
	{
		struct thread *s;

		EXPECT_EQ(thread_create("session", session,
					(void *)(uintptr_t)loses, &s), 0);
		thread_start(s);
		steps(200);
		EXPECT(g.debug && server.running);
		thread_start(t);
		steps(200);
		EXPECT(done && !bad && server.over);
		thread_destroy(s);
	}
	thread_destroy(t);
	EXPECT(all_dead());
}

static void reset(void *arg)
{
	guest_reset(&g);
}

/* Where no image lies; and its tree is none, so that the reset fails. */
static const struct line resets[] = {
	{ "Z0,1100,4", "OK" }, { "c", "X06" }, { NULL, NULL },
};

static void reset_in_vain(void)
{
	struct thread *t, *s;
	u32 code = 0;

	EXPECT(begin());
	config.os_tree = "nothing";
	EXPECT_EQ(thread_create("resetter", reset, NULL, &t), 0);
	EXPECT_EQ(thread_create("session", session,
				(void *)(uintptr_t)resets, &s), 0);
	done = false;
	thread_start(s);
	steps(200);
	EXPECT(!guest_read(&g, GPA(0x1100), &code, 4) && code);
	thread_start(t);
	steps(200);
	EXPECT(!guest_read(&g, GPA(0x1100), &code, 4) && !code);
	EXPECT_EQ(g.state, GUEST_CRASHED);
	EXPECT(done && !bad && server.over);
	thread_destroy(t);
	if (done)
		thread_destroy(s);
	config.os_tree = NULL;
	EXPECT(all_dead());
}

SUITE(gdb_server, TEST(begins_and_looks), TEST(breaks_and_steps),
      TEST(kill), TEST(end_of_the_guest), TEST(reset_in_vain));
