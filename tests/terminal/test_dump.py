# SPDX-License-Identifier: GPL-2.0-or-later
"""What came over the line of a guest becomes a core file that gdb reads, asked for
by the operator and by a guest's panic."""
import base64
import binascii
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


# Of a kernel whose tables lie in the second, third and fourth page of its RAM and
# map one page at AT: its registers, its first address, entries for tables and
# pages.
RAM = trees.HERE.ram
AT = RAM + 0x10000
TABLES = [RAM + 0x1000 * n for n in (1, 2, 3)]
KERNEL = {
    "arm64": ("aarch64", {"sctlr_el1": 1, "tcr_el1": 25 << 16 | 2 << 30,
                          "ttbr1_el1": TABLES[0]},
              0xffffff8000000000, lambda to, leaf: to | 3),
    "riscv": ("riscv:rv64", {"vsatp": 8 << 60 | TABLES[0] >> 12},
              0xffffffc000000000, lambda to, leaf: to >> 2 | (15 if leaf else 1)),
}[ARCH]


def synthetic(text):
    """A dump of that kernel, with the text in its page; where it sees it."""
    name, system, first, entry = KERNEL
    index = (0 if ARCH == "arm64" else 256, 1, 5)
    memory = {AT: text.ljust(1024, b"\0")}
    for table, at, to in zip(TABLES, index, TABLES[1:] + [AT]):
        memory[table + 8 * at & ~1023] = bytes(8 * at % 1024) + \
            entry(to, to == AT).to_bytes(8, "little") + \
            bytes(1016 - 8 * at % 1024)
    general = {"pc": AT, "sp": 0, "cpsr": 0, "fpsr": 0, "fpcr": 0, "fcsr": 0,
               **{f"{kind}{n}": 0 for kind in "xvf" for n in range(32)}, **system}
    lines = [f"ram {RAM:x} 100000"] + \
        [f"r 0 {reg} {value.to_bytes(16 if reg[0] == 'v' and reg[1:].isdigit() else 8, 'little').hex()}"
         for reg, value in general.items()] + \
        [f"m {at:x} {base64.b64encode(data).decode()}"
         for at, data in memory.items()]
    whole = "".join(line + "\n" for line in lines)
    return (f"guest-core 1 {name} g\n{whole}end {len(lines):x} "
            f"{binascii.crc32(whole.encode()):x}\n",
            first + (index[1] << 21) + (index[2] << 12))


def test_kernel_addresses(tmp_path):
    """tools/guest-core walks the kernel's tables; what is damaged it refuses."""
    said, address = synthetic(b"hello from afar")
    capture, core = tmp_path / "log", tmp_path / "core"
    command = [f"{parts.TOP}/tools/guest-core", capture, core]
    capture.write_text("noise\r\n" + said.replace("\n", "\r\n"))
    subprocess.run(command, check=True)
    shown = subprocess.run(
        ["gdb-multiarch", "-nx", "-batch", "-ex",
         f"set architecture {HERE['gdb']}", "-ex", f"core-file {core}",
         "-ex", f"x/s {address:#x}", "-ex", f"x/s {AT:#x}"],
        capture_output=True, text=True, check=True, timeout=60).stdout
    assert shown.count("hello from afar") == 2, shown
    capture.write_text(said.replace("ram ", "ram 0"))
    assert subprocess.run(command, check=False).returncode != 0
