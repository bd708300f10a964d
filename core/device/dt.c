// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Device trees: Devicetree Specification 0.4, sections 2.3 (properties), 2.4
 * (interrupts) and 5 (format).  libfdt checks a tree as a whole and finds
 * paths.  What is asked often walks the checked structure block directly,
 * in a tenth of the instructions; it never leaves the block in any case.
 */
#include <vmm/dt.h>
#include <libfdt.h>
#include <libs/string.h>
#include <vmm/errno.h>
#include <vmm/log.h>

/* Deeper trees are refused, so that walks to the root stay short. */
#define DEPTH_MAX	32

const void *dt_host;

static struct dt_node node_at(const void *fdt, int offset)
{
	return offset < 0 ? DT_NONE : (struct dt_node){ fdt, offset };
}

/* ---- Whole trees ---- */

static bool depth_is_sane(const void *fdt)
{
	int depth = 0, offset = 0;

	while (offset >= 0 && depth >= 0) {
		if (depth > DEPTH_MAX)
			return false;
		offset = fdt_next_node(fdt, offset, &depth);
	}
	return true;
}

/* Numbers are read where they lie: section 5.6 of the specification. */
static bool is_aligned(const void *fdt)
{
	return IS_ALIGNED((uintptr_t)fdt, 8) &&
	       IS_ALIGNED(fdt_off_mem_rsvmap(fdt), 8) &&
	       IS_ALIGNED(fdt_off_dt_struct(fdt), 4);
}

int dt_check(const void *fdt, size_t limit, const char *what)
{
	int rc;

	if (limit < sizeof(struct fdt_header))
		return fail(-EBADMSG, "%s: %zu bytes are no tree", what, limit);
	if (fdt_magic(fdt) != FDT_MAGIC)
		return fail(-EBADMSG, "%s: is no device tree", what);
	if (!is_aligned(fdt))
		return fail(-EBADMSG, "%s: tree is not 8-byte aligned", what);
	rc = fdt_check_header(fdt);
	if (!rc && fdt_version(fdt) < FDT_LAST_SUPPORTED_VERSION)
		rc = -FDT_ERR_BADVERSION;
	if (!rc && fdt_totalsize(fdt) > limit)
		return fail(-EBADMSG, "%s: tree of %u bytes is cut at %zu",
			    what, fdt_totalsize(fdt), limit);
	if (!rc)
		rc = fdt_check_full(fdt, limit);
	if (!rc && !fdt_get_name(fdt, 0, NULL))
		rc = -FDT_ERR_BADSTRUCTURE;
	if (rc)
		return fail(-EBADMSG, "%s: bad tree: %s", what,
			    fdt_strerror(rc));
	if (!depth_is_sane(fdt))
		return fail(-EBADMSG, "%s: tree is more than %d levels deep",
			    what, DEPTH_MAX);
	return 0;
}

/* ---- The structure block, section 5.4 ---- */

struct tag {
	u32 kind;		/* FDT_END also for what cannot be */
	int next;		/* offset of the one that follows */
	const u8 *body;		/* what follows the kind */
};

static u32 cell_at(const void *p)
{
	return fdt32_to_cpu(*(const fdt32_t *)p);
}

static struct tag tag_at(const void *fdt, int offset)
{
	const u8 *block = (const u8 *)fdt + fdt_off_dt_struct(fdt);
	u32 size = fdt_size_dt_struct(fdt), at = (u32)offset;
	struct tag t = { .kind = FDT_END };
	u64 next = (u64)at + FDT_TAGSIZE;

	/* Behind the last node's end there is but FDT_END. */
	if (next + 2 * FDT_TAGSIZE > size)
		return t;
	t.body = block + next;
	switch (cell_at(block + at)) {
	case FDT_BEGIN_NODE:
		next += strnlen((const char *)t.body, size - (u32)next) + 1;
		break;
	case FDT_PROP:
		next += 2 * FDT_TAGSIZE + cell_at(t.body);
		break;
	case FDT_END_NODE:
	case FDT_NOP:
		break;
	default:
		return t;
	}
	next = ALIGN_UP(next, FDT_TAGSIZE);
	if (next >= size)
		return t;
	t.kind = cell_at(block + at);
	t.next = (int)next;
	return t;
}

/*
 * The tag after *offset that begins or ends a node, or the end; *offset
 * becomes its own.
 */
static struct tag node_tag_after(const void *fdt, int *offset)
{
	struct tag t = tag_at(fdt, *offset);

	while (t.kind != FDT_END) {
		*offset = t.next;
		t = tag_at(fdt, *offset);
		if (t.kind != FDT_PROP && t.kind != FDT_NOP)
			break;
	}
	return t;
}

/* ---- Nodes ---- */

struct dt_node dt_root(const void *fdt)
{
	return fdt ? node_at(fdt, 0) : DT_NONE;
}

struct dt_node dt_find_path(const void *fdt, const char *path)
{
	return fdt ? node_at(fdt, fdt_path_offset(fdt, path)) : DT_NONE;
}

struct dt_node dt_stdout(const void *fdt)
{
	const char *path = dt_string(dt_find_path(fdt, "/chosen"),
				     "stdout-path", 0);
	const char *end = path ? strchr(path, ':') : NULL;
	size_t size;

	if (!path)
		return DT_NONE;
	size = end ? (size_t)(end - path) : strlen(path);
	return node_at(fdt, fdt_path_offset_namelen(fdt, path, (int)size));
}

struct dt_node dt_find_phandle(const void *fdt, u32 phandle)
{
	u32 value;

	for (struct dt_node n = dt_root(fdt); dt_exists(n); n = dt_next(n))
		if (dt_u32(n, "phandle", 0, &value) && value == phandle)
			return n;
	return DT_NONE;
}

struct dt_node dt_find_compatible(struct dt_node after, const void *fdt,
				  const char *compatible)
{
	struct dt_node n = dt_exists(after) ? dt_next(after) : dt_root(fdt);

	while (dt_exists(n) && !dt_is_compatible(n, compatible))
		n = dt_next(n);
	return n;
}

struct dt_node dt_parent(struct dt_node n)
{
	int path[DEPTH_MAX + 1] = { 0 }, offset = 0;
	size_t depth = 0;

	while (dt_exists(n) && offset < n.offset) {
		u32 kind = node_tag_after(n.fdt, &offset).kind;

		if (kind == FDT_BEGIN_NODE && depth < DEPTH_MAX)
			path[++depth] = offset;
		else if (kind == FDT_END_NODE && depth)
			depth--;
		else
			return DT_NONE;
	}
	return depth ? node_at(n.fdt, path[depth - 1]) : DT_NONE;
}

struct dt_node dt_first_child(struct dt_node n)
{
	if (dt_exists(n) &&
	    node_tag_after(n.fdt, &n.offset).kind == FDT_BEGIN_NODE)
		return n;
	return DT_NONE;
}

struct dt_node dt_next_sibling(struct dt_node n)
{
	unsigned depth = 1;

	while (dt_exists(n)) {
		u32 kind = node_tag_after(n.fdt, &n.offset).kind;

		if (kind == FDT_BEGIN_NODE && !depth)
			return n;
		if (kind == FDT_BEGIN_NODE)
			depth++;
		else if (kind != FDT_END_NODE || !depth--)
			break;
	}
	return DT_NONE;
}

struct dt_node dt_next(struct dt_node n)
{
	u32 kind = FDT_END_NODE;

	while (dt_exists(n) && kind == FDT_END_NODE)
		kind = node_tag_after(n.fdt, &n.offset).kind;
	return kind == FDT_BEGIN_NODE ? n : DT_NONE;
}

struct dt_node dt_child(struct dt_node n, const char *name)
{
	if (!dt_exists(n))
		return DT_NONE;
	return node_at(n.fdt, fdt_subnode_offset(n.fdt, n.offset, name));
}

const char *dt_name(struct dt_node n)
{
	struct tag t = { .kind = FDT_END };

	if (dt_exists(n))
		t = tag_at(n.fdt, n.offset);
	return t.kind == FDT_BEGIN_NODE ? (const char *)t.body : "";
}

const char *dt_path(struct dt_node n, char *buf, size_t size)
{
	const char *names[DEPTH_MAX];
	size_t depth = 0, used = 0;

	for (; n.offset > 0 && depth < DEPTH_MAX; n = dt_parent(n))
		names[depth++] = dt_name(n);
	if (!depth)
		string_copy(buf, "/", size);
	while (depth-- && used + 1 < size) {
		buf[used++] = '/';
		string_copy(buf + used, names[depth], size - used);
		used += strlen(buf + used);
	}
	return buf;
}

/* ---- Properties ---- */

/* A property's body is its length, its name's offset, its bytes. */
static bool prop_has_name(const void *fdt, const struct tag *t,
			  const char *name)
{
	u32 at = cell_at(t->body + FDT_TAGSIZE);
	u32 size = fdt_size_dt_strings(fdt);
	const char *strings = (const char *)fdt + fdt_off_dt_strings(fdt);

	return at < size && !strncmp(strings + at, name, size - at);
}

const void *dt_bytes(struct dt_node n, const char *property, size_t *size)
{
	struct tag t;

	*size = 0;
	if (!dt_exists(n))
		return NULL;
	for (t = tag_at(n.fdt, n.offset); t.kind != FDT_END; ) {
		t = tag_at(n.fdt, t.next);
		if (t.kind != FDT_PROP && t.kind != FDT_NOP)
			break;
		if (t.kind == FDT_NOP || !prop_has_name(n.fdt, &t, property))
			continue;
		*size = cell_at(t.body);
		return t.body + 2 * FDT_TAGSIZE;
	}
	return NULL;
}

bool dt_has(struct dt_node n, const char *property)
{
	size_t size;

	return dt_bytes(n, property, &size) != NULL;
}

const char *dt_string(struct dt_node n, const char *property, unsigned i)
{
	size_t size;
	const char *s = dt_bytes(n, property, &size), *end;

	if (!s)
		return NULL;
	for (; (end = memchr(s, '\0', size)) && i; i--) {
		size -= (size_t)(end + 1 - s);
		s = end + 1;
	}
	return end ? s : NULL;
}

bool dt_is_compatible(struct dt_node n, const char *compatible)
{
	const char *s;

	for (unsigned i = 0; (s = dt_string(n, "compatible", i)); i++)
		if (string_equal(s, compatible))
			return true;
	return false;
}

bool dt_is_available(struct dt_node n)
{
	const char *status;

	if (!dt_exists(n))
		return false;
	if (!dt_has(n, "status"))
		return true;
	status = dt_string(n, "status", 0);
	return status && (string_equal(status, "okay") ||
			  string_equal(status, "ok"));
}

bool dt_u32(struct dt_node n, const char *property, unsigned i, u32 *out)
{
	size_t size;
	const fdt32_t *cells = dt_bytes(n, property, &size);

	if (!cells || i >= size / sizeof(*cells))
		return false;
	*out = fdt32_ld(cells + i);
	return true;
}

/* A number of count cells, most significant first; count is at most 2. */
static u64 cells_read(const fdt32_t *cells, unsigned count)
{
	u64 value = 0;

	while (count--)
		value = value << 32 | fdt32_ld(cells++);
	return value;
}

bool dt_u64(struct dt_node n, const char *property, u64 *out)
{
	size_t size;
	const fdt32_t *cells = dt_bytes(n, property, &size);

	if (!cells || (size != 4 && size != 8))
		return false;
	*out = cells_read(cells, (unsigned)(size / 4));
	return true;
}

unsigned dt_cell_count(struct dt_node n, const char *property)
{
	size_t size;

	dt_bytes(n, property, &size);
	return (unsigned)(size / sizeof(fdt32_t));
}

/* ---- Addresses: section 2.3.5 to 2.3.8 ---- */

/* How a node's children write their addresses. */
struct cells {
	u32 address, size;
};

/* False when we have no numbers that large. */
static bool cells_of(struct dt_node bus, struct cells *out)
{
	*out = (struct cells){ .address = 2, .size = 1 };
	dt_u32(bus, "#address-cells", 0, &out->address);
	dt_u32(bus, "#size-cells", 0, &out->size);
	return out->address >= 1 && out->address <= 2 && out->size <= 2;
}

static int reg_read(struct dt_node n, unsigned i, u64 *base, u64 *size)
{
	size_t length;
	const fdt32_t *reg = dt_bytes(n, "reg", &length);
	struct cells cells;
	size_t stride;

	if (!reg)
		return -ENOENT;
	if (!cells_of(dt_parent(n), &cells))
		return -EBADMSG;
	stride = cells.address + cells.size;
	length /= sizeof(*reg);
	if (length % stride)
		return -EBADMSG;
	if (i >= length / stride)
		return -ENOENT;
	reg += i * stride;
	*base = cells_read(reg, cells.address);
	*size = cells_read(reg + cells.address, cells.size);
	return 0;
}

bool dt_reg_raw(struct dt_node n, unsigned i, u64 *address)
{
	u64 size;

	return reg_read(n, i, address, &size) == 0;
}

/* [base, base + size) lies in the length bytes that start at at. */
static bool range_covers(u64 at, u64 length, u64 base, u64 size)
{
	return base >= at && base - at <= length &&
	       size <= length - (base - at);
}

/* Takes an address from bus's children to bus's own parent. */
static int bus_translate(struct dt_node bus, u64 *base, u64 size)
{
	size_t length;
	const fdt32_t *row = dt_bytes(bus, "ranges", &length);
	struct cells child, parent;
	size_t stride;

	if (!row)
		return -EBADMSG;
	if (!length)
		return 0;
	if (!cells_of(bus, &child) || !cells_of(dt_parent(bus), &parent))
		return -EBADMSG;
	stride = child.address + parent.address + child.size;
	length /= sizeof(*row);
	for (; length >= stride; length -= stride, row += stride) {
		u64 from = cells_read(row, child.address);
		u64 to = cells_read(row + child.address, parent.address);
		u64 room = cells_read(row + child.address + parent.address,
				      child.size);

		if (!range_covers(from, room, *base, size))
			continue;
		*base = *base - from + to;
		return 0;
	}
	return -EBADMSG;
}

int dt_reg(struct dt_node n, unsigned i, u64 *base, u64 *size)
{
	struct dt_node bus = dt_parent(n);
	int rc = reg_read(n, i, base, size);

	for (; !rc && bus.offset > 0; bus = dt_parent(bus))
		rc = bus_translate(bus, base, *size);
	if (!rc && *base + *size < *base)
		rc = -EBADMSG;
	return rc;
}

/* ---- Interrupts: section 2.4 ---- */

/* The node that n's `interrupts` are cells of. */
static struct dt_node irq_parent(struct dt_node n)
{
	u32 phandle;

	while (dt_exists(n) && !dt_has(n, "interrupt-parent"))
		n = dt_parent(n);
	if (!dt_exists(n) || !dt_u32(n, "interrupt-parent", 0, &phandle))
		return DT_NONE;
	return dt_find_phandle(n.fdt, phandle);
}

/* Copies one specifier from cell `at` of property on. */
static int irq_copy(struct dt_node n, const char *property, unsigned at,
		    struct dt_irq *out)
{
	for (unsigned c = 0; c < out->cell_count; c++)
		if (!dt_u32(n, property, at + c, &out->cells[c]))
			return -EBADMSG;
	return 0;
}

static int irq_controller(struct dt_node parent, struct dt_irq *out)
{
	u32 count;

	if (!dt_u32(parent, "#interrupt-cells", 0, &count) || !count ||
	    count > DT_IRQ_CELLS_MAX)
		return -EBADMSG;
	out->parent = parent;
	out->cell_count = count;
	return 0;
}

static int irq_extended(struct dt_node n, unsigned i, struct dt_irq *out)
{
	unsigned at = 0;
	u32 phandle;
	int rc;

	while (dt_u32(n, "interrupts-extended", at, &phandle)) {
		rc = irq_controller(dt_find_phandle(n.fdt, phandle), out);
		if (rc)
			return rc;
		if (!i--)
			return irq_copy(n, "interrupts-extended", at + 1, out);
		at += 1 + out->cell_count;
	}
	return -ENOENT;
}

int dt_irq(struct dt_node n, unsigned i, struct dt_irq *out)
{
	size_t size, each;
	int rc;

	if (dt_has(n, "interrupts-extended"))
		return irq_extended(n, i, out);
	dt_bytes(n, "interrupts", &size);
	if (!size)
		return -ENOENT;
	rc = irq_controller(irq_parent(n), out);
	if (rc)
		return rc;
	each = out->cell_count * sizeof(fdt32_t);
	if (i >= size / each)
		return size % each ? -EBADMSG : -ENOENT;
	return irq_copy(n, "interrupts", i * out->cell_count, out);
}
