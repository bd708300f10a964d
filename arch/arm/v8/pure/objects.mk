# SPDX-License-Identifier: GPL-2.0-or-later
#
# What needs no hardware; the fake architecture builds it, too.
objs-y += transfer.o vmsa.o
