# SPDX-License-Identifier: GPL-2.0-or-later
"""What must be survived: one row for each case, by its number.

A case is shown by attacks, which test_cases.py runs beside a witness, by other
tests, or by nothing, as what it attacks does not exist.  To add an attack:

1. write the guest, tests/guest/{common,arm64,riscv}/hostile_NAME.c.  It ends
   with pass() if it asserts what it is answered; or it attacks for ever, by
   chance (lib/chance.h: begin with chance_begin(tree), say "go on" by
   hostile_progress());
2. name it in its case: Attack("hostile_NAME", ...), see below;
3. run it, after `tests/run --arch ARCH --family hostile --out DIR`:
   ARCH=riscv MONOVISOR_TEST_OUT=DIR tools/with-module pytest,xdist,pexpect \\
       -m pytest tests/hostile -k "NAME and release" -p no:cacheprovider

Other tests are named by file below tests/ and, behind "::", the test in it.  The
feature that is absent is the first cell of a row of docs/status.md.
"""
from typing import NamedTuple

ARCHS = ("arm64", "riscv")


class Attack(NamedTuple):
    """A guest that attacks.

    ends: how, as `guest list` has it, a regular expression ("halted" says PASS
    last); None: not by itself, whatever breaks is its own, and it must have
    said "go on".  word: more boot arguments.  options: of `guest create`.
    extra_log: lines of the log beyond the usual ones.  duration: ms that the
    witness is watched for; resets: how often the guest is reset after that.
    variants: machines (tests/lib/machine.py), where the first is not enough.
    """
    guest: str
    vcpus: int = 4
    ends: str | None = "halted"
    word: str = ""
    options: dict = {}
    archs: tuple = ARCHS
    duration: int = 100
    resets: int = 0
    extra_log: int = 0
    variants: dict = {}

    def name(self):
        parts = [self.guest.removeprefix("hostile_"), self.word,
                 *map(str, self.options.values())]
        return "-".join(filter(None, parts)).replace(" ", "-")


class Case(NamedTuple):
    number: int
    title: str
    attacks: tuple = ()
    tests: tuple = ()
    absent: str | None = None


# Chance breaks them before long.
BY_CHANCE = {"ends": None, "resets": 2}
IMSIC = {"options": {"aia": "aplic-imsic"}, "archs": ("riscv",)}
APLIC = {"options": {"aia": "aplic"}, "archs": ("riscv",)}
GICV2 = {"word": "gicv2", "archs": ("arm64",),
         "variants": {"arm64": {"variant": "gic2"}}}
CONTROLLERS = tuple(Attack("hostile_controller", **BY_CHANCE, **which)
                    for which in ({}, GICV2, APLIC, IMSIC))
MESSAGES = tuple(Attack("hostile_messages", **BY_CHANCE, **which)
                 for which in ({}, GICV2, IMSIC))
LINES = tuple(Attack("hostile_lines", vcpus=3, duration=600, **which)
              for which in ({}, GICV2, APLIC))
DEVICES = Attack("hostile_devices", **BY_CHANCE)
FLASH = Attack("hostile_flash", **BY_CHANCE)

CASES = (
    # --- the CPU's state ---
    Case(1, "each system register's number, read and written",
         (Attack("hostile_registers", vcpus=1, resets=1),
          Attack("hostile_registers", vcpus=1, **IMSIC)),
         ("guest/arm64/sysreg.c", "guest/riscv/csr.c")),
    Case(2, "each firmware call's number, with any arguments",
         (Attack("hostile_storm", **BY_CHANCE),),
         ("guest/arm64/psci.c", "guest/arm64/smc.c", "guest/riscv/sbi.c")),
    Case(3, "modes that are not there",
         (Attack("hostile_modes", vcpus=1),),
         ("guest/arm64/el0.c", "guest/riscv/csr.c")),
    Case(4, "vector registers of many VCPUs",
         tests=("guest/common/fp.c",
                "guests/test_guests.py::test_fp_of_two_guests")),
    Case(5, "debugging, counting of events, single steps",
         (Attack("hostile_debug"),),
         ("guest/arm64/sysreg.c", "guest/riscv/csr.c")),
    Case(6, "exceptions inside exceptions, vectors and stacks in nothing",
         (Attack("hostile_faults", vcpus=8, ends=None),)),
    Case(7, "waiting, yielding and spinning as fast as possible",
         (Attack("hostile_waits", word="waits", ends="running", duration=70),
          Attack("hostile_waits", word="yields", ends="running",
                 duration=70),
          Attack("hostile_waits", word="spins", ends="running"),
          Attack("hostile_waits", word="meet", ends="running"))),
    Case(8, "VCPUs turned on and off, as nonsense and all at once",
         (Attack("hostile_power", vcpus=8, ends="running"),),
         ("guest/arm64/psci.c", "guest/riscv/hsm.c")),
    Case(9, "clocks: timers of the past, of never, of all the time",
         (Attack("hostile_clocks", ends="running"),),
         ("guest/arm64/timer.c", "guest/riscv/timer.c")),
    Case(46, "instructions by chance, in kernel and user mode",
         (Attack("hostile_words", **BY_CHANCE),
          Attack("hostile_words", **BY_CHANCE, **IMSIC)),
         ("hostile/test_words.py::test_words",)),
    Case(47, "aborts and errors that the guest makes itself",
         (Attack("hostile_faults", vcpus=8, ends=None),),
         ("guest/arm64/mmio.c", "guest/riscv/mmio.c")),
    # --- memory ---
    Case(48, "more guests over time than identifiers for TLBs",
         tests=("hostile/test_memory.py::test_identifiers",
                "hostile/test_memory.py::test_many_guests")),
    Case(49, "mappings split and changed under running VCPUs, their code too",
         (FLASH, Attack("code", vcpus=2, duration=600)),
         ("suites/pagetable_test.c", "guest/arm64/mmu.c")),
    Case(10, "each place where nothing is, ends of memory, the top",
         (Attack("holes", vcpus=2),), ("guest/arm64/mmu.c",)),
    Case(11, "page tables in devices, in ROM, in themselves",
         (Attack("hostile_pages", **BY_CHANCE),)),
    Case(12, "loads, stores and fetches of each kind, from devices",
         (Attack("hostile_mmio", **BY_CHANCE),
          Attack("hostile_mmio", **BY_CHANCE, **IMSIC)),
         ("guest/arm64/mmio.c", "guest/riscv/mmio.c")),
    Case(13, "stores to ROM and flash: dropped, counted, one exit each",
         (FLASH,), ("hostile/test_memory.py::test_rom",)),
    Case(14, "what is given back is gone on each host CPU",
         (FLASH,), ("hostile/test_memory.py::test_identifiers",
                    "guests/test_memory.py::test_zero_and_wiped")),
    Case(15, "maintenance of caches, aliases",
         (Attack("code", vcpus=2, duration=600),), ("guest/arm64/mmu.c",)),
    Case(16, "fresh memory is zero, no byte of ours gets out",
         (Attack("exits", vcpus=2, duration=400),),
         ("guests/test_memory.py", "hostile/test_memory.py::test_fragments")),
    Case(17, "guests larger than the host, very many, crumbled memory",
         tests=("terminal/test_memory.py::test_all_but_nothing",
                "terminal/test_commands.py::test_refused",
                "hostile/test_memory.py::test_many_guests",
                "hostile/test_memory.py::test_fragments")),
    # --- interrupts ---
    Case(18, "all interrupts pending at once, at one priority",
         CONTROLLERS, ("guest/arm64/gic.c", "guest/riscv/plic.c")),
    Case(19, "interrupts acknowledged and ended in any order, by any number",
         CONTROLLERS, ("host/pins_abuse_test.c", "host/pins_ref_test.c",
                       "host/vgic_test.c")),
    Case(20, "each register of the interrupt controllers",
         CONTROLLERS,
         ("host/vgic_regs_test.c::abuse_v3",
          "host/vgic_regs_test.c::abuse_v2", "host/pins_abuse_test.c")),
    Case(21, "storms of IPIs, to VCPUs that are off or absent too",
         (Attack("hostile_storm", **BY_CHANCE), *MESSAGES)),
    Case(22, "lines held for ever, edges at full speed, spurious ones", LINES),
    # On ARM, ITS and GICv2m do not exist.
    Case(23, "message interrupts of any number, to any file",
         (CONTROLLERS[-1], MESSAGES[-1])),
    # --- virtio ---
    *(Case(number, title, absent="virtio, PCI, disks, network, fw_cfg")
      for number, title in (
          (24, "virtio: chains that loop or lead out"),
          (25, "virtio: buffers that are no memory"),
          (26, "virtio: indices that jump, rings that change"),
          (27, "virtio: queues of impossible sizes, reset under way"),
          (28, "virtio: features never offered, configuration"),
          (29, "disks: requests beyond the end, of no kind"),
          (30, "network: frames too short, too long, lying"),
          (31, "virtio consoles, sockets, entropy, balloons"))),
    # --- emulated devices ---
    Case(32, "each register of each device, from two VCPUs",
         (DEVICES,),
         ("suites/emulator_test.c::at_random", "fuzz/emulator_fuzz.c")),
    Case(33, "UARTs: full both ways, no rate, escape sequences",
         (DEVICES,),
         ("suites/screen_filter_test.c", "fuzz/screen_filter_fuzz.c",
          "terminal/test_commands.py::test_log_is_harmless")),
    Case(34, "PCI: what is absent, windows over everything",
         absent="virtio, PCI, disks, network, fw_cfg"),
    Case(35, "flash by any commands, clocks set to extremes",
         (FLASH, DEVICES), ("suites/cfi_flash_test.c", "suites/pl031_test.c",
                "suites/goldfish_rtc_test.c")),
    Case(36, "a console that is flooded",
         (Attack("flood", vcpus=1, ends="running"),),
         ("terminal/test_commands.py::test_bad_neighbour",)),
    # --- the operator and files ---
    Case(37, "trees that are damaged",
         tests=("terminal/test_bad_trees.py::test_contradictions",
                "terminal/test_bad_trees.py::test_damaged",
                "terminal/test_bad_trees.py::test_cut",
                "suites/guest_config_test.c::every_property_damaged",
                "suites/guest_config_test.c::single_mistakes",
                "suites/guest_config_test.c::truncated_everywhere",
                "suites/guest_config_test.c::huge_and_deep",
                "suites/guest_config_test.c::control_characters",
                "host/memory_tree_test.c::bad_nodes",
                "fuzz/guest_tree_fuzz.c", "fuzz/guest_options_fuzz.c",
                "fuzz/host_tree_fuzz.c")),
    Case(38, "images that lie",
         tests=("terminal/test_bad_images.py::test_kernels",
                "terminal/test_bad_images.py::test_too_large",
                "suites/image_test.c::truncated_everywhere",
                "suites/image_test.c::cut_images",
                "suites/image_test.c::lying_images",
                "suites/image_test.c::placed",
                "suites/image_test.c::bombs_and_damage",
                "suites/image_test.c::foreign_kernels",
                "fuzz/image_fuzz.c", "fuzz/elf_fuzz.c")),
    Case(39, "archives that lie",
         tests=("suites/file_test.c::strange_names",
                "suites/file_test.c::duplicates",
                "suites/file_test.c::hard_links",
                "suites/file_test.c::lying_sizes",
                "suites/file_test.c::odd_padding",
                "suites/file_test.c::truncated_everywhere",
                "fuzz/archive_fuzz.c")),
    Case(40, "the terminal: long lines, half sequences, full speed",
         tests=("terminal/test_commands.py::test_long_line",
                "terminal/test_commands.py::test_control_characters",
                "terminal/test_abuse.py::test_bytes",
                "terminal/test_abuse.py::test_many_lines",
                "terminal/test_abuse.py::test_many_guests",
                "fuzz/command_fuzz.c")),
    Case(41, "guests' lives in every order",
         tests=("suites/guest_life_test.c", "inside/test_guests.py::test_lives",
                "terminal/test_abuse.py::test_any_order",
                "terminal/test_abuse.py::test_destroyed_in_the_middle",
                "soak/test_rounds.py::test_lives",
                "soak/test_rounds.py::test_rounds")),
    Case(42, "no memory at each place that asks for some",
         tests=("suites/emulator_test.c::out_of_memory",
                "suites/aspace_test.c::out_of_memory",
                "suites/guest_starved_test.c::create_and_destroy",
                "suites/guest_starved_test.c::reset_and_pause",
                "suites/command_starved_test.c::each_command",
                "suites/device_starved_test.c::resources",
                "suites/device_starved_test.c::drivers_give_all_back")),
    Case(50, "exits as fast as possible, host CPUs wanted twice",
         (Attack("hostile_waits", word="exits", vcpus=8, ends="running"),),
         ("soak/test_rounds.py::test_three_on_two",)),
    Case(51, "stacks, their guard pages, what may be written or run",
         tests=("suites/live_test.c::guard_pages",
                "suites/live_test.c::stacks",
                "suites/live_test.c::write_or_execute",
                "hostile/test_cases.py::test_debug")),
    # --- the host ---
    Case(43, "host devices that storm, CPUs that do not come",
         tests=("suites/irq_test.c::storms_pause",
                "boot/test_devices.py::test_line_that_never_drops",
                "boot/test_devices.py::test_console_that_takes_nothing",
                "boot/test_lies.py::test_cpu_that_does_not_come",
                "boot/test_lies.py::test_ram_that_is_not_there",
                "boot/test_lies.py::test_overlapping_banks",
                "boot/test_lies.py::test_interrupt_beyond_the_controller",
                "boot/test_lies.py::test_clock_of_day_that_is_not_there",
                "boot/test_lies.py::test_ends_in_words")),
    Case(44, "a console's line that is lost, a clock that stands or jumps",
         tests=("boot/test_lies.py::test_console_that_is_not_there",
                "boot/test_lies.py::test_console_chosen_wrongly",
                "host/host_console_test.c::goes_on_without_a_line",
                "host/host_console_test.c::survives_a_dead_uart",
                "suites/clock_test.c::limits")),
    Case(45, "a mistake of ours: it tells all it knows",
         tests=("boot/test_panic.py",)),
    Case(52, "speculation: what is done is told, indices are masked",
         tests=("boot/test_host.py::test_speculation",
                "boot/test_host.py::test_mitigations_off")),
    Case(53, "pauses, and counters read across them",
         tests=("guest/arm64/sysreg.c::hidden",
                "guest/riscv/csr.c::check_counters",
                "guests/test_time.py::test_physical_timer",
                "terminal/test_trees.py::test_clock_in_pause")),
)
