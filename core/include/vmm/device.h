/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host devices: nodes of the host's tree bound to drivers by `compatible`.
 * The framework owns state, mappings and interrupts; a probe that fails is
 * undone by it in reverse order.
 */
#ifndef VMM_DEVICE_H
#define VMM_DEVICE_H

#include <libs/list.h>
#include <vmm/dt.h>
#include <vmm/hostmap.h>
#include <vmm/irq.h>
#include <vmm/set.h>
#include <vmm/types.h>

struct device;

struct dt_match {
	const char *compatible;
	const void *data;		/* the driver's own */
};

struct uart;

struct driver {
	const char *name;
	/* Ends with an empty row; NULL: of what all CPUs have, node /cpus. */
	const struct dt_match *match;
	size_t state_size;		/* zeroed for probe */
	int (*probe)(struct device *dev);
	/*
	 * UARTs: one that sends by polling on regs, the driver's own.  Called
	 * once, or NULL.  Without match: a console that needs no node.
	 */
	int (*early)(const struct dt_match *match, struct dt_node node,
		     void *regs, struct uart **out);
	/* Bound before all others: irqchips, timers, firmware. */
	enum { DRIVER_NORMAL, DRIVER_EARLY } phase;
};

SET_DECLARE(driver);
#define DRIVER(object)	SET_ADD(driver, object)

enum device_status {
	DEVICE_UNBOUND,			/* no driver knows it */
	DEVICE_LATER,			/* to be probed, maybe again */
	DEVICE_BOUND,
	DEVICE_FAILED,
};

struct device {
	struct list entry;
	struct dt_node node;
	const struct driver *driver;
	const struct dt_match *match;
	void *state;
	enum device_status status;
	int error;			/* of a failed probe */
	struct list resources;		/* mappings, interrupts */
	char path[96];
};

/*
 * Binds drivers of that phase to the host's tree.  Called with DRIVER_EARLY,
 * then with DRIVER_NORMAL, by the boot CPU; nothing is bound later.
 */
void device_scan(int phase);
/* Its parts, for any checked tree; the list begins empty. */
void device_list_scan(struct list *devices, const void *fdt, int phase);
void device_list_free(struct list *devices);

/* For probes.  Undone by the framework when probe fails. */
void *device_state(struct device *dev);
int device_map(struct device *dev, unsigned index, void **regs);
#define DEVICE_MAP_MAX	(16u << 20)	/* bytes; more is a mistake */
/* An entry of `reg`, reported when bad, and a mapping of any part of it. */
int device_reg(struct device *dev, unsigned index, hpa_t *base, u64 *size);
int device_map_range(struct device *dev, hpa_t base, size_t size,
		     void **regs);
int device_irq(struct device *dev, unsigned index, void (*fn)(void *),
	       void *arg);
/* The i-th interrupt's number and trigger without requesting it. */
int device_irq_spec(struct device *dev, unsigned index,
		    struct irq_spec *out);

/*
 * Output by polling on the UART that console= or stdout-path names, else on
 * one that needs no node; map is how registers are reached at that time,
 * hostmap_io() or earlier means.  -ENODEV: no driver for it.
 */
int device_early_console(int (*map)(hpa_t pa, size_t size, void **out));

/* Calls fn for each device there is. */
void device_for_each(void (*fn)(const struct device *dev, void *arg),
		     void *arg);

#endif
