// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Host devices: nodes of the host's tree, bound to drivers by `compatible`,
 * most specific string first (Devicetree Specification 0.4, 2.3.1).
 */
#include <vmm/device.h>
#include <libs/printf.h>
#include <libs/string.h>
#include <vmm/console.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/io_guard.h>
#include <vmm/log.h>

SET_DEFINE(driver);

/* What a probe acquired; newest first on its device's list. */
struct resource {
	struct list entry;
	void *va;		/* a mapping, or NULL: an interrupt */
	size_t size;
	u32 irq;
};

/* Made by the boot CPU, constant afterwards. */
static struct list host_devices = LIST_INIT(host_devices);

/* ---- Resources ---- */

void *device_state(struct device *dev)
{
	return dev->state;
}

static void resource_undo(struct resource *r)
{
	if (r->va)
		hostmap_io_unmap(r->va, r->size);
	else
		irq_free(r->irq);
	list_remove(&r->entry);
	heap_free(r);
}

static void resources_undo(struct device *dev)
{
	struct list *first;

	while ((first = list_first(&dev->resources)))
		resource_undo(list_entry(first, struct resource, entry));
}

static int resource_add(struct device *dev, const struct resource *what)
{
	struct resource *r = heap_alloc(sizeof(*r));

	if (!r)
		return fail(-ENOMEM, "device: %s: no memory", dev->path);
	*r = *what;
	list_add_head(&dev->resources, &r->entry);
	return 0;
}

int device_reg(struct device *dev, unsigned index, hpa_t *base, u64 *size)
{
	int rc = dt_reg(dev->node, index, &base->v, size);

	if (rc)
		return fail(rc, "device: %s: reg entry %u: %s", dev->path,
			    index, errno_text(rc));
	return 0;
}

int device_map_range(struct device *dev, hpa_t base, size_t size, void **regs)
{
	struct resource r = { .size = size };
	int rc = hostmap_io(base, size, &r.va);

	if (!rc && (rc = resource_add(dev, &r)))
		hostmap_io_unmap(r.va, size);
	*regs = r.va;
	return rc;
}

int device_map(struct device *dev, unsigned index, void **regs)
{
	hpa_t base;
	u64 size;
	int rc = device_reg(dev, index, &base, &size);

	if (rc)
		return rc;
	if (!size || size > DEVICE_MAP_MAX)
		return fail(-ERANGE, "device: %s: reg entry %u has %#" PRIx64
			    " bytes", dev->path, index, size);
	return device_map_range(dev, base, (size_t)size, regs);
}

int device_irq_spec(struct device *dev, unsigned index, struct irq_spec *out)
{
	struct dt_irq irq;
	int rc;

	if (!irq_chip())
		return -EPROBE_LATER;
	rc = dt_irq(dev->node, index, &irq);
	if (!rc)
		rc = irq_chip()->translate(&irq, out);
	if (rc == -ENOTSUP)
		return fail(rc, "device: %s: interrupt %u is not of the root"
			    " controller", dev->path, index);
	if (rc)
		return fail(rc, "device: %s: interrupt %u: %s", dev->path,
			    index, errno_text(rc));
	return 0;
}

int device_irq(struct device *dev, unsigned index, void (*fn)(void *),
	       void *arg)
{
	struct irq_spec spec;
	struct resource r = { 0 };
	int rc = device_irq_spec(dev, index, &spec);

	if (!rc)
		rc = irq_request(&spec, dev->path, fn, arg);
	if (rc)
		return rc;
	r.irq = spec.number;
	rc = resource_add(dev, &r);
	if (rc)
		irq_free(spec.number);
	return rc;
}

/* ---- Binding ---- */

static const struct dt_match *driver_match(const struct driver *d,
					   const char *compatible)
{
	for (const struct dt_match *m = d->match; m && m->compatible; m++)
		if (string_equal(m->compatible, compatible))
			return m;
	return NULL;
}

static const struct driver *driver_find(struct dt_node n,
					const struct dt_match **match)
{
	const char *s;

	for (unsigned i = 0; (s = dt_string(n, "compatible", i)); i++)
		set_for_each(driver, d)
			if ((*match = driver_match(d, s)))
				return d;
	return NULL;
}

static void probe_undo(struct device *dev)
{
	resources_undo(dev);
	heap_free(dev->state);
	dev->state = NULL;
}

/* True when something changed that others may wait for. */
static bool device_probe(struct device *dev)
{
	int rc = -ENOMEM;

	dev->state = heap_alloc(MAX(dev->driver->state_size, (size_t)1));
	io_guard_begin();
	if (dev->state)
		rc = dev->driver->probe(dev);
	if (!rc)
		rc = io_guard_check(dev->path);
	io_guard_end();
	dev->error = rc;
	if (!rc) {
		dev->status = DEVICE_BOUND;
		log_debug("device: %s: bound to %s", dev->path,
			  dev->driver->name);
		return true;
	}
	probe_undo(dev);
	dev->status = rc == -EPROBE_LATER ? DEVICE_LATER :
		      rc == -ENODEV ? DEVICE_UNBOUND : DEVICE_FAILED;
	if (dev->status == DEVICE_FAILED)
		log_error("device: %s: %s: %s", dev->path, dev->driver->name,
			  errno_text(rc));
	return false;
}

static struct device *device_add(struct list *devices, struct dt_node n,
				 const char *parent)
{
	struct device *dev = heap_alloc(sizeof(*dev));

	if (!dev)
		return NULL;
	dev->node = n;
	snprintf(dev->path, sizeof(dev->path), "%s/%s", parent, dt_name(n));
	list_init(&dev->resources);
	dev->driver = driver_find(n, &dev->match);
	dev->status = dev->driver ? DEVICE_LATER : DEVICE_UNBOUND;
	list_add_tail(devices, &dev->entry);
	return dev;
}

static const char no_memory[] = "device: no memory";

/* The depth of a checked tree is bounded. */
static void devices_add(struct list *devices, struct dt_node parent,
			const char *path)
{
	dt_for_each_child(n, parent) {
		struct device *dev;

		if (!dt_has(n, "compatible") || !dt_is_available(n))
			continue;
		dev = device_add(devices, n, path);
		if (!dev) {
			log_error(no_memory);
			return;
		}
		devices_add(devices, n, dev->path);
	}
}

/* Those of drivers that no node asks for. */
static void devices_add_cpus(struct list *devices, const void *fdt)
{
	struct dt_node n = dt_find_path(fdt, "/cpus");
	struct device *dev;

	set_for_each(driver, d) {
		if (d->match || !d->probe || !dt_exists(n))
			continue;
		dev = device_add(devices, n, "");
		if (!dev) {
			log_error(no_memory);
			return;
		}
		dev->driver = d;
		dev->status = DEVICE_LATER;
	}
}

static bool scan_once(struct list *devices, int phase)
{
	struct device *dev;
	bool progress = false;

	list_for_each(dev, devices, entry)
		if (dev->status == DEVICE_LATER &&
		    (int)dev->driver->phase >= phase)
			progress |= device_probe(dev);
	return progress;
}

void device_list_scan(struct list *devices, const void *fdt, int phase)
{
	struct device *dev;

	if (list_is_empty(devices)) {
		devices_add(devices, dt_root(fdt), "");
		devices_add_cpus(devices, fdt);
	}
	while (scan_once(devices, phase))
		;
	if (phase != DRIVER_NORMAL)
		return;
	list_for_each(dev, devices, entry)
		if (dev->status == DEVICE_LATER)
			log_warning("device: %s: waits for something that"
				    " never came", dev->path);
}

void device_list_free(struct list *devices)
{
	struct device *dev, *after;

	list_for_each_safe(dev, after, devices, entry) {
		probe_undo(dev);
		list_remove(&dev->entry);
		heap_free(dev);
	}
}

void device_scan(int phase)
{
	device_list_scan(&host_devices, dt_host, phase);
}

void device_for_each(void (*fn)(const struct device *dev, void *arg),
		     void *arg)
{
	struct device *dev;

	list_for_each(dev, &host_devices, entry)
		fn(dev, arg);
}

/* ---- The console before all that ---- */

/* Of the UART at n, mapped by map. */
static int early_at(struct dt_node n,
		    int (*map)(hpa_t pa, size_t size, void **out),
		    struct uart **uart)
{
	const struct dt_match *match;
	const struct driver *d = driver_find(n, &match);
	u64 base, size;
	void *regs;
	int rc;

	if (!d || !d->early)
		return -ENODEV;
	rc = dt_reg(n, 0, &base, &size);
	if (!rc)
		rc = map(HPA(base), (size_t)MIN(size, KIB(4)), &regs);
	return rc ? rc : d->early(match, n, regs, uart);
}

static int early_without_node(struct uart **uart)
{
	set_for_each(driver, d)
		if (!d->match && d->early &&
		    !d->early(NULL, DT_NONE, NULL, uart))
			return 0;
	return -ENODEV;
}

int device_early_console(int (*map)(hpa_t pa, size_t size, void **out))
{
	struct uart *uart;
	int rc;

	io_guard_begin();
	rc = early_at(host_console_node(), map, &uart);
	io_guard_end();
	if (rc)
		rc = early_without_node(&uart);
	if (!rc)
		host_console_early(uart);
	return rc;
}
