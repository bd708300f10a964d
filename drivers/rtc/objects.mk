# SPDX-License-Identifier: GPL-2.0-or-later
objs-$(CONFIG_GOLDFISH_RTC) += goldfish_rtc.o
objs-$(CONFIG_PL031) += pl031.o
