# SPDX-License-Identifier: GPL-2.0-or-later
"""What came over the line of a guest becomes a core file that gdb reads, asked for
by the operator and by a guest's panic."""
import re
import subprocess

import pytest

import guests
import parts
import trees
from machine import ARCH, HERE, PROMPT

PVPANIC = {"compatible": "qemu,pvpanic-mmio", "reg": [0, 0x9070000, 0, 2]}


@pytest.fixture
def start(boot, arch, tmp_path):
    """start(on_crash): a machine with a guest that is going to panic."""
    def start_with(on_crash):
        root = trees.edited({"/pvpanic@9070000": PVPANIC,
                             "/vmm,on-crash": on_crash}, kernel="/panic.bin")
        machine = boot(archive=parts.archive(tmp_path / "archive.cpio", {
            "g.dtb": trees.blob(root), "panic.bin": parts.guest("panic", arch),
            "idle.bin": parts.guest("idle", arch)}), cpus=2)
        guests.create(machine, "g", tree="/g.dtb")
        return machine
    return start_with


def look(machine, folder, commands):
    """What gdb says of the last dump that came over the machine's line."""
    machine.tail()
    core = str(folder / "core")
    made = subprocess.run([f"{parts.TOP}/tools/guest-core", machine.log_path,
                           core], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    words = ["set width 0", f"set architecture {HERE['gdb']}",
             f"core-file {core}", *commands]
    return subprocess.run(
        ["gdb-multiarch", "-nx", "-batch"] +
        [word for command in words for word in ("-ex", command)],
        capture_output=True, text=True, check=True, timeout=60).stdout


def registers(machine, name):
    said = machine.command(f"vcpu regs {name}/0")
    return {name: int(value, 16) for name, value in
            re.findall(r"(\w+) +(?:0x)?([0-9a-f]{16})\b", said)}


def check_core(machine, name, said, kernel):
    """It has the guest's registers, and its kernel where that was entered."""
    wanted = registers(machine, name)
    shown = {reg: int(value, 16) for reg, value in
             re.findall(r"^(\w+) +0x([0-9a-f]+)\b", said, re.M)}
    assert wanted and shown.get("pc") == wanted["pc"], said
    code = [int(byte, 16) for line in
            re.findall(r"^ *0x[0-9a-f]+:((?:\s+0x[0-9a-f]{2})+)$", said, re.M)
            for byte in line.split()]
    assert bytes(code) == parts.guest(kernel, ARCH)[:16], said


SHOW = ["info registers", f"x/16xb {HERE['entry']}", "info threads"]


def test_panic(start, tmp_path):
    machine = start("dump")
    machine.send("guest kick g\r")
    machine.expect(r"[\r\n]end [0-9a-f]+ [0-9a-f]+[\r\n]", 60)
    machine.send("\r")
    machine.expect(PROMPT, 10)
    words = re.search(r"words at ([0-9a-f]+)", guests.output(machine, "g"))
    assert guests.state(machine, "g") == "crashed(panic)"
    assert "goes on" not in guests.output(machine, "g")
    said = look(machine, tmp_path, SHOW + [f"x/2xg 0x{words[1]}"])
    check_core(machine, "g", said, "panic")
    assert re.search("0x0123456789abcdef\\s+0xfedcba9876543210", said), said


def test_asked_for(start, tmp_path):
    """Also of two VCPUs; the guest goes on.  Files there are none to write."""
    machine = start("log")
    guests.kick(machine, "g")
    guests.wait_end(machine, "g")
    assert re.search(r"guest: g: \| panics", machine.command("log"))
    assert "--console" in machine.command("guest dump g /core")
    assert machine.status() != 0
    guests.start(machine, "two", kernel="/idle.bin", memory="16M", cpus=2)
    guests.wait_output(machine, "two", "idles")
    machine.command("guest dump two --console", 60)
    assert machine.status() == 0
    assert guests.state(machine, "two") == "running"
    machine.command("guest pause two")
    machine.command("guest dump two --console", 60)
    said = look(machine, tmp_path, SHOW)
    check_core(machine, "two", said, "idle")
    assert len(re.findall(r"^[* ] +\d+ +", said, re.M)) == 2, said
