# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += config_check.o
objs-y += config_parse.o
objs-y += config_report.o
objs-y += image_identify.o
objs-y += tree_compose.o
objs-y += tree_write.o
