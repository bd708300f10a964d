# SPDX-License-Identifier: GPL-2.0-or-later
dirs-y += flash/
dirs-y += gpio/
dirs-y += misc/
dirs-y += pic/
dirs-y += rtc/
dirs-y += serial/
