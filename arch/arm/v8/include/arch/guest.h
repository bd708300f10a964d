/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `guest create` calls the variants of guests: arch_guest_variants(). */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#define ARCH_GUEST_OPTION	"gic"
#define ARCH_GUEST_CHOICES	"2|3"

#endif
