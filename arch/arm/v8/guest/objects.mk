# SPDX-License-Identifier: GPL-2.0-or-later
#
# Pure facts about guests; the fake architecture uses them, too.
objs-y += check.o
objs-y += template.o
objs-y += virt-gicv2.dtb.o
objs-y += virt-gicv3.dtb.o
