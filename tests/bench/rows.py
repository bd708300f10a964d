# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured, with its goals, and the facts of each architecture."""

MIB = 1 << 20

# name: what it is, and the goal
ARM64_ROWS = {
    "hypercall-psci-version": ("null hypercall", 95),
    "sysreg-actlr_el1": ("trapped register read", 115),
    "sysreg-id_aa64pfr0_el1": ("identification register read", 115),
    "gicd-typer": ("GIC distributor register read", 190),
    "uart-fr": ("PL011 register read", 225),
    "self-sgi": ("SGI to oneself, send to handler", 230),
    "timer": ("virtual timer, due to handler", 160),
    "wfi-wake": ("WFI wake, host CPU idle", 280),
    "wfi-wake-busy": ("WFI wake, lower guest running", 460),
    "switch": ("ping-pong of two guests by yield", 800),
    "switch-fp": ("the same, FP used by both", 1100),
    "ping-pong": ("ping-pong of two VCPUs by IPI, WFI", 3000),
    "jitter-alone": ("latest of 100000 timers, alone", 600),
    "jitter-noisy": ("the same beside a noisy guest", 2600),
    "masked": ("longest with interrupts masked", 2000),
    "neighbour-late": ("latest timer beside any attacker", 2600),
    "neighbour-masked": ("longest masked beside any attacker", 2000),
    "trace-exit": ("one more, to an exit that is traced", 25),
    "first-touch": ("first touch of guest RAM (a store)", 16),
    "prompt": ("entry to prompt, 1 CPU", 5000000),
    "create": ("create 256 MiB, 27 MB Image, initrd", 35000000),
    "kick": ("kick to first guest instruction", 10000),
    "linux": ("Linux to init / native, in millionths", 1010000),
    "image": ("vmm.bin, bytes", 400 << 10),
    "memory": ("memory in use at the prompt, bytes", 4 * MIB),
    "guest-memory": ("the first 256 MiB guest beyond its RAM", 128 << 10),
    "vcpu-memory": ("each more VCPU of a guest, bytes", 24 << 10),
}
RISCV_ROWS = {
    "sbi-version": ("SBI base call", 130),
    "sbi-probe": ("SBI probe_extension", 160),
    "set-timer": ("SBI set_timer", 170),
    "rfence-vma-self": ("remote_sfence_vma to oneself", 400),
    "self-ipi": ("IPI to oneself, round trip", 350),
    "uart-lsr": ("ns16550 register read", 280),
    "timer": ("timer, due to handler", 160),
    "wfi-wake": ("WFI wake, host CPU idle", 600),
    "wfi-wake-busy": ("WFI wake, lower guest running", 1200),
    "switch": ("ping-pong of two guests by yield", 1200),
    "switch-fp": ("the same, FP used by both", 1500),
    "ping-pong": ("ping-pong of two VCPUs by IPI, WFI", 3000),
    "jitter-alone": ("latest of 100000 timers, alone", 600),
    "jitter-noisy": ("the same beside a noisy guest", 2600),
    "masked": ("longest with interrupts masked", 2000),
    "neighbour-late": ("latest timer beside any attacker", 2600),
    "neighbour-masked": ("longest masked beside any attacker", 2000),
    "trace-exit": ("one more, to an exit that is traced", 25),
    "first-touch": ("first touch of guest RAM (a store)", 16),
    "prompt": ("entry to prompt, 1 CPU", 5000000),
    "create": ("create 256 MiB, 31 MB Image, initrd", 45000000),
    "kick": ("kick to first guest instruction", 10000),
    "linux": ("Linux to init / native, in millionths", 1010000),
    "image": ("vmm.bin, bytes", 350 << 10),
    "memory": ("memory in use at the prompt, bytes", 4 * MIB),
    "guest-memory": ("a 256 MiB guest beyond its RAM, bytes", 144 << 10),
    "vcpu-memory": ("each more VCPU of a guest, bytes", 24 << 10),
}

# By architecture.  classes: others that must not be much dearer than the row
# they are of.  tick: instructions between two of the guests' counter.  native:
# the machine that Linux is compared on.  firmware: some runs before us.
ARCHS = {
    "arm64": {
        "rows": ARM64_ROWS,
        "classes": {"hypercall-psci-version": r"hypercall-",
                    "sysreg-actlr_el1": r"sysreg-",
                    "gicd-typer": r"gic[dr]-", "uart-fr": r"uart-"},
        "traced": ["hypercall-psci-version", "gicd-typer", "uart-fr"],
        "tick": 16,
        "variant": "gic3",
        "machine": "dtb-randomness=off",
        "native": ["-M", "virt,gic-version=3,dtb-randomness=off"],
        "firmware": False,
    },
    "riscv": {
        "rows": RISCV_ROWS,
        "classes": {"sbi-version": r"sbi-", "uart-lsr": r"uart-",
                    "set-timer": r"time-", "rfence-vma-self": r"rfence-"},
        "traced": ["sbi-version", "uart-lsr"],
        "tick": 100,
        "variant": "plic-10",
        "machine": "",
        "native": ["-M", "virt"],
        "firmware": True,
    },
}
CLASS_PERCENT = 120
