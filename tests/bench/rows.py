# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured, with its goals, and the facts of each architecture."""

MIB = 1 << 20

# name: what it is, the goal, and what others need for it on the same machine
ARM64_ROWS = {
    "hypercall-psci-version": ("null hypercall", 95,
                               "73 | 189 | 471 | 400 | 1558/1064"),
    "sysreg-actlr_el1": ("trapped register read", 115,
                         "72 | - | 432 | 381 | 1920/1429"),
    "sysreg-id_aa64pfr0_el1": ("identification register read", 115, ""),
    "gicd-typer": ("GIC distributor register read", 190,
                   "125 | 225 | 611 | - | 2303/1819"),
    "uart-fr": ("PL011 register read", 225, "- | - | 635 | 633 | 5628/5357"),
    "self-sgi": ("SGI to oneself, send to handler", 230,
                 "96 | 784 | 1104 | lost | 2976/2512"),
    "timer": ("virtual timer, due to handler", 160,
              "64 | 208 | 1086 | - | 2923/2443"),
    "wfi-wake": ("WFI wake, host CPU idle", 280,
                 "48 | 192 | 4192 | - | 2940/2683"),
    "wfi-wake-busy": ("WFI wake, lower guest running", 460, ""),
    "switch": ("two VM switches", 800, "- | - | 5253 | - | -"),
    "switch-fp": ("two VM switches, FP used", 1100, ""),
    "trace-exit": ("one more, to an exit that is traced", 25, ""),
    "first-touch": ("first touch of guest RAM (a store)", 16,
                    "- | none | - | 1568 | 4797/3950"),
    "prompt": ("entry to prompt, 1 CPU", 5000000, "- | - | - | 17.7 M | -"),
    "create": ("create 256 MiB, 27 MB Image, initrd", 35000000, ""),
    "kick": ("kick to first guest instruction", 10000,
             "- | - | - | 21.5 k | -"),
    "linux": ("Linux to init / native, in millionths", 1010000,
              "- | - | 1.043 | 1.032 | -"),
    "image": ("vmm.bin, bytes", 400 << 10, "- | - | 1 MB | 1927 KB | -"),
    "memory": ("memory in use at the prompt, bytes", 4 * MIB,
               "- | - | - | 30.3 MiB | -"),
    "guest-memory": ("the first 256 MiB guest beyond its RAM", 128 << 10, ""),
    "vcpu-memory": ("each more VCPU of a guest, bytes", 24 << 10, ""),
}
RISCV_ROWS = {
    "sbi-version": ("SBI base call", 130, "16-118 | 737 | 926"),
    "sbi-probe": ("SBI probe_extension", 160, ""),
    "set-timer": ("SBI set_timer", 170, "124-133 | 760 | 993"),
    "rfence-vma-self": ("remote_sfence_vma to oneself", 400, "- | 4875 | -"),
    "self-ipi": ("IPI to oneself, round trip", 350, "177 | 2535 | 3566"),
    "uart-lsr": ("ns16550 register read", 280, "198 | 1101 | 5221"),
    "timer": ("timer, due to handler", 160, ""),
    "wfi-wake": ("WFI wake, host CPU idle", 600, ""),
    "wfi-wake-busy": ("WFI wake, lower guest running", 1200, ""),
    "switch": ("two VM switches", 1200, ""),
    "switch-fp": ("two VM switches, FP used", 1500, ""),
    "trace-exit": ("one more, to an exit that is traced", 25, ""),
    "first-touch": ("first touch of guest RAM (a store)", 16,
                    "- | 6880 | 9275"),
    "prompt": ("entry to prompt, 1 CPU", 5000000, "- | 16.7 M | -"),
    "create": ("create 256 MiB, 31 MB Image, initrd", 45000000, ""),
    "kick": ("kick to first guest instruction", 10000, ""),
    "linux": ("Linux to init / native, in millionths", 1010000,
              "- | 1.029 | -"),
    "image": ("vmm.bin, bytes", 350 << 10, "- | 785 KB | -"),
    "memory": ("memory in use at the prompt, bytes", 4 * MIB,
               "- | 17.4 MiB | -"),
    "guest-memory": ("a 256 MiB guest beyond its RAM, bytes", 144 << 10, ""),
    "vcpu-memory": ("each more VCPU of a guest, bytes", 24 << 10, ""),
}

# By architecture.  classes: others that must not be much dearer than the row
# they are of.  tick: instructions between two of the guests' counter.  native:
# the machine that Linux is compared on.  firmware: some runs before us.
ARCHS = {
    "arm64": {
        "rows": ARM64_ROWS,
        "peers": "minimal | Bao | Xen | Xvisor | KVM nVHE/VHE",
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
        "peers": "minimal | Xvisor | KVM",
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
