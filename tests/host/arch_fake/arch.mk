# SPDX-License-Identifier: GPL-2.0-or-later
#
# The architecture that runs on the build host, under sanitizers: our code as
# always, tests/host and the architecture itself with the host's C library.
# COVERAGE=y (gcc only): the lines and register rows that are reached are
# counted instead.

comma         := ,
CROSS_COMPILE :=
linker-script :=
image         := $(O)/native
host-cflags   := -D_GNU_SOURCE $(if $(COVERAGE),-w)

sanitize    := -fsanitize=address,undefined
arch-cflags := -O1 -fno-pie $(if $(COVERAGE),-O0 --coverage,\
	       $(sanitize) -fno-sanitize-recover=all)
arch-freestanding := -include tests/host/libs_names.h

# Guests are those of all architectures, each under names of its own: see
# guest.c here.  RISC-V's headers come behind all others.
guest-names := guest_variants guest_template guest_cpus_describe guest_pic \
	       guest_irq guest_check
boot-names  := boot_args boot_protocol
rename-guest = $(foreach n,$(2),-Darch_$(n)=$(1)_$(n)) \
	       -idirafter arch/riscv/include
$(O)/arch/arm/v8/guest/%.o: override CFLAGS += $(call rename-guest,arm,$(guest-names))
$(O)/arch/riscv/guest/%.o: \
	override CFLAGS += $(call rename-guest,riscv,$(guest-names) $(boot-names))
$(O)/arch/riscv/pure/isa.o $(O)/tests/suites/riscv_isa_test.o: \
	override CFLAGS += -idirafter arch/riscv/include
$(O)/tests/host/arch_fake/guest.o: host-cflags += -idirafter arch/riscv/include

$(O)/tests/host/%.o: tests/host/%.c $(O)/flags
	@mkdir -p $(@D); $(call say,HOSTCC,$<)
	$(Q)$(CC) $(cc-flags) $(warnings) $(includes) $(host-cflags) -MMD -MP \
		-c -o $@ $<

link = $(CC) $(arch-cflags) $(if $(COVERAGE),$(sanitize) \
       -Wl$(comma)--wrap=emu_access) -no-pie -Wl,--gc-sections \
	-Wl,--wrap=panic \
	-Wl,--no-as-needed -lcmocka

$(O)/native: $(O)/vmm.0.elf
	@cp $< $@
