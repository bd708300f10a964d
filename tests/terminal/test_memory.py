# SPDX-License-Identifier: GPL-2.0-or-later
"""What guests take beyond their RAM is little, and told as it is."""
import re

import pytest

import guests
import parts
from machine import ARCH

KIB, MIB = 1 << 10, 1 << 20
# The most that the first guest takes, with what others share.
FIRST = {"arm64": 112 * KIB, "riscv": 144 * KIB}[ARCH]


@pytest.fixture
def machine(boot, arch, tmp_path):
    files = {"idle.bin": parts.guest("idle", arch)}
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files))


def taken(machine, name, cpus):
    """Bytes of the host beyond the RAM of a new guest, and what it says."""
    before = guests.memory_used(machine)["used"]
    guests.create(machine, name, kernel="/idle.bin", memory="256M", cpus=cpus)
    after = guests.memory_used(machine)["used"]
    return (after - before - 256 * MIB, guests.document(
        machine, f"guest info {name}")["overhead_bytes"])


def test_beyond_ram(machine):
    """Also the first guest, for which tables are made that others share."""
    real, told = taken(machine, "first", 1)
    assert told <= real <= FIRST
    real, one = taken(machine, "second", 1)
    assert abs(real - one) <= 8 * KIB and one <= 100 * KIB
    real, eight = taken(machine, "eight", 8)
    assert abs(real - eight) <= 16 * KIB
    assert (eight - one) / 7 <= 24 * KIB


def test_labels(machine):
    """Each figure of `host memory` has a name of its own."""
    labels = re.findall(r"^ *([a-z ]+):", machine.command("host memory"), re.M)
    assert "object count" in labels and len(set(labels)) == len(labels), labels


@pytest.mark.parametrize("host_cpus", [1, 2])
def test_all_but_nothing(boot, arch, tmp_path, host_cpus):
    """RAM that leaves less and less for the rest of a guest: each is refused
    or works, whichever allocation is the one that fails; nothing is lost."""
    files = {"idle.bin": parts.guest("idle", arch)}
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   memory="32M", cpus=host_cpus)
    before = guests.memory_used(machine)
    refused = 0
    for left in range(0, FIRST // KIB + 48, 4):
        size = before["free"] // KIB // 4 * 4 - left
        said = machine.command(f"guest create g --kernel /idle.bin --cpus 2 "
                               f"--memory {size}K", 20)
        if machine.status():
            refused += 1
            assert "error: " in said and "memory" in said, f"{left}: {said}"
        else:
            guests.destroy(machine, "g")
        assert guests.memory_used(machine) == before, f"{left}: {said}"
    assert 10 < refused < (FIRST // KIB + 48) // 4
    guests.create(machine, "g", kernel="/idle.bin", memory="16M")
    guests.kick(machine, "g")
    guests.wait_output(machine, "g", "idles")
