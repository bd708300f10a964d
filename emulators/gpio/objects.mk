# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_EMULATE_GPIO_KEYS) += gpio_keys.o
objs-$(CONFIG_EMULATE_PL061) += pl061.o
objs-$(CONFIG_EMULATE_SIFIVE_GPIO) += sifive_gpio.o
