/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests of the fake machine: those of all architectures, by one option. */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#define ARCH_GUEST_OPTION	"machine"
#define ARCH_GUEST_CHOICES	"gicv2|gicv3|plic|aplic|aplic-imsic"

enum fake_variant {
	FAKE_USUAL, FAKE_GICV2, FAKE_GICV3, FAKE_PLIC, FAKE_APLIC,
	FAKE_IMSIC,
};

#endif
