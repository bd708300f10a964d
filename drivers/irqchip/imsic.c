// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Supervisor interrupt files of the CPUs: AIA 1.0, 3.  All identities are
 * enabled on all CPUs; who sends messages masks them.
 */
#include "imsic.h"
#include "riscv_intc.h"
#include <arch/csr.h>
#include <arch/io.h>
#include <arch/isa.h>
#include <drivers/imsic.h>
#include <vmm/device.h>
#include <vmm/errno.h>
#include <vmm/heap.h>
#include <vmm/log.h>

#define ID_MAX		2047
#define ID_IPI		1
#define TOPEI_ID_SHIFT	16
#define SETEIPNUM	0		/* of a file */
#define FILE_SIZE	0x1000u

/* How an identity becomes an interrupt. */
struct sink {
	void (*fn)(u32 arg);
	u32 arg;
};

static struct {
	struct dt_node node;
	u32 id_last, id_used;
	struct sink *sinks;		/* by identity */
	struct {
		u8 *file;
		u32 index;
	} of[CONFIG_CPU_MAX];
	bool ready;
} imsic;
static struct imsic_host host;

const struct imsic_host *imsic_host_info(void)
{
	for (unsigned i = 0; i < cpu_count; i++)
		if (!host.guest_files[i])
			return NULL;
	return &host;
}

static void dispatch(void)
{
	u32 id = (u32)(csr_swap(CSR_STOPEI, 0) >> TOPEI_ID_SHIFT);
	const struct sink *s;

	if (id == ID_IPI) {
		cpu_ipi_received();
		return;
	}
	if (unlikely(!id || id > imsic.id_last))
		return;
	s = &imsic.sinks[id];
	if (likely(s->fn))
		s->fn(s->arg);
}

static void send_ipi(struct cpu *cpu)
{
	io_write32(imsic.of[cpu->index].file + SETEIPNUM, ID_IPI);
}

static void reg_write(u64 select, u64 value)
{
	csr_write(CSR_SISELECT, select);
	csr_write(CSR_SIREG, value);
}

static int init_cpu(void)
{
	reg_write(IMSIC_EITHRESHOLD, 0);
	/* Registers of 64 bits have even numbers. */
	for (u32 n = 0; n <= imsic.id_last / 64; n++) {
		reg_write(IMSIC_EIP0 + 2 * n, 0);
		reg_write(IMSIC_EIE0 + 2 * n, ~0ull);
	}
	reg_write(IMSIC_EIDELIVERY, 1);
	return 0;
}

bool imsic_is_node(struct dt_node n)
{
	return imsic.ready && n.offset == imsic.node.offset;
}

u32 imsic_alloc(void (*fn)(u32 arg), u32 arg)
{
	if (imsic.id_used == imsic.id_last)
		return 0;
	imsic.sinks[++imsic.id_used] = (struct sink){ fn, arg };
	return imsic.id_used;
}

u32 imsic_index(const struct cpu *cpu)
{
	return imsic.of[cpu->index].index;
}

/* ---- */

static u32 target_count(struct dt_node n)
{
	return dt_cell_count(n, "interrupts-extended") / 2;
}

/* The bits of hgeie that exist are the files that do. */
static bool has_guest_files(void)
{
	bool has;

	csr_write(CSR_HGEIE, ~0ull);
	has = csr_read(CSR_HGEIE) & BIT64(1);
	csr_write(CSR_HGEIE, 0);
	return has;
}

static int file_map(struct device *dev, const struct imsic_layout *l, u32 i,
		    const struct cpu *cpu)
{
	void *file;
	u64 pa;
	int rc = imsic_layout_file(dev->node, l, i, &pa);

	if (rc)
		return fail(rc, "imsic: %s: entry %u has no file", dev->path,
			    i);
	/* Its first guest file comes behind it. */
	rc = device_map_range(dev, HPA(pa), FILE_SIZE << !!l->guest_bits,
			      &file);
	imsic.of[cpu->index].file = file;
	imsic.of[cpu->index].index = imsic_layout_index(l, pa);
	if (!rc && l->guest_bits && has_guest_files())
		host.guest_files[cpu->index] = (u8 *)file + FILE_SIZE;
	return rc;
}

static int files_map(struct device *dev)
{
	struct imsic_layout layout;
	struct intc_target t;
	int rc = imsic_layout_read(dev->node, target_count(dev->node),
				   &layout);

	if (rc)
		return fail(rc, "imsic: %s: odd layout of files", dev->path);
	for (u32 i = 0; !rc && intc_target(dev->node, i, &t); i++)
		if (t.cpu && t.local == IRQ_S_EXT)
			rc = file_map(dev, &layout, i, t.cpu);
	/* IPIs may go to any of them. */
	for (u32 c = 0; !rc && c < cpu_count; c++)
		if (!imsic.of[c].file)
			rc = fail(-ENODEV, "imsic: %s: no interrupt file for "
				  "cpu %u", dev->path, c);
	return rc;
}

static int identities_init(struct device *dev)
{
	u32 last = 0;

	dt_u32(dev->node, "riscv,num-ids", 0, &last);
	if (last < 63 || last > ID_MAX)
		return fail(-EINVAL, "imsic: %s: %u identities", dev->path,
			    last);
	imsic.sinks = heap_alloc((last + 1) * sizeof(imsic.sinks[0]));
	if (!imsic.sinks)
		return -ENOMEM;
	imsic.id_last = last;
	imsic.id_used = ID_IPI;
	host.id_count = last + 1;
	return 0;
}

static int probe(struct device *dev)
{
	static const struct intc_external external = {
		.name = "imsic", .dispatch = dispatch, .init_cpu = init_cpu,
	};
	struct intc_target first;
	int rc;

	/* The machine's own privileged mode has one as well. */
	if (!isa_has(ISA_SSAIA) || !intc_target(dev->node, 0, &first) ||
	    first.local != IRQ_S_EXT)
		return -ENODEV;
	if (!irq_chip())
		return -EPROBE_LATER;
	if ((rc = identities_init(dev)) || (rc = files_map(dev)) ||
	    (rc = intc_set_external(&external)))
		return rc;
	imsic.node = dev->node;
	imsic.ready = true;
	intc_set_ipi(INTC_IPI_MESSAGE, send_ipi);
	log_info("imsic: %u identities", imsic.id_last);
	return 0;
}

static const struct driver driver = {
	.name = "imsic",
	.match = (const struct dt_match[]){ { "riscv,imsics", NULL }, { 0 } },
	.probe = probe, .phase = DRIVER_EARLY,
};
DRIVER(driver);
