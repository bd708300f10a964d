/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switching threads: what the calling convention lets a callee keep (RISC-V
 * ELF psABI 1.1), and what exits leave to it: gp, which is a guest's while we
 * run, and three registers of traps; of sstatus SPP alone.
 */
#include <arch/csr.h>
#include <arch/offsets.h>

	.macro	for_each_saved op, base
	\op	ra, 8 * 0(\base)
	\op	sp, 8 * 1(\base)
	\op	s0, 8 * 2(\base)
	\op	s1, 8 * 3(\base)
	\op	s2, 8 * 4(\base)
	\op	s3, 8 * 5(\base)
	\op	s4, 8 * 6(\base)
	\op	s5, 8 * 7(\base)
	\op	s6, 8 * 8(\base)
	\op	s7, 8 * 9(\base)
	\op	s8, 8 * 10(\base)
	\op	s9, 8 * 11(\base)
	\op	s10, 8 * 12(\base)
	\op	s11, 8 * 13(\base)
	\op	gp, 8 * 14(\base)
	.endm

	.text
	.global	arch_thread_switch
arch_thread_switch:
	for_each_saved sd, a0
	ld	t0, THREAD_SEPC(a1)
	ld	t1, THREAD_SSTATUS(a1)
	ld	t2, THREAD_HSTATUS(a1)
	csrrw	t0, CSR_SEPC, t0
	li	t3, SSTATUS_SPP
	csrrc	t4, CSR_SSTATUS, t3
	csrs	CSR_SSTATUS, t1
	and	t1, t4, t3
	csrrw	t2, CSR_HSTATUS, t2
	sd	t0, THREAD_SEPC(a0)
	sd	t1, THREAD_SSTATUS(a0)
	sd	t2, THREAD_HSTATUS(a0)
	for_each_saved ld, a1
	ret

/* First code of a thread: s1 is its body, s2 the body's argument. */
	.global	thread_entry
thread_entry:
	mv	s0, zero
	mv	ra, zero
	mv	a0, s2
	jr	s1
