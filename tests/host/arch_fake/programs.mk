# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs of all but the suites, the boot and the suites' main().
all-but-suites := $(filter-out $(O)/tests/suites/%_test.o \
		    $(O)/tests/host/%_test.o $(O)/tests/suites/starve.o \
		    $(O)/core/main.o \
		    $(O)/tests/host/main.o,$(objects)) $(O)/symbols.0.o

# The program guest-check, for guests of one architecture: how kernels
# are entered is Arm's, or RISC-V's put in its place.
check-entry-riscv := -Wl,--defsym=arch_boot_protocol=riscv_boot_protocol
check-objects := $(all-but-suites) $(O)/tools/guest_check.o
$(O)/tools/%.o: tools/%.c $(O)/flags
	@mkdir -p $(@D); $(call say,HOSTCC,$<)
	$(Q)$(CC) $(cc-flags) $(warnings) $(includes) $(host-cflags) -MMD -MP \
		-c -o $@ $<
$(O)/guest-check-%: $(check-objects)
	@$(call say,LD,$@)
	$(Q)$(CC) $(arch-cflags) -no-pie -Wl,--gc-sections -Wl,--wrap=panic \
		$(check-entry-$*) -o $@ $(check-objects)
.PRECIOUS: $(O)/tools/guest_check.o

# The fuzzers, one program (clang only): the name it is called by chooses.
fuzz-names   := $(patsubst tests/fuzz/%_fuzz.c,%,\
		  $(sort $(wildcard tests/fuzz/*_fuzz.c)))
fuzz-objects := $(all-but-suites) $(O)/tests/fuzz/begin.o \
		$(fuzz-names:%=$(O)/tests/fuzz/%_fuzz.o)
fuzz-table   := $(O)/include/generated/fuzzers.h
$(O)/tests/fuzz/%_fuzz.o: \
	override CFLAGS += -DLLVMFuzzerTestOneInput=fuzz_$(subst _fuzz,,$(*F))
$(O)/tests/fuzz/begin.o: $(fuzz-table)
$(fuzz-table): words = $(patsubst %,FUZZER(%),$(fuzz-names))
$(fuzz-table): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(words)' | cmp -s - $@ || printf '%s\n' '$(words)' >$@
$(O)/fuzzers: $(fuzz-objects) tests/host/arch_fake/programs.mk
	@$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=fuzzer $(arch-cflags) $(CFLAGS) -no-pie \
		-fuse-ld=lld -Wl,--gc-sections -Wl,-z,nostart-stop-gc \
		-Wl,--wrap=panic -o $@ $(fuzz-objects)
# The same that only read files, and count what they reach: COVERAGE=y.
$(O)/fuzz-replay: $(fuzz-objects) $(O)/tests/host/fuzz_replay.o
	@$(call say,LD,$@)
	$(Q)$(link) -o $@ $^
