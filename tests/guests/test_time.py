# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest's clock stands while it is paused; what others take is counted."""
import re
import time

import pytest

import guests
import parts
from machine import ARCH


def test_physical_timer_in_pause(boot, arch, tmp_path):
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"guest.bin": parts.guest("ptimer", arch)})
    machine = boot(archive=archive, cpus=2)
    guests.start(machine, "web", kernel="/guest.bin", memory="64M")
    guests.wait_output(machine, "web", "armed")
    machine.command("guest pause web")
    time.sleep(2.5)
    machine.command("guest resume web")
    guests.passes(machine, "web")


def test_physical_timer_without_a_cpu(boot, arch, tmp_path):
    """It is due while others have the only CPU; then it rings."""
    archive = parts.archive(tmp_path / "archive.cpio", {
        f"{name}.bin": parts.guest(name, arch) for name in ("ptimer", "spin")})
    machine = boot(archive=archive)
    guests.start(machine, "web", kernel="/ptimer.bin", memory="64M")
    guests.wait_output(machine, "web", "armed")
    guests.start(machine, "busy", kernel="/spin.bin", memory="16M",
                 priority=140)
    time.sleep(2.5)
    assert "PASS" not in guests.output(machine, "web")
    guests.destroy(machine, "busy")
    guests.passes(machine, "web")


def stolen(machine, name, count):
    """What NAME says, from its next full second on, of COUNT seconds."""
    had = guests.output(machine, name).count(" ms")
    guests.wait_output(machine, name,
                       rf"(?s)(stolen \d+ ms\s+){{{had + count + 1}}}")
    said = re.findall(r"stolen (\d+) ms", guests.output(machine, name))
    return list(map(int, said))[had + 1:]


@pytest.mark.skipif(ARCH != "riscv", reason="steal time is told by the SBI")
def test_steal_time(boot, arch, tmp_path):
    """Nothing is stolen from a guest alone; half of each second from one of
    two that share a CPU, and nothing again when the other has gone."""
    archive = parts.archive(tmp_path / "archive.cpio", {
        f"{name}.bin": parts.guest(name, arch) for name in ("steal", "spin")})
    machine = boot(archive=archive)
    guests.start(machine, "web", kernel="/steal.bin", memory="16M")
    assert max(stolen(machine, "web", 2)) < 200
    guests.start(machine, "busy", kernel="/spin.bin", memory="16M")
    for ms in stolen(machine, "web", 3):
        assert 250 < ms < 750, ms
    guests.destroy(machine, "busy")
    assert max(stolen(machine, "web", 2)) < 200
