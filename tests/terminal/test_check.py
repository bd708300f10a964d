# SPDX-License-Identifier: GPL-2.0-or-later
"""`guest check`: all that is wrong with a tree at once, with where and what to
do; the same from the program that checks trees before they are booted."""
import gzip
import json
import os
import re
import subprocess

import pytest

import guests
import parts
import trees
from machine import ARCH, HERE as MACHINE
from trees import ABSENT, HERE, RAM
from trees import SERIAL as UART

CPU = "/cpus/cpu@0"
PIC = "/" + HERE.pic
PIC_BASE, UART_BASE = (int(name.split("@")[1], 16)
                       for name in (HERE.pic, HERE.serial))
OTHER = {"arm64": "riscv", "riscv": "arm64"}[ARCH]
TTY = {"arm64": ("ttyAMA0", "ttyS0"), "riscv": ("ttyS0", "ttyAMA0")}[ARCH]


def wide(base, size):
    return [base >> 32, base & 0xffffffff, size >> 32, size & 0xffffffff]


def elf(machine, address):
    """An executable file of one page, for that number of machine."""
    import struct
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, machine, 1,
                       address, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 1, 7, 4096, address, address,
                              4096, 4096, 4096) + bytes(8192)


NUMBERS = {"arm64": 183, "riscv": 243}
# A tree in which nothing is wrong, as far as possible to Linux.
RIGHT = {"/interrupt-parent": ABSENT, UART + "/interrupt-parent": trees.PIC,
         **({"/timer/interrupt-parent": trees.PIC} if ARCH == "arm64" else {})}
# name: what is changed in it; and of each line that must come the kind, node,
# property and words.
BROKEN = {
    "wrong load address": (
        {"/chosen/vmm,kernel": "/far.elf"},
        [("error", "/chosen", "vmm,kernel", "the kernel does not fit")]),
    "no console": (
        {UART: ABSENT, "/chosen/stdout-path": ABSENT},
        [("warning", "/", "", "no console")]),
    "wrong UART": (
        {"/chosen/bootargs": f"console={TTY[1]} quiet"},
        [("warning", "/chosen", "bootargs", f"{TTY[1]} is no UART of this "
          f"guest: that of {HERE.serial} is {TTY[0]}")]),
    "stdout to nowhere": (
        {"/chosen/stdout-path": "/serial@1"},
        [("warning", "/chosen", "stdout-path", f"give the path of {HERE.serial}")]),
    "missing interrupt parent": (
        {UART + "/interrupt-parent": ABSENT},
        [("error", UART, "interrupt-parent", "no controller")]),
    "misspelt property": (
        {"/chosen/vmm,kernle": "/x", UART + "/interupts": 1,
         UART + "/interrupts": ABSENT},
        [("error", "/chosen", "vmm,kernle", "did you mean vmm,kernel?"),
         ("warning", UART, "interupts", "did you mean interrupts?"),
         ("warning", UART, "interrupts", "never comes")]),
    "misspelt compatible": (
        {UART + "/compatible": {"arm64": "arm,pl01l", "riscv": "ns1655a"}[ARCH]},
        [("error", UART, "compatible", "did you mean")]),
    "files": (
        {"/chosen/vmm,kernel": "/other.elf", "/chosen/vmm,initrd": "/no.gz",
         "/chosen/vmm,os-tree": "/cut.dtb"},
        [("error", "/chosen", "vmm,kernel", "this machine runs kernels for"),
         ("error", "/chosen", "vmm,initrd", "boot archive"),
         ("error", "/chosen", "vmm,os-tree", "cut")]),
    "cut kernel": (
        {"/chosen/vmm,kernel": "/cut.gz"},
        [("error", "/chosen", "vmm,kernel", "damaged")]),
    "kernel that is a text": (
        {"/chosen/vmm,kernel": "/text", "/chosen/vmm,initrd": "/text"},
        [("error", "/chosen", "vmm,kernel", "is no kernel but a text"),
         ("warning", "/chosen", "vmm,initrd", "no archive")]),
    "backend and pass-through": (
        {UART + "/vmm,backend": "net0",
         "/dma@30000000": {"reg": wide(0x30000000, 0x1000), "compatible": "x",
                           "vmm,passthrough": "/nothing@1"}},
        [("error", UART, "vmm,backend", "no backend net0"),
         ("error", "/dma@30000000", "vmm,passthrough", "has no device")]),
    "host": (
        {CPU + "/vmm,affinity": [7], RAM + "/reg": wide(HERE.ram, 64 << 30)},
        [("error", CPU, "vmm,affinity", "host CPU 7 is not there"),
         ("error", RAM, "reg", "MiB free: ask for less")]),
    "regions": (
        {"/serial@80": trees.uart(UART_BASE + 0x80, 2),
         PIC + "/reg": [*wide(PIC_BASE, 0x600000)],
         "/memory@1": trees.memory(0xfffff000, 0x2000)
         | {"reg": wide((1 << 64) - 4096, 8192)}},
        [("error", "/serial@80", "reg", "overlaps " + HERE.serial),
         ("warning", "/serial@80", "reg", "the node's name says 0x80"),
         ("error", "/memory@1", "reg", "beyond the last address")]),
    "shared interrupt": (
        {"/serial@20000000": {**trees.uart(0x20000000, {"arm64": 1,
                                                        "riscv": 10}[ARCH]),
                              "interrupt-parent": trees.PIC}},
        [("error", "/serial@20000000", "interrupts", f"{HERE.serial}'s, too")]),
    "interrupt that is not there": (
        {UART + "/interrupts": {"arm64": [0, 900, 4], "riscv": 900}[ARCH]},
        [("error", UART, "interrupts", "is beyond what the controller "
          + HERE.pic)]),
    "reserved memory": (
        {"/reserved-memory": {
            "#address-cells": 2, "#size-cells": 2, "ranges": None,
            f"held@{MACHINE['entry'] + 4096:x}": {
                "reg": wide(MACHINE["entry"], 0x1000), "no-map": None}}},
        [("error", f"/reserved-memory/held@{MACHINE['entry'] + 4096:x}", "reg",
          "is where the kernel goes")]),
    "hidden device": (
        {"/bus/serial@20000000": trees.uart(0x20000000, 2)},
        [("warning", "/bus/serial@20000000", "", "bus above it has no ranges")]),
    "status": (
        {UART + "/status": "enabled"},
        [("warning", UART, "status", "is read as \"disabled\"")]),
    "another architecture": (
        {CPU + "/compatible": {"arm64": "riscv", "riscv": "arm,armv8"}[ARCH]},
        [("error", CPU, "compatible", "another architecture")]),
    **{"arm64": {
        "masked timer": (
            {"/timer": ABSENT}, [("warning", "/", "", "no timer is there")]),
        "wrong timer interrupt": (
            {"/timer/interrupts": [1, 13, 4, 1, 14, 4, 0, 11, 4, 1, 10, 4]},
            [("warning", "/timer", "interrupts", "virtual timer's is <0 11>")]),
        "CPUs that stay off": (
            {"/cpus/cpu@1": trees.cpu(1), "/psci": ABSENT},
            [("warning", "/cpus/cpu@1", "enable-method", "will not turn")]),
        "wrong kind of interrupt": (
            {UART + "/interrupts": [1, 1, 4]},
            [("error", UART, "interrupts", "of another kind")]),
    }, "riscv": {
        "controllers in a circle": (
            {"/interrupt-parent": trees.PIC},
            [("warning", "/", "interrupt-parent", "no controller at all")]),
        "wires to nobody": (
            {PIC + "/interrupts-extended": [trees.CLOCK, 9]},
            [("error", PIC, "interrupts-extended", "leads to no CPU")]),
        "CPU without interrupts": (
            {"/cpus/cpu@1": trees.cpu(1)},
            [("warning", "/cpus/cpu@1", "", "gets no interrupts")]),
    }}[ARCH],
}


def right(changes=None):
    merged = {**RIGHT, **(changes or {})}
    return trees.blob(trees.edited(
        {path: value for path, value in merged.items() if value is not ABSENT
         or RIGHT.get(path, ABSENT) is ABSENT}))


def files():
    idle = parts.guest("idle", ARCH)
    return {
        "idle.bin": idle, "text": "no kernel\n",
        "far.elf": elf(NUMBERS[ARCH], 0x700000000),
        "other.elf": elf(NUMBERS[OTHER], HERE.ram),
        "cut.gz": gzip.compress(bytes(range(256)) * 4096)[:3000],
        "right.dtb": right(), "cut.dtb": right()[:300],
        **{f"b/{i}.dtb": right(changes)
           for i, (changes, _) in enumerate(BROKEN.values())}}


@pytest.fixture
def machine(boot, tmp_path):
    return boot(archive=parts.archive(tmp_path / "a.cpio", files()), cpus=2)


def lines(said):
    """Triples of severity, "node: property: text" and all."""
    return re.findall(r"^(error|warning): (.*)$", said, re.M)


def unnamed(said, expected):
    """Those of EXPECTED that no line has."""
    return [(kind, node, key, words) for kind, node, key, words in expected
            if not any(kind == k and text.startswith(
                f"{node}: {key}: " if key else "" if node == "/" else
                f"{node}: ") and words in text
                for k, text in lines(said))]


def test_broken(machine):
    """Each mistake is named by its node and property; creation says the same,
    and nothing is made or kept."""
    assert machine.command("guest check /right.dtb", 30) == \
        "/right.dtb: no problems, 0 warnings\n"
    assert machine.status() == 0
    before = guests.memory_used(machine)["used"]
    wrong = {}
    for i, (name, (_, expected)) in enumerate(BROKEN.items()):
        said = machine.command(f"guest check /b/{i}.dtb", 30)
        status = machine.status()
        errors = [kind for kind, _ in lines(said)].count("error")
        total = rf"/b/{i}\.dtb: {errors - 1 if errors else 'no'} problems?, " \
            r"\d+ warnings?\n$"
        if unnamed(said, expected) or not re.search(total, said) or \
                bool(status) != bool(errors):
            wrong[name] = (status, unnamed(said, expected), said)
    assert not wrong, "\n".join(f"{k}: {v[0]} {v[1]}\n{v[2]}"
                                for k, v in wrong.items())
    assert not guests.table(machine)
    assert guests.memory_used(machine)["used"] == before


def test_create_tells_all(machine):
    """By the same code; the guest is made when there are warnings only."""
    name = list(BROKEN).index
    said = machine.command(f"guest create g --tree /b/{name('files')}.dtb", 30)
    for words in ("runs kernels for", "/no.gz", "/cut.dtb"):
        assert re.search(rf"error: guest: g: /chosen: .*{words}", said), said
    said = machine.command(f"guest create g --tree /b/{name('wrong UART')}.dtb",
                           30)
    assert "warning: guest: g: /chosen: bootargs: " in said, said
    assert list(guests.table(machine)) == ["g"]
    said = machine.command("guest create g --tree /right.dtb", 30)
    assert machine.status() != 0 and "already" in said


def test_json(machine):
    number = list(BROKEN).index("misspelt property")
    said = machine.command(f"guest check /b/{number}.dtb --json", 30)
    assert machine.status() != 0
    told = json.loads(said)
    assert told["schema"] == 1 and told["command"] == "guest check"
    assert told["errors"] == 1 and told["warnings"] == 2
    first = told["problems"][0]
    assert first["severity"] == "error" and first["node"] == "/chosen"
    assert first["property"] == "vmm,kernle" and first["source"] is None
    assert "vmm,kernel?" in first["text"]


@pytest.fixture(scope="module")
def program():
    """What `make guest-check` makes, for both architectures in one place."""
    made = os.path.join(parts.OUT, "host", f"guest-check-{ARCH}")
    subprocess.run(["make", "-s", "-j2", "ARCH=fake",
                    f"O={parts.OUT}/host", made], cwd=parts.TOP, check=True,
                   stdout=subprocess.DEVNULL)
    return made


def test_program(program, tmp_path):
    """The same lines from the files of a folder, with the source's places."""
    for name, data in files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    def run(*words):
        return subprocess.run([program, "--root", ".", *words], cwd=tmp_path,
                              capture_output=True, text=True, check=False,
                              timeout=120)

    done = run("right.dtb")
    assert (done.stdout, done.returncode) == \
        ("right.dtb: no problems, 0 warnings\n", 0), done
    # Those that depend on the host are its own business.
    for i, (name, (_, expected)) in enumerate(BROKEN.items()):
        if name not in ("host", "backend and pass-through"):
            done = run(f"b/{i}.dtb")
            assert not unnamed(done.stdout, expected), (name, done)
    done = run("--host-memory", "16M", "--host-cpus", "2", "right.dtb")
    assert done.returncode == 1 and "MiB free" in done.stdout, done
    (tmp_path / "right.dtb.map").write_text(f"{RAM}:reg board.dts:7\n")
    done = run("--host-memory", "16M", "right.dtb")
    assert f"error: board.dts:7: {RAM}: reg: " in done.stdout, done
    assert run("--colour", "right.dtb").returncode == 2
    assert run("missing.dtb").returncode == 2
