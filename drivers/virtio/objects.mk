# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_VIRTIO_CONSOLE) += console.o mmio.o queue.o
