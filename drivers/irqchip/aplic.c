// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Advanced Platform-Level Interrupt Controller, a domain of supervisor
 * level: AIA 1.0, 4.  It interrupts CPUs itself (direct delivery), or sends
 * messages to their IMSICs.
 */
#include "imsic.h"
#include "riscv_intc.h"
#include <arch/csr.h>
#include <arch/io.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/log.h>

enum {
	DOMAINCFG = 0x0, SOURCECFG = 0x0, IN_CLRIP = 0x1d00, SETIPNUM = 0x1cdc,
	SETIENUM = 0x1edc, CLRIE = 0x1f00, CLRIENUM = 0x1fdc,
	TARGET = 0x3000, IDC = 0x4000,
};
/* Of a CPU's interrupt delivery control. */
enum { IDELIVERY = 0x0, ITHRESHOLD = 0x8, CLAIMI = 0x1c, IDC_SIZE = 32 };

#define DOMAINCFG_IE		BIT(8)
#define DOMAINCFG_DM		BIT(2)		/* messages */
#define SOURCE_LEVEL_HIGH	6
#define SOURCE_LEVEL_LOW	7
#define TARGET_HART_SHIFT	18
#define TARGET_PRIORITY		1
#define CLAIMI_ID_SHIFT		16
#define CLAIMI_ID		0x3ffu

static struct {
	u8 *regs;
	u32 wire_count;				/* with 0, which is none */
	struct {
		u8 *idc;			/* direct: NULL: none */
		u32 index;
	} of[CONFIG_CPU_MAX];
	bool level[INTC_WIRE_COUNT];		/* c */
	u16 identity[INTC_WIRE_COUNT];		/* c, messages: 0: none yet */
} aplic;

static void mask(u32 wire)
{
	io_write32(aplic.regs + CLRIENUM, wire);
}

static void unmask(u32 wire)
{
	io_write32(aplic.regs + SETIENUM, wire);
}

static void set_trigger(u32 wire, enum irq_trigger trigger)
{
	static const u8 modes[] = {
		[IRQ_TRIGGER_EDGE_RISING] = 4, [IRQ_TRIGGER_EDGE_FALLING] = 5,
		[IRQ_TRIGGER_LEVEL_HIGH] = SOURCE_LEVEL_HIGH,
		[IRQ_TRIGGER_LEVEL_LOW] = SOURCE_LEVEL_LOW,
	};
	u32 mode = trigger < ARRAY_LEN(modes) ? modes[trigger] : 0;

	if (!mode)
		return;
	aplic.level[wire] = mode >= SOURCE_LEVEL_HIGH;
	io_write32(aplic.regs + SOURCECFG + 4 * wire, mode);
}

static u32 target_of(const struct cpu *cpu)
{
	return aplic.of[cpu->index].index << TARGET_HART_SHIFT;
}

/* ---- Direct delivery: 4.8 ---- */

static void dispatch(void)
{
	u8 *idc = aplic.of[this_cpu()->index].idc;
	u32 wire = io_read32(idc + CLAIMI) >> CLAIMI_ID_SHIFT & CLAIMI_ID;

	/* There is no active state: whoever is to end it keeps it off. */
	if (likely(wire) && !irq_handle(INTC_LOCAL_COUNT + wire))
		mask(wire);
}

static void set_affinity_direct(u32 wire, const struct cpu *cpu)
{
	if (aplic.of[cpu->index].idc)
		io_write32(aplic.regs + TARGET + 4 * wire,
			   target_of(cpu) | TARGET_PRIORITY);
}

static int init_cpu(void)
{
	u8 *idc = aplic.of[this_cpu()->index].idc;

	if (!idc)
		return fail(-ENODEV, "aplic: cpu %u is not connected",
			    this_cpu()->index);
	io_write32(idc + ITHRESHOLD, 0);
	io_write32(idc + IDELIVERY, 1);
	return 0;
}

static int translate_direct(const struct dt_irq *irq, struct irq_spec *out)
{
	if (irq->cell_count < 2 || !irq->cells[0] ||
	    irq->cells[0] >= aplic.wire_count)
		return -EINVAL;
	out->number = irq->cells[0];
	out->trigger = (enum irq_trigger)(irq->cells[1] & 0xf);
	return 0;
}

/* ---- Messages: 4.9 ---- */

/* A level that is still there sends no other message by itself: 4.9.2. */
static void send_again(u32 wire)
{
	if (aplic.level[wire] &&
	    io_read32(aplic.regs + IN_CLRIP + wire / 32 * 4) & BIT(wire % 32))
		io_write32(aplic.regs + SETIPNUM, wire);
}

static void arrived(u32 wire)
{
	if (irq_handle(INTC_LOCAL_COUNT + wire))
		send_again(wire);
}

static void set_affinity_message(u32 wire, const struct cpu *cpu)
{
	io_write32(aplic.regs + TARGET + 4 * wire,
		   imsic_index(cpu) << TARGET_HART_SHIFT |
		   aplic.identity[wire]);
}

static int translate_message(const struct dt_irq *irq, struct irq_spec *out)
{
	int rc = translate_direct(irq, out);
	u16 *identity;

	if (rc)
		return rc;
	identity = &aplic.identity[out->number];
	if (!*identity)
		*identity = (u16)imsic_alloc(arrived, out->number);
	return *identity ? 0 : -ENOSPC;
}

/* ---- */

static int wires_init(struct device *dev, bool messages)
{
	u32 last = 0, n;
	void *regs;
	int rc;

	if (!dt_u32(dev->node, "riscv,num-sources", 0, &last) || !last ||
	    last >= INTC_WIRE_COUNT)
		return fail(-EINVAL, "aplic: %s: %u wires", dev->path, last);
	rc = device_map(dev, 0, &regs);
	if (rc)
		return rc;
	aplic.regs = regs;
	aplic.wire_count = last + 1;
	for (n = 0; n < aplic.wire_count; n += 32)
		io_write32(aplic.regs + CLRIE + n / 8, ~0u);
	for (n = 1; n < aplic.wire_count; n++)
		set_trigger(n, IRQ_TRIGGER_LEVEL_HIGH);
	io_write32(aplic.regs + DOMAINCFG,
		   DOMAINCFG_IE | (messages ? DOMAINCFG_DM : 0));
	return 0;
}

static int probe_direct(struct device *dev)
{
	static const struct intc_external external = {
		.name = "aplic", .dispatch = dispatch, .init_cpu = init_cpu,
	};
	struct intc_target t;
	u64 size;
	hpa_t base;
	int rc;

	if ((rc = device_reg(dev, 0, &base, &size)) ||
	    (rc = wires_init(dev, false)))
		return rc;
	for (u32 i = 0; intc_target(dev->node, i, &t); i++) {
		if (!t.cpu || t.local != IRQ_S_EXT ||
		    IDC + (u64)(i + 1) * IDC_SIZE > size)
			continue;
		aplic.of[t.cpu->index].idc = aplic.regs + IDC + i * IDC_SIZE;
		aplic.of[t.cpu->index].index = i;
	}
	return intc_set_external(&external);
}

/* Whether n, a domain or an IMSIC, interrupts this mode of the CPUs. */
static bool is_supervisors(struct dt_node n)
{
	struct intc_target t;

	return intc_target(n, 0, &t) && t.local == IRQ_S_EXT;
}

static int probe(struct device *dev)
{
	struct intc_wires wires = {
		.node = dev->node, .translate = translate_direct,
		.mask = mask, .unmask = unmask, .set_trigger = set_trigger,
		.set_affinity = set_affinity_direct, .deactivate = unmask,
	};
	struct dt_node files;
	u32 phandle = 0;
	bool direct = is_supervisors(dev->node), messages;
	int rc;

	dt_u32(dev->node, "msi-parent", 0, &phandle);
	files = phandle ? dt_find_phandle(dev->node.fdt, phandle) : DT_NONE;
	messages = imsic_is_node(files);
	if (!direct && !is_supervisors(files))
		return -ENODEV;
	if (!irq_chip() || (!direct && !messages))
		return -EPROBE_LATER;
	rc = messages ? wires_init(dev, true) : probe_direct(dev);
	if (messages) {
		wires.translate = translate_message;
		wires.set_affinity = set_affinity_message;
		wires.deactivate = send_again;
	}
	if (!rc)
		rc = intc_set_wires(&wires);
	if (!rc)
		log_info("aplic: %u wires, %s", aplic.wire_count - 1,
			 messages ? "messages" : "direct");
	return rc;
}

static const struct driver driver = {
	.name = "aplic",
	.match = (const struct dt_match[]){ { "riscv,aplic", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(driver);
