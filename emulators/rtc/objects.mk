# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_EMULATE_GOLDFISH_RTC) += goldfish_rtc.o
objs-$(CONFIG_EMULATE_PL031) += pl031.o
