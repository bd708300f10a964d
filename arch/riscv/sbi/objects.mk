# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += sbi.o base.o time.o ipi.o rfence.o hsm.o srst.o dbcn.o sta.o fwft.o pmu.o
objs-y += legacy.o
