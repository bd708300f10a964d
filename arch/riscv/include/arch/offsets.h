/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets that assembly uses; cpu.c asserts each against its structure. */
#ifndef ARCH_OFFSETS_H
#define ARCH_OFFSETS_H

/* struct cpu */
#define CPU_REQUESTS		0
#define CPU_PANIC_STACK		24
#define CPU_HWID		40
#define CPU_BOOT_STACK		56
#define CPU_TRACE		64

/* struct vcpu */
#define VCPU_TRACE_WHO		24

/* struct trace_record, behind the count of its ring */
#define TRACE_CYCLES		8
#define TRACE_PC		16
#define TRACE_DETAIL		24
#define TRACE_WHO		32
#define TRACE_RECORD_SHIFT	5
#define TRACE_KIND_SHIFT	48
#define TRACE_RAW_IRQ		63	/* what TRACE_RAW + this is */

/* struct arch_thread */
#define THREAD_SAVED		0
#define THREAD_SEPC		120
#define THREAD_SSTATUS		128
#define THREAD_HSTATUS		136

/* struct arch_regs, on the stack of a VCPU's thread */
#define REGS_VCPU		256
#define REGS_CPU		264
#define REGS_SIZE		272

/* struct arch_frame */
#define FRAME_SEPC		256
#define FRAME_SIZE		288

/* What an interrupt of our own code pushes. */
#define IRQ_FRAME_SIZE		272

#endif
