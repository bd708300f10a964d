# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_EMULATE_CFI_FLASH) += cfi_flash.o
