/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware's console: the guest's first serial device. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <vmm/types.h>

struct vcpu;

void console_write(struct vcpu *v, const u8 *data, size_t size);
/* How many bytes there were, at most size. */
size_t console_read(struct vcpu *v, u8 *data, size_t size);

#endif
