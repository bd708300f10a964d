// SPDX-License-Identifier: GPL-2.0-or-later
/* Formatted output, C11 7.21.6.1 without floating point. */
#include <libs/printf.h>
#include <limits.h>
#include <libs/char.h>
#include <libs/string.h>

/* Octal digits of 64 bits. */
#define DIGITS_MAX	22

/* One conversion: what stands between % and its letter. */
struct spec {
	bool left, zero, plus, space, alternate;
	char length;		/* h l z as in the text; H, L doubled */
	int width;
	int precision;		/* negative: none */
};

struct output {
	struct printf_sink *sink;
	size_t written;
};

static void put(struct output *out, const char *text, size_t size)
{
	if (size)
		out->sink->write(out->sink, text, size);
	out->written += size;
}

#define RUN_SIZE	16
static const char spaces[RUN_SIZE + 1] = "                ";
static const char zeros[RUN_SIZE + 1] = "0000000000000000";

/* RUN_SIZE of them again and again. */
static void put_repeated(struct output *out, const char *run, size_t count)
{
	while (count) {
		size_t step = MIN(count, (size_t)RUN_SIZE);

		put(out, run, step);
		count -= step;
	}
}

static size_t missing(int wanted, size_t have)
{
	return wanted > 0 && (size_t)wanted > have ? (size_t)wanted - have : 0;
}

static void put_padded(struct output *out, const struct spec *spec,
		       const char *text, size_t size)
{
	size_t pad = missing(spec->width, size);

	if (!spec->left)
		put_repeated(out, spaces, pad);
	put(out, text, size);
	if (spec->left)
		put_repeated(out, spaces, pad);
}

static void put_string(struct output *out, const struct spec *spec,
		       const char *s)
{
	if (!s)
		s = "(null)";
	put_padded(out, spec, s, spec->precision < 0 ? strlen(s) :
		   strnlen(s, (size_t)spec->precision));
}

/* A number split into what is padded around it: prefix, zeros, digits. */
struct number {
	const char *prefix;
	char digits[DIGITS_MAX];	/* at the end */
	size_t count;
};

static void number_digits(struct number *n, u64 value, char conversion)
{
	const char *set = conversion == 'X' ? "0123456789ABCDEF" :
					      "0123456789abcdef";
	unsigned base = conversion == 'o' ? 8 :
			char_to_lower(conversion) == 'x' ? 16 : 10;
	char *p = n->digits + DIGITS_MAX;

	for (; value; value /= base)
		*--p = set[value % base];
	n->count = (size_t)(n->digits + DIGITS_MAX - p);
}

/* Leading zeros that the precision asks for, 1 when none is given. */
static size_t zeros_for(const struct spec *spec, size_t count)
{
	return missing(spec->precision < 0 ? 1 : spec->precision, count);
}

static void put_number(struct output *out, const struct spec *spec,
		       const struct number *n)
{
	size_t leading = zeros_for(spec, n->count);
	size_t prefix = strlen(n->prefix);
	size_t pad = missing(spec->width, prefix + leading + n->count);

	if (spec->zero && !spec->left && spec->precision < 0) {
		leading += pad;
		pad = 0;
	}
	if (!spec->left)
		put_repeated(out, spaces, pad);
	put(out, n->prefix, prefix);
	put_repeated(out, zeros, leading);
	put(out, n->digits + DIGITS_MAX - n->count, n->count);
	if (spec->left)
		put_repeated(out, spaces, pad);
}

static void put_unsigned(struct output *out, const struct spec *spec,
			 u64 value, char conversion)
{
	struct number n = { .prefix = "" };

	number_digits(&n, value, conversion);
	if (spec->alternate && value && conversion == 'x')
		n.prefix = "0x";
	if (spec->alternate && value && conversion == 'X')
		n.prefix = "0X";
	if (spec->alternate && conversion == 'o' && !zeros_for(spec, n.count))
		n.prefix = "0";
	put_number(out, spec, &n);
}

static void put_signed(struct output *out, const struct spec *spec, s64 value)
{
	struct number n = { .prefix = spec->plus ? "+" :
				      spec->space ? " " : "" };

	if (value < 0)
		n.prefix = "-";
	number_digits(&n, value < 0 ? -(u64)value : (u64)value, 'd');
	put_number(out, spec, &n);
}

static void put_pointer(struct output *out, const struct spec *spec,
			const void *pointer)
{
	struct number n = { .prefix = "0x" };

	number_digits(&n, (uintptr_t)pointer, 'x');
	put_number(out, spec, &n);
}

/* Where in the format we are, and the arguments not yet used. */
struct scan {
	const char *at;
	va_list args;
};

static void scan_flags(struct scan *scan, struct spec *spec)
{
	for (;; scan->at++) {
		switch (*scan->at) {
		case '-': spec->left = true; break;
		case '0': spec->zero = true; break;
		case '+': spec->plus = true; break;
		case ' ': spec->space = true; break;
		case '#': spec->alternate = true; break;
		default: return;
		}
	}
}

/* A number or *; what overflows stays at the largest int. */
static int scan_number(struct scan *scan)
{
	int value = 0;

	if (*scan->at == '*') {
		scan->at++;
		return va_arg(scan->args, int);
	}
	for (; char_is_digit(*scan->at); scan->at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *scan->at - '0', &value))
			value = INT_MAX;
	return value;
}

static void scan_width(struct scan *scan, struct spec *spec)
{
	spec->width = scan_number(scan);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = spec->width == INT_MIN ? INT_MAX : -spec->width;
	}
	spec->precision = -1;
	if (*scan->at == '.') {
		scan->at++;
		spec->precision = scan_number(scan);
	}
}

static void scan_length(struct scan *scan, struct spec *spec)
{
	char c = *scan->at;

	if (c != 'h' && c != 'l' && c != 'j' && c != 'z' && c != 't')
		return;
	spec->length = c;
	scan->at++;
	if ((c == 'h' || c == 'l') && *scan->at == c) {
		spec->length = c == 'h' ? 'H' : 'L';
		scan->at++;
	}
}

static u64 unsigned_arg(struct scan *scan, char length)
{
	switch (length) {
	case 'H': return (unsigned char)va_arg(scan->args, unsigned);
	case 'h': return (unsigned short)va_arg(scan->args, unsigned);
	case 'l': return va_arg(scan->args, unsigned long);
	case 'L': return va_arg(scan->args, unsigned long long);
	case 'j': return va_arg(scan->args, uintmax_t);
	case 'z': return va_arg(scan->args, size_t);
	case 't': return (u64)va_arg(scan->args, ptrdiff_t);
	default: return va_arg(scan->args, unsigned);
	}
}

static s64 signed_arg(struct scan *scan, char length)
{
	switch (length) {
	case 'H': return (signed char)va_arg(scan->args, int);
	case 'h': return (short)va_arg(scan->args, int);
	case 'l': return va_arg(scan->args, long);
	case 'L': return va_arg(scan->args, long long);
	case 'j': return va_arg(scan->args, intmax_t);
	case 'z': /* the signed type of size_t's width */
	case 't': return va_arg(scan->args, ptrdiff_t);
	default: return va_arg(scan->args, int);
	}
}

/* Prints one conversion; false when there is no such letter. */
static bool convert(struct output *out, struct scan *scan, struct spec *spec)
{
	char c = *scan->at;

	switch (c) {
	case 'd':
	case 'i':
		put_signed(out, spec, signed_arg(scan, spec->length));
		return true;
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		put_unsigned(out, spec, unsigned_arg(scan, spec->length), c);
		return true;
	case 'p':
		put_pointer(out, spec, va_arg(scan->args, void *));
		return true;
	case 's':
		put_string(out, spec, va_arg(scan->args, const char *));
		return true;
	case 'c':
		c = (char)va_arg(scan->args, int);
		put_padded(out, spec, &c, 1);
		return true;
	case '%':
		put(out, "%", 1);
		return true;
	}
	return false;
}

/* From a % on: prints the conversion and moves behind it. */
static void print_conversion(struct output *out, struct scan *scan)
{
	const char *start = scan->at++;
	struct spec spec = { .precision = -1 };

	scan_flags(scan, &spec);
	scan_width(scan, &spec);
	scan_length(scan, &spec);
	if (convert(out, scan, &spec))
		scan->at++;
	else
		put(out, start, (size_t)(scan->at - start));
}

size_t printf_to(struct printf_sink *sink, const char *format, va_list args)
{
	struct output out = { .sink = sink };
	struct scan scan = { .at = format };

	va_copy(scan.args, args);
	while (*scan.at) {
		const char *start = scan.at;

		while (*scan.at && *scan.at != '%')
			scan.at++;
		put(&out, start, (size_t)(scan.at - start));
		if (*scan.at)
			print_conversion(&out, &scan);
	}
	va_end(scan.args);
	return out.written;
}

struct buffer_sink {
	struct printf_sink sink;
	char *at;
	size_t room;		/* without the terminator */
};

static void buffer_write(struct printf_sink *sink, const char *text,
			 size_t size)
{
	struct buffer_sink *b = container_of(sink, struct buffer_sink, sink);
	size_t step = MIN(size, b->room);

	if (!step)
		return;
	memcpy(b->at, text, step);
	b->at += step;
	b->room -= step;
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format,
	      va_list args)
{
	struct buffer_sink b = {
		.sink = { buffer_write },
		.at = to,
		.room = size ? size - 1 : 0,
	};
	size_t length = printf_to(&b.sink, format, args);

	if (size)
		*b.at = 0;
	return (int)MIN(length, (size_t)INT_MAX);
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to, size, format, args);
	va_end(args);
	return length;
}

bool printf_append(char *to, size_t size, const char *format, ...)
{
	size_t used = strnlen(to, size);
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(to + used, size - used, format, args);
	va_end(args);
	return (size_t)length < size - used;
}
