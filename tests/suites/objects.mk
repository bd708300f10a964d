# SPDX-License-Identifier: GPL-2.0-or-later
objs-y += archive.o
objs-y += aspace_test.o
objs-y += capture.o
objs-y += cfi_flash_test.o
objs-y += command_starved_test.o
objs-y += command_test.o
objs-y += console_test.o
objs-y += device_test.o
objs-y += dt_print_test.o
objs-y += dt_test.o
objs-y += emulated.o
objs-y += emulated_drive.o
objs-y += emulator_test.o
objs-y += gdb_packet_test.o
objs-y += guest_files.o
objs-y += guest_starved_test.o
objs-y += heap_test.o
objs-y += image_test.o
objs-y += language_test.o
objs-y += libs_bitmap_test.o
objs-y += libs_bits_test.o
objs-y += libs_crc32_test.o
objs-y += libs_cpio_test.o
objs-y += libs_elf_test.o
objs-y += libs_kallsyms_test.o
objs-y += libs_list_test.o
objs-y += libs_parse_test.o
objs-y += libs_printf_test.o
objs-y += libs_rbtree_test.o
objs-y += libs_ring_test.o
objs-y += libs_sort_test.o
objs-y += libs_string_test.o
objs-y += line_edit_test.o
objs-y += log_test.o
objs-y += memory_test.o
objs-y += options_test.o
objs-y += pager_test.o
objs-y += page_test.o
objs-y += pagetable_test.o
objs-$(CONFIG_EMULATE_GOLDFISH_RTC) += goldfish_rtc_test.o
objs-$(CONFIG_EMULATE_NS16550A) += ns16550a_test.o
objs-$(CONFIG_EMULATE_PL011) += pl011_test.o
objs-$(CONFIG_EMULATE_PL031) += pl031_test.o
objs-$(CONFIG_EMULATE_PL061) += pl061_test.o
objs-$(CONFIG_EMULATE_PVPANIC) += pvpanic_test.o
objs-$(CONFIG_EMULATE_SIFIVE_GPIO) += sifive_gpio_test.o
objs-$(CONFIG_EMULATE_SIFIVE_TEST) += sifive_test_test.o
objs-y += report_test.o
objs-y += screen_filter_test.o
objs-y += starve.o
objs-y += symbols_test.o
objs-y += trace_test.o
objs-y += vcpu_history_test.o
objs-y += why_test.o

# These know the machine that a guest is by default.
objs-$(if $(CONFIG_RISCV),,y) += guest_config_test.o
objs-$(if $(CONFIG_RISCV),,y) += guest_tree_test.o

objs-$(CONFIG_RISCV_PICS) += riscv_guest_test.o

# These look at the hypervisor that runs them: inside only.
objs-$(if $(CONFIG_FAKE),,y) += guest_host_live.o
objs-$(if $(CONFIG_FAKE),,y) += live_test.o

# These change what the running hypervisor lives on: natively only.

objs-$(CONFIG_FAKE) += clock_test.o
objs-$(CONFIG_FAKE) += device_starved_test.o
objs-$(CONFIG_FAKE) += fake_platform.o
objs-$(CONFIG_FAKE) += file_test.o
objs-$(CONFIG_FAKE) += gdb_server_test.o
objs-$(CONFIG_FAKE) += guest_life_test.o
objs-$(CONFIG_FAKE) += guest_use_test.o
objs-$(CONFIG_FAKE) += guest_host_fake.o
objs-$(CONFIG_FAKE) += irq_test.o
objs-$(CONFIG_FAKE) += random_test.o
objs-$(CONFIG_FAKE) += riscv_decode_test.o
objs-$(CONFIG_FAKE) += riscv_isa_test.o
objs-$(CONFIG_FAKE) += riscv_next_test.o
objs-$(CONFIG_FAKE) += riscv_pagetable_test.o
objs-$(CONFIG_FAKE) += riscv_sbi_test.o
objs-$(CONFIG_FAKE) += sched_actors.o
objs-$(CONFIG_FAKE) += sched_handover_test.o
objs-$(CONFIG_FAKE) += sched_test.o
objs-$(CONFIG_FAKE) += script_test.o
objs-$(CONFIG_FAKE) += tab_test.o
objs-$(CONFIG_FAKE) += timer_test.o
objs-$(CONFIG_FAKE) += wait_test.o
