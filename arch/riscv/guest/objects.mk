# SPDX-License-Identifier: GPL-2.0-or-later
#
# Pure facts about guests; the fake architecture uses them, too.
objs-y += check.o
objs-y += cpus.o
objs-y += template.o
objs-y += virt-aplic.dtb.o
objs-y += virt-imsic.dtb.o
objs-y += virt-plic.dtb.o
