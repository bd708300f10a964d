// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interrupt files of the hardware's (AIA 1.0, 3 and 6.1): the first guest file
 * of each CPU is that of the VCPU loaded there.  Its page stays the model's, so
 * that guests need not be remapped when they move; what a VCPU receives
 * costs no exit, what it sends costs one.
 */

#include "vcpu.h"

#include <arch/barrier.h>
#include <arch/io.h>
#include <arch/isa.h>
#include <drivers/imsic.h>
#include <vmm/guest.h>
#include <vmm/vpic.h>

#define SETEIPNUM	0

static const struct imsic_host *host;		/* c */

/* Registers of this CPU's file, whoever's thread this is. */
static u64 file_open(void)
{
	return csr_read_set(CSR_HSTATUS, HSTATUS_FILE);
}

static void file_close(u64 hstatus)
{
	csr_write(CSR_HSTATUS, hstatus);
}

static u64 reg_swap(u64 number, u64 value)
{
	csr_write(CSR_VSISELECT, number);
	return csr_swap(CSR_VSIREG, value);
}

static void load(const struct vpic_file *f)
{
	u64 hstatus = file_open();

	for (u32 w = 0; w < f->id_count / 64; w++) {
		reg_swap(IMSIC_EIP0 + 2 * w, f->pending[w]);
		reg_swap(IMSIC_EIE0 + 2 * w, f->enable[w]);
	}
	reg_swap(IMSIC_EITHRESHOLD, *f->threshold);
	reg_swap(IMSIC_EIDELIVERY, *f->delivery);
	file_close(hstatus);
}

static void put(const struct vpic_file *f)
{
	u64 hstatus = file_open();

	*f->delivery = (u32)reg_swap(IMSIC_EIDELIVERY, 0);
	*f->threshold = (u32)reg_swap(IMSIC_EITHRESHOLD, 0);
	for (u32 w = 0; w < f->id_count / 64; w++) {
		f->pending[w] = reg_swap(IMSIC_EIP0 + 2 * w, 0);
		f->enable[w] = reg_swap(IMSIC_EIE0 + 2 * w, 0);
	}
	/* Guests reach those that they were not told of as well. */
	for (u32 w = f->id_count / 64; w < host->id_count / 64; w++) {
		reg_swap(IMSIC_EIP0 + 2 * w, 0);
		reg_swap(IMSIC_EIE0 + 2 * w, 0);
	}
	file_close(hstatus);
}

static u64 reg_read(u64 number)
{
	csr_write(CSR_VSISELECT, number);
	return csr_read(CSR_VSIREG);
}

/* vsiselect is the guest's. */
static void peek(const struct vpic_file *f)
{
	u64 hstatus = file_open(), select = csr_read(CSR_VSISELECT);

	*f->delivery = (u32)reg_read(IMSIC_EIDELIVERY);
	*f->threshold = (u32)reg_read(IMSIC_EITHRESHOLD);
	for (u32 w = 0; w < f->id_count / 64; w++) {
		f->pending[w] = reg_read(IMSIC_EIP0 + 2 * w);
		f->enable[w] = reg_read(IMSIC_EIE0 + 2 * w);
	}
	csr_write(CSR_VSISELECT, select);
	file_close(hstatus);
}

/* Reading back waits for the store to arrive. */
static void send(unsigned cpu, struct vcpu *v, u32 id)
{
	io_write32(host->guest_files[cpu] + SETEIPNUM, id);
	io_read32(host->guest_files[cpu] + SETEIPNUM);
	mb();
	if (__atomic_load_n(&v->idle, __ATOMIC_RELAXED))
		vcpu_kick(v);
}

void files_init(void)
{
	static struct vpic_file_slots slots = {
		.load = load, .put = put, .peek = peek, .send = send,
	};

	host = isa_has(ISA_SSAIA) ? imsic_host_info() : NULL;
	if (!host)
		return;
	slots.id_count = host->id_count;
	vpic_file_slots = &slots;
}
