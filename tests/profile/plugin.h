/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests/profile/spans.c needs of the interface that QEMU offers to
 * plugins ("QEMU TCG Plugins" in its manual), whose header no package of the
 * distribution has.  PLUGIN_API is the interface's version: 1 is that of QEMU
 * 7.2, 2 and later differ in how an instruction's bytes are had.
 */
#ifndef TESTS_PROFILE_PLUGIN_H
#define TESTS_PROFILE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

/* What a callback may do with the CPU's registers. */
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

/* Called when a block of instructions is translated; when one is executed. */
typedef void qemu_plugin_tb_cb(uint64_t id, struct qemu_plugin_tb *tb);
typedef void qemu_plugin_exec_cb(unsigned int cpu, void *data);
typedef void qemu_plugin_end_cb(uint64_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, qemu_plugin_tb_cb *cb);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_exec_cb *cb,
					    enum qemu_plugin_cb_flags flags,
					    void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, qemu_plugin_end_cb *cb,
				    void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(
	const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
#if PLUGIN_API == 1
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
#else
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to,
			     size_t size);
#endif

/* What a plugin defines. */
extern int qemu_plugin_version;
int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv);

#endif
