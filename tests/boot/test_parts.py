# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts that machines are made of have drivers that work."""
import re

import pytest

import guests
from machine import ARCH

# Options of the machine, and which drivers must be bound there.
PARTS = {
    "arm64": [
        ({"variant": "gic2"}, "gicv2 pl011 pl031 arm_arch_timer psci"),
        ({"variant": "gic3"}, "gicv3 pl011 pl031 arm_arch_timer psci"),
    ],
    "riscv": [
        ({"variant": "plic"}, "plic ns16550 goldfish_rtc riscv_timer sbi"
         " syscon_power sifive_test"),
        ({"variant": "aplic"}, "aplic ns16550"),
        ({"machine": "aia=aplic-imsic"}, "aplic imsic ns16550"),
        ({"variant": "imsic-10"}, "aplic imsic ns16550"),
        ({"variant": "plic-10", "machine": "aclint=on"},
         "plic aclint_sswi ns16550"),
    ],
}


def name(value):
    return "-".join(value.values()) if isinstance(value, dict) else "parts"


@pytest.mark.parametrize("options, drivers", PARTS[ARCH], ids=name)
def test_bound(boot, options, drivers):
    """Drivers are bound, CPUs reach each other, the UART's input interrupts,
    timers ring."""
    machine = boot(cpus=4, **options)
    said = machine.command("host devices")
    for driver in drivers.split():
        assert re.search(rf"^bound +{driver} ", said, re.M), said
    assert "4 of 4 CPUs run" in machine.command("log")
    machine.command("sleep 200ms")
    said = guests.document(machine, "host irqs")
    assert any(row["counts"][0] for row in said["irqs"]
               if re.search("(?:serial|pl011)@", row["name"])), said
    assert said["unhandled"] == 0


@pytest.mark.skipif(ARCH != "riscv", reason="others have one timer")
@pytest.mark.parametrize("cpu, timer", [("rv64", "stimecmp"),
                                        ("rv64,sstc=off", "sbi")])
def test_timer(boot, cpu, timer):
    """Timers ring with and without a register of the CPU's own."""
    machine = boot(cpus=2, cpu=cpu)
    assert f"timer: {timer}, 10000000 Hz" in machine.command("log")
    machine.command("sleep 300ms")
    said = guests.document(machine, "host irqs")["irqs"]
    assert any(sum(row["counts"]) for row in said if row["number"] == 5 and
               row["name"] == "timer"), said
