// SPDX-License-Identifier: GPL-2.0-or-later
/* Console, verdict and work for other VCPUs, of bare-metal guests. */
#include "guest.h"

#include <stdarg.h>

uint64_t guest_entry_time;

static void put(char c)
{
	if (c == '\n')
		console_put('\r');
	console_put(c);
}

static void put_number(uint64_t value, unsigned base)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		put(digits[--count]);
}

void print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
			continue;
		}
		switch (*++format) {
		case 's':
			for (const char *s = va_arg(ap, const char *); *s; s++)
				put(*s);
			break;
		case 'x':
			put_number(va_arg(ap, uint64_t), 16);
			break;
		default:
			put_number(va_arg(ap, uint64_t), 10);
		}
	}
	va_end(ap);
}

void pass(void)
{
	print("PASS\n");
	guest_off();
}

void expect_failed(const char *file, int line, const char *what,
		   uint64_t a, uint64_t b)
{
	print("FAIL %s:%u: %s: 0x%x and 0x%x\n", file, (uint64_t)line, what,
	      a, b);
	guest_off();
}

/* ---- work for other VCPUs ---- */

static struct {
	void (*fn)(uint64_t arg);
	uint64_t arg;
} work[MAX_VCPUS];

__attribute__((weak)) void guest_secondary(uint64_t index)
{
	work[index].fn(work[index].arg);
}

void vcpu_begin(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg)
{
	work[index].fn = fn;
	work[index].arg = arg;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	EXPECT_EQ(secondary_on(index), 0);
}

void vcpu_join(uint64_t index)
{
	EXPECT_SOON(vcpu_is_off(index));
}

void vcpu_run(uint64_t index, void (*fn)(uint64_t arg), uint64_t arg)
{
	vcpu_begin(index, fn, arg);
	vcpu_join(index);
}

void vcpu_all(uint64_t count, void (*fn)(uint64_t index))
{
	for (uint64_t i = 1; i < count; i++)
		vcpu_begin(i, fn, i);
	fn(0);
	for (uint64_t i = 1; i < count; i++)
		vcpu_join(i);
}

/* ---- the tree ---- */

uint32_t tree_size(const void *tree)
{
	const uint8_t *head = tree;

	return (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 |
	       (uint32_t)head[6] << 8 | head[7];
}

const char *tree_find(const char *tree, const char *word)
{
	const uint32_t size = tree_size(tree);

	for (uint32_t i = 0; i < size; i++) {
		uint32_t n = 0;

		while (word[n] && tree[i + n] == word[n])
			n++;
		if (!word[n])
			return &tree[i];
	}
	return NULL;
}

bool tree_has_word(const char *tree, const char *word)
{
	return tree_find(tree, word) != NULL;
}
