# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += psci.o vgic.o vgic_v2.o
