# SPDX-License-Identifier: GPL-2.0-or-later
#
# The architecture that runs on the build host, under sanitizers: our code as
# always, tests/host and the architecture itself with the host's C library.

CROSS_COMPILE :=
linker-script :=
image         := $(O)/native
host-cflags   := -D_GNU_SOURCE

arch-cflags := -O1 -fno-pie -fsanitize=address,undefined \
	       -fno-sanitize-recover=all
arch-freestanding := -include tests/host/libs_names.h

$(O)/tests/host/%.o: tests/host/%.c $(O)/flags
	@mkdir -p $(@D); $(call say,HOSTCC,$<)
	$(Q)$(CC) $(cc-flags) $(warnings) $(includes) $(host-cflags) -MMD -MP \
		-c -o $@ $<

link = $(CC) $(arch-cflags) -no-pie -Wl,--gc-sections \
	-Wl,--wrap=panic \
	-Wl,--no-as-needed -lcmocka

$(O)/native: $(O)/vmm.0.elf
	@cp $< $@
