/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets that assembly uses; cpu.c asserts each against its structure. */
#ifndef ARCH_OFFSETS_H
#define ARCH_OFFSETS_H

/* struct cpu */
#define CPU_REQUESTS		0
#define CPU_BOOT_STACK		48
#define CPU_TRACE		56
#define CPU_PANIC_STACK		24

/* struct vcpu */
#define VCPU_TRACE_WHO		24

/* struct trace_record, behind the count of its ring */
#define TRACE_CYCLES		8
#define TRACE_DETAIL		24
#define TRACE_RECORD_SHIFT	5
#define TRACE_RAW_IRQ		63	/* what TRACE_RAW + this is */

/* struct arch_regs, on the stack of a VCPU's thread */
#define REGS_VCPU		256
#define REGS_SIZE		272

/* struct arch_frame */
#define FRAME_SP		248
#define FRAME_ELR		256
#define FRAME_ESR		272
#define FRAME_SIZE		288

/* What an interrupt of our own code pushes. */
#define IRQ_FRAME_SIZE		192

#endif
