# SPDX-License-Identifier: GPL-2.0-or-later
dirs-y += firmware/
dirs-y += irqchip/
dirs-y += reset/
dirs-y += rtc/
dirs-y += timer/
dirs-y += uart/
dirs-y += virtio/
