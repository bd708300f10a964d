# SPDX-License-Identifier: GPL-2.0-or-later
#
# The build of Monovisor.  `make help` says what can be made.
#
# One make reads everything: Kconfig decides, each folder's objects.mk names its
# objects, arch/.../arch.mk says how the architecture is compiled and linked.
# Everything made lands in $(O).

ARCH ?= arm64
O    ?= build/$(ARCH)

MAKEFLAGS += --no-builtin-rules --no-builtin-variables --no-print-directory
SHELL     := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

Q := $(if $(V),,@)
silent := $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
say = $(if $(V)$(silent),:,printf '  %-7s %s\n') $(1) '$(2)'

# --- the architecture: its own folder first, then those it shares -------------

arch-dirs-arm64  := arch/arm/v8 arch/arm/common
arch-dirs-arm    := arch/arm/v7 arch/arm/common
arch-dirs-riscv  := arch/riscv
arch-dirs-x86_64 := arch/x86
arch-dirs-fake   := tests/host/arch_fake

arch-dirs := $(arch-dirs-$(ARCH))
arch-dir  := $(firstword $(arch-dirs))
ifeq ($(arch-dirs),)
$(error ARCH=$(ARCH) is unknown: choose arm64, riscv, x86_64 or arm)
endif

# Only goals that compile or configure need the architecture to be there.
goals-without-arch := help clean test check reference bench fuzz profile \
		      coverage soak guest-check
goals := $(or $(MAKECMDGOALS),$(.DEFAULT_GOAL))
ifneq ($(filter-out $(goals-without-arch),$(goals)),)
ifeq ($(wildcard $(arch-dir)/arch.mk),)
$(error ARCH=$(ARCH) is not supported yet: $(arch-dir) has no arch.mk)
endif
-include $(arch-dir)/arch.mk
endif

# --- configuration ------------------------------------------------------------

config  := $(O)/.config
configs := defconfig debug_defconfig menuconfig olddefconfig savedefconfig
kconfig  = ARCH=$(ARCH) ARCH_DIR=$(arch-dir) KCONFIG_CONFIG=$(config) \
	   tools/with-module kconfiglib tools/kconfig

defconfig debug_defconfig: $(O)/deps.mk
	$(Q)$(kconfig) load $(arch-dir)/configs/$@
menuconfig olddefconfig: $(O)/deps.mk
	$(Q)$(kconfig) $@
savedefconfig: $(O)/deps.mk
	$(Q)$(kconfig) $@ $(O)/defconfig

goals-without-config := $(goals-without-arch) $(configs)
ifneq ($(filter-out $(goals-without-config),$(goals)),)
build := y
endif

# What the build needs from outside is fetched when it is missing: packages, then
# the folders that this file names.
$(O)/deps.mk: tools/deps tools/deps.packages tools/deps.pins
	@mkdir -p $(@D)
	$(Q)tools/deps build libs
	$(Q)tools/deps --make >$@

ifdef build
include $(O)/deps.mk
ifeq ($(and $(wildcard $(libfdt-dir)),$(wildcard $(libdeflate-dir)),\
	    $(wildcard $(mbedtls-dir))),)
$(O)/deps.mk: FORCE
endif

include $(O)/config.mk

$(config): | $(O)/deps.mk
	$(Q)$(kconfig) load $(arch-dir)/configs/defconfig

kconfigs := Kconfig $(wildcard */Kconfig */*/Kconfig \
	    $(addsuffix /Kconfig,$(arch-dirs)))
$(O)/config.mk: $(config) $(kconfigs) tools/kconfig
	$(Q)$(kconfig) sync $@ $(O)/include/generated/config.h
endif

# --- compiler and flags -------------------------------------------------------

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
ifeq ($(origin LD),default)
LD := $(CROSS_COMPILE)ld
endif
CC      := $(or $(CC),$(CROSS_COMPILE)gcc)
LD      := $(or $(LD),$(CROSS_COMPILE)ld)
OBJCOPY ?= $(CROSS_COMPILE)objcopy
NM      ?= $(CROSS_COMPILE)nm
SIZE    ?= $(CROSS_COMPILE)size

compiler := $(if $(findstring clang,$(notdir $(firstword $(CC)))),clang,gcc)

include-dirs := $(addsuffix /include,core libs drivers emulators commands \
		$(arch-dirs))

# What people wait for is made small, what guests wait for fast.
optimize := -O2
for-people := commands/% core/command/% core/gdb/% core/console/attach \
	core/console/console core/console/follow core/console/guest_console \
	core/console/host_% core/console/line_% core/console/pager \
	core/console/port core/console/screen_filter core/cpu core/device/% \
	core/errno core/file core/guest/build core/guest/check% core/guest/config_% \
	core/guest/crash core/guest/debug core/guest/dump \
	core/guest/emulator core/guest/emulator_index core/guest/emulator_state \
	core/guest/guest core/guest/vpic core/gunzip core/daemon core/irq/irq \
	core/smp core/sched/thread \
	drivers/irqchip/imsic_layout emulators/pic/aplic \
	emulators/pic/cpu_wires emulators/pic/imsic emulators/pic/plic \
	core/guest/image_% core/guest/memory core/guest/options \
	core/guest/symbols core/guest/tree_% core/guest/variant \
	core/guest/watch core/guest/why core/guest/why_% core/log core/main \
	core/mm/heap core/mm/hostmap core/mm/memory_% core/mm/page core/options \
	core/panic core/random \
	core/symbols core/trace daemons/% drivers/firmware/% \
	drivers/reset/% drivers/rtc/% drivers/uart/% drivers/virtio/% \
	emulators/flash/% emulators/gpio/% \
	emulators/misc/% emulators/rtc/% libs/cpio libs/elf libs/elf_symbol \
	libs/kallsyms libs/nearest libs/parse libs/printf libs/sort \
	thirdparty/libdeflate/gzip_decompress \
	thirdparty/libdeflate/utils $(addprefix thirdparty/libfdt/fdt_,\
		addresses rw strerror sw wip) thirdparty/mbedtls/% \
	$(foreach d,$(arch-dirs),$(addprefix $(d)/,boot cpu debug explain \
		features files guest/% idregs panic patch pure/isa pure/next \
		sbi/dbcn sbi/fwft sbi/hsm sbi/pmu sbi/srst sbi/sta sbi/susp \
		trace))
$(patsubst %,$(O)/%.o,$(for-people)): private optimize := -Os

# Language and code: one section for each function so that the linker drops what
# nobody calls, no path in the image, nothing of the host's C library.
cc-flags = $(cc-flags-$(compiler)) -std=gnu11 $(optimize) -g -fno-common \
	-fno-strict-aliasing -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
	-ffunction-sections -fdata-sections \
	-ffile-prefix-map=$(CURDIR)/= -ffile-prefix-map=$(abspath $(O))/= \
	$(arch-cflags) $(arch-cflags-$(compiler))
cc-flags-clang := $(addprefix --target=,\
	$(patsubst %-,%,$(notdir $(CROSS_COMPILE)))) -Qunused-arguments
cc-freestanding = -ffreestanding -nostdinc -isystem $(compiler-headers) \
	-Ilibs/include/compat $(arch-freestanding)
warnings := -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla -Wframe-larger-than=2048 \
	-Wno-unused-parameter -Werror
includes = $(addprefix -I,$(wildcard $(include-dirs)) $(O)/include) \
	$(addprefix -iquote ,$(arch-dirs)) \
	$(thirdparty-includes) -include generated/config.h
ld-flags := -nostdlib -static --gc-sections --build-id=none \
	-z noexecstack -z max-page-size=4096 $(arch-ldflags)

ifdef build
compiler-headers := $(shell $(CC) -print-file-name=include)
flags-now := $(shell $(CC) --version 2>/dev/null | head -n 1) $(cc-flags) \
	$(cc-freestanding) $(warnings) $(includes) $(AFLAGS) $(CFLAGS) $(for-people)
endif

# --- objects ------------------------------------------------------------------
#
# An objects.mk says `objs-y += a.o`, `objs-$(CONFIG_B) += b.o`, `dirs-y += c/`.

objects :=
define walk
objs-y :=
dirs-y :=
include $(1)objects.mk
objects += $$(addprefix $(1),$$(objs-y))
$$(foreach d,$$(addprefix $(1),$$(dirs-y)),$$(eval $$(call walk,$$(d))))
endef

ifdef build
tops := $(addsuffix /,$(arch-dirs)) core/ drivers/ emulators/ commands/ \
	daemons/ libs/ $(if $(CONFIG_TESTS),tests/suites/) \
	$(if $(CONFIG_FAKE),tests/host/ arch/arm/v8/guest/ \
			   arch/arm/v8/pure/ \
			   arch/riscv/guest/ arch/riscv/pure/)
$(foreach d,$(tops),$(if $(wildcard $(d)objects.mk),$(eval $(call walk,$(d)))))
include libs/thirdparty.mk
objects := $(addprefix $(O)/,$(objects)) $(thirdparty-objects)
endif

# --- rules --------------------------------------------------------------------

image ?= $(O)/vmm.bin
all: $(image)

# A file that changes only when its words do: what depends on it is made again
# when a flag, the compiler or the list of objects changed, and only then.
$(O)/flags: words = $(flags-now)
$(O)/objects: words = $(objects) $(link) $(ld-flags)
$(O)/flags $(O)/objects: FORCE
	@mkdir -p $(@D)
	@test -f $@ && printf '%s\n' '$(words)' | cmp -s - $@ || \
		printf '%s\n' '$(words)' >$@

compile = $(CC) $(cc-flags) $(cc-freestanding) $(warnings) $(includes) \
	-MMD -MP $(CFLAGS)

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D); $(call say,CC,$<)
	$(Q)$(compile) -c -o $@ $<
$(O)/%.o: %.S $(O)/flags
	@mkdir -p $(@D); $(call say,AS,$<)
	$(Q)$(compile) $(AFLAGS) -D__ASSEMBLY__ -c -o $@ $<

# An architecture that is linked otherwise says so in its arch.mk.
linker-script ?= core/linker.lds.S
linker-lds    := $(if $(linker-script),$(O)/linker.lds)
link          ?= $(LD) $(ld-flags) -T $(linker-lds)

$(O)/linker.lds: $(linker-script) $(O)/flags
	@$(call say,LDS,$<)
	$(Q)$(compile) -D__ASSEMBLY__ -E -P -x assembler-with-cpp -MT $@ \
		-MF $(O)/linker.d -o $@ $<

# A device tree as an object: dir/a-b.dts becomes the bytes at `dtb_a_b`.
$(O)/%.dtb: %.dts
	@mkdir -p $(@D); $(call say,DTC,$<)
	$(Q)dtc -I dts -O dtb -d $@.d -o $@ $<
$(O)/%.dtb.o: $(O)/%.dtb $(O)/flags
	@$(call say,AS,$<)
	$(Q)printf '.section .rodata.%s,"a"\n.balign 8\n.global %s\n%s:\n' \
		$(dtb-symbol) $(dtb-symbol) $(dtb-symbol) >$@.s
	$(Q)printf '.incbin "%s"\n.section .note.GNU-stack,""\n' $< >>$@.s
	$(Q)$(CC) $(cc-flags) -c -o $@ $@.s
.PRECIOUS: $(O)/%.dtb
dtb-symbol = dtb_$(subst -,_,$(basename $(notdir $<)))

# Linked twice: the second time with the names of what the first put where.
# Their table lies behind the code, so that nothing moves.
$(O)/symbols.0.S: tools/symbols
	@mkdir -p $(@D)
	$(Q)tools/symbols </dev/null >$@
$(O)/symbols.1.S: $(O)/vmm.0.elf tools/symbols
	$(Q)$(NM) -n $< | tools/symbols >$@
$(O)/symbols.%.o: $(O)/symbols.%.S
	$(Q)$(CC) $(cc-flags) -c -o $@ $<

$(O)/vmm.0.elf: $(objects) $(O)/symbols.0.o $(linker-lds) $(O)/objects
	@$(call say,LD,$@)
	$(Q)$(link) -o $@ $(objects) $(O)/symbols.0.o

$(O)/vmm.elf: $(O)/vmm.0.elf $(O)/symbols.$(if $(CONFIG_SYMBOLS),1,0).o
	@$(call say,LD,$@)
	$(Q)$(link) -o $@ $(objects) $(lastword $^)

$(O)/vmm.bin: $(O)/vmm.elf
	$(Q)$(OBJCOPY) -O binary $< $@
	$(if $(silent),,@$(SIZE) -A $< | tools/size-report $@)

# Programs beside the image, of an architecture that has some.
-include $(arch-dir)/programs.mk

-include $(objects:.o=.d) $(wildcard $(O)/tests/fuzz/*.d) $(O)/linker.d

compile_commands.json: FORCE
	@$(call say,GEN,$@)
	@printf '%s\n' $(foreach o,$(objects),'$(o)') | tools/compile-commands \
		'$(CURDIR)' '$(O)' '$(compile)' >$@

# Checks trees of guests on the machine that builds, with the same code.
guest-check: FORCE
	$(Q)$(MAKE) ARCH=fake O=$(O)/host $(O)/host/guest-check-$(ARCH)
	$(Q)cp $(O)/host/guest-check-$(ARCH) $(O)/$@

demo: all
	$(Q)tools/deps run guests
	$(Q)tools/demo $(ARCH) $(O)

# --- tests ----------------------------------------------------------------------

given = $(filter command line environment,$(origin $(1)))
test-out := $(if $(call given,O),$(O),build)/test

test: FORCE
	$(Q)tools/deps
	$(Q)tests/run --out $(test-out) $(if $(call given,ARCH),--arch $(ARCH)) \
		$(addprefix --family ,$(FAMILY))
check: FORCE
	$(Q)tools/deps packages libs
	$(Q)tools/check --out $(test-out)/check
reference: FORCE
	$(Q)for arch in arm64 riscv; do $(MAKE) ARCH=$$arch || exit; done
	$(Q)tools/command-reference build/arm64/vmm.elf build/riscv/vmm.elf

# What there is of these is a program tests/.../run.
fuzz: run-args = $(addprefix --minutes ,$(MINUTES)) $(TARGET)
profile: run-args = $(addprefix ',$(addsuffix ',$(ROW)))
soak: run-args = $(addprefix --minutes ,$(MINUTES)) \
		 $(addprefix --rounds ,$(ROUNDS)) $(addprefix --seed ,$(SEED))
bench coverage fuzz profile soak: FORCE
	@test -x tests/$@/run || { echo "There is no $@ yet."; exit 1; }
	$(Q)tools/deps
	$(Q)tests/$@/run --arch $(ARCH) --out $(test-out) $(run-args)

# For tools: the value of a variable.
print-%: FORCE
	@printf '%s\n' '$($*)'

clean:
	rm -rf $(O)

help:
	@sed -n 's/^#: //p' Makefile

#: make [ARCH=arm64|riscv] [O=DIR] [V=1] [CC=clang] TARGET
#:
#: all                    build $(O)/vmm.bin (O is build/$(ARCH) by default)
#: defconfig              configure for use; debug_defconfig: for testing
#: menuconfig             change the configuration in menus
#: olddefconfig           give new options their defaults
#: savedefconfig          write the shortest equivalent to $(O)/defconfig
#: demo                   boot it on an emulated machine, with a Linux guest to start
#: guest-check            build $(O)/guest-check, which checks trees of guests
#: test                   run all tests; FAMILY=native (style inside guests hostile
#:                        boot terminal soak) and ARCH= choose
#: reference              write the commands of docs/terminal.md anew, from the
#:                        images' tables
#: bench                  measure what exits, boots and guests cost, beside KVM and
#:                        Xen on the same emulated machine; fails above
#:                        tests/bench/budgets
#: check                  run the checks of style, headers and reproducibility
#: coverage               count the lines, functions and device registers that the
#:                        native suites and the fuzzers' inputs reach
#: fuzz                   run the fuzzers for MINUTES=5 in all; TARGET=NAME chooses
#: profile                print which functions an exit's instructions go to;
#:                        ROW=NAME chooses by regular expression
#: soak                   guests that live and die for MINUTES=10, after ROUNDS=1000
#:                        of one after the other; SEED=N repeats a run
#: compile_commands.json  the compiler's command lines, for editors
#: clean                  remove $(O)

.PHONY: FORCE $(configs) all demo test check reference bench fuzz profile \
	coverage soak guest-check compile_commands.json clean help
FORCE:
