# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests get RAM of zeroes, and nothing of what they left is in the host."""
import json
import socket

import pytest

import guests
import parts
from machine import HERE

SECRET = (0x7365637265746d76).to_bytes(8, "little")
MIB = 1 << 20


@pytest.fixture
def machine(boot, arch, tmp_path):
    """256 MiB, and a way to look at all of it (QEMU's own protocol)."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"zero.bin": parts.guest("zero", arch)})
    made = boot(archive=archive, memory="256M", extra=[
        "-qmp", f"unix:{tmp_path}/qmp,server=on,wait=off"])
    made.memory_path = tmp_path / "memory"
    made.qmp_path = str(tmp_path / "qmp")
    return made


def memory(machine):
    """All bytes of the machine's RAM."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(machine.qmp_path)
        stream = link.makefile("rw")
        for command in (
                {"execute": "qmp_capabilities"},
                {"execute": "pmemsave", "arguments": {
                    "val": HERE["ram"], "size": 256 * MIB,
                    "filename": str(machine.memory_path)}}):
            stream.write(json.dumps(command) + "\n")
            stream.flush()
            while "return" not in (answer := json.loads(stream.readline())):
                assert "error" not in answer, answer
    return parts.read(machine.memory_path)


def run(machine, name):
    guests.start(machine, name, kernel="/zero.bin", memory="16M")
    guests.passes(machine, name)


def test_zero_and_wiped(machine):
    """Three guests one after the other, then two at once."""
    assert SECRET not in memory(machine)
    for name in ("first", "second", "third"):
        run(machine, name)
        assert memory(machine).count(SECRET) > 15 * MIB // 8
        guests.destroy(machine, name)
        assert SECRET not in memory(machine)
    run(machine, "left")
    run(machine, "right")


def test_reset(machine):
    """A reset is no new guest: what it left in RAM is there, as on hardware."""
    run(machine, "one")
    machine.command("guest reset one")
    guests.wait_output(machine, "one", r"FAIL")
