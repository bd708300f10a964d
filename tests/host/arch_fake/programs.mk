# SPDX-License-Identifier: GPL-2.0-or-later
#
# The program guest-check, for guests of one architecture: how kernels
# are entered is Arm's, or RISC-V's put in its place.
check-entry-riscv := -Wl,--defsym=arch_boot_protocol=riscv_boot_protocol
check-objects := $(filter-out $(O)/tests/suites/%_test.o \
		   $(O)/tests/host/%_test.o $(O)/core/main.o \
		   $(O)/tests/host/main.o,$(objects)) $(O)/symbols.0.o $(O)/tools/guest_check.o
$(O)/tools/%.o: tools/%.c $(O)/flags
	@mkdir -p $(@D); $(call say,HOSTCC,$<)
	$(Q)$(CC) $(cc-flags) $(warnings) $(includes) $(host-cflags) -MMD -MP \
		-c -o $@ $<
$(O)/guest-check-%: $(check-objects)
	@$(call say,LD,$@)
	$(Q)$(CC) $(arch-cflags) -no-pie -Wl,--gc-sections -Wl,--wrap=panic \
		$(check-entry-$*) -o $@ $(check-objects)
.PRECIOUS: $(O)/tools/guest_check.o
