# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest trees that are damaged, contradict themselves or ask for too much: each
is refused with words that say why, nothing is left behind, all goes on."""
import pytest

import guests
import parts
import trees
from machine import ARCH
from trees import ABSENT, HERE, RAM
from trees import SERIAL as UART

CPU = "/cpus/cpu@0"
PIC = "/" + HERE.pic
PIC_BASE, UART_BASE = (int(name.split("@")[1], 16)
                       for name in (HERE.pic, HERE.serial))
IRQ = {"arm64": 1, "riscv": 10}[ARCH]   # the UART's
WHOLE = trees.blob(trees.guest())
GIB = 1 << 30


def wide(base, size):
    return [base >> 32, base & 0xffffffff, size >> 32, size & 0xffffffff]


def memory(*banks):
    return {RAM + "/reg": [cell for bank in banks for cell in wide(*bank)]}


# What is changed in a tree that works, and words that the answer has.
CONTRADICTIONS = {
    "reg of three cells": ({UART + "/reg": [0, UART_BASE, 0x100]},
                           [HERE.serial, "reg"]),
    "reg that goes beyond the last address":
        ({UART + "/reg": wide(0xfffffffffffff000, 0x2000)}, ["reg", "beyond"]),
    "reg without size": ({UART + "/reg": [0, UART_BASE, 0, 0]},
                         [HERE.serial, "no size"]),
    "reg of no cell": ({UART + "/#address-cells": 1, "/#address-cells": 0},
                       ["reg"]),
    "device in the same place as another":
        ({"/serial@80": trees.uart(UART_BASE + 0x80, 2)}, ["overlaps"]),
    "device in the controller": ({UART + "/reg": [0, PIC_BASE, 0, 0x1000]},
                                 ["overlaps"]),
    "device in memory": ({UART + "/reg": [0, HERE.ram + 0x1000, 0, 0x1000]},
                         [HERE.serial, "overlaps " + RAM[1:]]),
    "memory over devices": (memory((PIC_BASE, 0x8000000)), ["overlaps"]),
    "banks that overlap": (memory((HERE.ram, 0x2000000),
                                  (HERE.ram + 0x1fff000, 0x2000000)),
                           [f"{RAM[1:]}: reg: {HERE.ram + 0x1fff000:#x}"]),
    "two nodes for one bank":
        ({"/memory@0": trees.memory(HERE.ram, 0x1000000)}, ["overlaps"]),
    "more memory than there is": (memory((HERE.ram, 64 * GIB)),
                                  ["65536 MiB", "free"]),
    "banks whose sum is too large":
        (memory(*((i * 16 * GIB + 4 * GIB, 15 * GIB) for i in range(8))),
         ["122880 MiB", "free"]),
    "sum of banks beyond 64 bits":
        (memory((1 << 62, 3 << 61), (1 << 61, 1 << 61)), ["bits"]),
    "memory beyond the addresses": (memory((1 << 60, 0x2000000)), ["bits"]),
    "memory that wraps": (memory((0xffffffffff000000, 0x2000000)), ["reg"]),
    "memory of no size": (memory((HERE.ram, 0)), ["pages"]),
    "memory of half a page": (memory((HERE.ram, 0x2000800)), ["pages"]),
    "memory not at a page": (memory((HERE.ram + 0x800, 0x2000000)), ["pages"]),
    "no memory": ({RAM: ABSENT}, ["no memory"]),
    "nine banks": (memory(*((HERE.ram + (2 * i << 24), 0x1000000)
                            for i in range(9))), ["banks"]),
    "interrupt parent that is not there": ({UART + "/interrupt-parent": 77},
                                           ["interrupt-parent"]),
    "interrupt parent that is no controller":
        ({UART + "/interrupt-parent": trees.CLOCK}, ["interrupt-parent"]),
    "interrupt parent zero": ({"/interrupt-parent": 0}, ["interrupt-parent"]),
    "interrupt parent of two bytes":
        ({UART + "/interrupt-parent": b"\0\1"}, ["interrupt-parent"]),
    "interrupt parents in a circle":
        ({"/a": {"phandle": 20, "interrupt-parent": 21},
          "/b": {"phandle": 21, "interrupt-parent": 20},
          UART + "/interrupt-parent": 20}, ["interrupt-parent"]),
    "phandle given twice": ({UART + "/phandle": trees.PIC}, ["phandle"]),
    "phandle of all ones": ({UART + "/phandle": 0xffffffff}, ["phandle"]),
    "interrupt of two devices":
        ({"/serial@1": trees.uart(UART_BASE + 0x100000, IRQ)},
         ["interrupts", "serial"]),
    "no controller": ({PIC: ABSENT}, ["controller"]),
    "no CPU": ({CPU: ABSENT}, ["/cpus"]),
    "no CPUs": ({"/cpus": ABSENT}, ["/cpus"]),
    "CPUs of the same number": ({"/cpus/cpu@1": trees.cpu(0)},
                                ["cpu@1", "number"]),
    "nine CPUs": ({f"/cpus/cpu@{i}": trees.cpu(i) for i in range(1, 9)},
                  ["CPU", "8"]),
    "CPU without number": ({CPU + "/reg": ABSENT}, ["cpu@0", "reg"]),
    "affinity to a CPU that is not there": ({CPU + "/vmm,affinity": [40]},
                                            ["affinity", "40"]),
    "priority of 256": ({CPU + "/vmm,priority": 256}, ["priority", "256"]),
    "missing kernel": ({"/chosen/vmm,kernel": "/no/kernel"}, ["/no/kernel"]),
    "no kernel": ({"/chosen/vmm,kernel": ABSENT}, ["--kernel"]),
    "kernel that is a folder": ({"/chosen/vmm,kernel": "/sub"}, ["/sub"]),
    "kernel of two strings": ({"/chosen/vmm,kernel": ["/idle.bin", "/x"]},
                              ["vmm,kernel", "string"]),
    "kernel without end": ({"/chosen/vmm,kernel": b"/idle.bin"},
                           ["vmm,kernel", "string"]),
    "command line without end": ({"/chosen/bootargs": b"quiet"},
                                 ["bootargs", "string"]),
    "kernel and firmware": ({"/chosen/vmm,firmware": "/idle.bin"},
                            ["vmm,firmware"]),
    "missing tree for the system": ({"/chosen/vmm,os-tree": "/no.dtb"},
                                    ["/no.dtb"]),
    "damaged tree for the system": ({"/chosen/vmm,os-tree": "/cut.dtb"},
                                    ["/cut.dtb"]),
    "tree for the system that is none":
        ({"/chosen/vmm,os-tree": "/idle.bin"}, ["/idle.bin"]),
    "unknown property": ({UART + "/vmm,speed": 9}, ["vmm,speed"]),
    "property in another place": ({"/vmm,priority": 9}, ["vmm,priority"]),
    "clock of the moon": ({"/vmm,clock": "moon"}, ["vmm,clock", "host"]),
    "device that nothing emulates": ({UART + "/compatible": "acme,uart"},
                                     ["acme,uart"]),
    "device without compatible": ({UART + "/compatible": ABSENT},
                                  ["compatible"]),
    "host's device": ({UART + "/vmm,passthrough": "/pl011@9000000"},
                      ["vmm,passthrough"]),
}

# Of this architecture alone.
CONTRADICTIONS.update({"arm64": {
    "number that no CPU can have": ({CPU + "/reg": 0xff000000},
                                    ["cpu@0", "0xff000000"]),
    "interrupt of two cells": ({UART + "/interrupts": [0, 1]}, ["interrupts"]),
    "interrupt beyond the controller": ({UART + "/interrupts": [0, 987, 4]},
                                        ["interrupts", "beyond"]),
    "interrupt that is none": ({UART + "/interrupts": [7, 1, 4]},
                               ["interrupts"]),
    "controller of another version":
        ({PIC + "/compatible": "arm,cortex-a15-gic"}, ["--gic 2"]),
    "two controllers": ({"/gic@6000000": {
        **trees.guest()[HERE.pic], "phandle": 9,
        "reg": [0, 0x6000000, 0, 0x10000, 0, 0x60a0000, 0, 0x40000]}},
                        ["second"]),
}, "riscv": {
    "interrupt beyond the controller": ({UART + "/interrupts": 1024},
                                        ["interrupts", "beyond"]),
    "interrupt that is none": ({UART + "/interrupts": 0}, ["interrupts"]),
    "wires to nobody": ({PIC + "/interrupts-extended": [trees.CLOCK, 9]},
                        ["interrupts-extended"]),
    "two controllers": ({"/plic@4000000": {
        **trees.guest()[HERE.pic], "phandle": 9,
        "reg": [0, 0x4000000, 0, 0x600000]}}, ["second"]),
}}[ARCH])


def deep(levels):
    root = trees.guest()
    at = root
    for _ in range(levels):
        at["n"] = {}
        at = at["n"]
    return trees.blob(root)


def with_bytes(at, data):
    return WHOLE[:at] + data + WHOLE[at + len(data):]


STRUCTURE = trees.HEADER.size + 16
# Flattened trees that are wrong as such.
DAMAGED = {
    "empty": b"",
    "of zeroes": bytes(4096),
    "of ones": b"\xff" * 4096,
    "text": b"/dts-v1/;\n/ { };\n",
    "without magic": trees.with_field(WHOLE, "magic", 0xedfe0dd0),
    "longer than its file": trees.with_field(WHOLE, "totalsize",
                                             len(WHOLE) + 1),
    "of 4 GiB": trees.with_field(WHOLE, "totalsize", 0xffffffff),
    "of no size": trees.with_field(WHOLE, "totalsize", 0),
    "of version 1": trees.with_field(WHOLE, "version", 1),
    "of a later version": trees.with_field(WHOLE, "last_comp_version", 99),
    "structure behind the end": trees.with_field(WHOLE, "off_dt_struct",
                                                 0xfffffff0),
    "structure not aligned": trees.with_field(WHOLE, "off_dt_struct",
                                              STRUCTURE + 1),
    "structure too long": trees.with_field(WHOLE, "size_dt_struct",
                                           0x7fffffff),
    "structure too short": trees.with_field(WHOLE, "size_dt_struct", 64),
    "strings behind the end": trees.with_field(WHOLE, "off_dt_strings",
                                               0xfffffff0),
    "strings too long": trees.with_field(WHOLE, "size_dt_strings",
                                         0x7fffffff),
    "no strings": trees.with_field(WHOLE, "size_dt_strings", 0),
    "reservations behind the end": trees.with_field(WHOLE, "off_mem_rsvmap",
                                                    0xfffffff8),
    "begins with the end": with_bytes(STRUCTURE, b"\0\0\0\2"),
    "ends at once": with_bytes(STRUCTURE, b"\0\0\0\x09"),
    "unknown token": with_bytes(STRUCTURE + 8, b"\0\0\0\x42"),
    "property of 4 GiB": with_bytes(STRUCTURE + 12, b"\xff\xff\xff\xff"),
    "name behind the strings": with_bytes(STRUCTURE + 16, b"\x7f\0\0\0"),
    "forty levels": deep(40),
    "500 levels": deep(500),
    "1100 nodes": trees.blob({**trees.guest(),
                              **{f"n{i}": {} for i in range(1100)}}),
    "more than 1 MiB": trees.blob({**trees.guest(), "data": bytes(1 << 20)}),
}
CUTS = sorted({*range(1, 64, 7), *range(64, len(WHOLE), len(WHOLE) // 40),
               len(WHOLE) - 1})


def files(arch):
    """All of them, by number; and what they name."""
    made = {"idle.bin": parts.guest("idle", arch), "sub/word": "word\n",
            "whole.dtb": WHOLE, "cut.dtb": WHOLE[:len(WHOLE) // 2]}
    for i, (changes, _) in enumerate(CONTRADICTIONS.values()):
        made[f"c/{i}.dtb"] = trees.blob(trees.edited(changes))
    for i, data in enumerate(DAMAGED.values()):
        made[f"d/{i}.dtb"] = data
    for cut in CUTS:
        made[f"cut/{cut}.dtb"] = WHOLE[:cut]
    return made


@pytest.fixture
def machine(boot, arch, tmp_path):
    """A machine whose memory is the same after the test, and which works."""
    made = boot(archive=parts.archive(tmp_path / "archive.cpio", files(arch)))
    before = guests.memory_used(made)
    yield made
    assert not guests.table(made)
    assert guests.memory_used(made) == before
    guests.start(made, "whole", tree="/whole.dtb")
    guests.wait_output(made, "whole", "idles")


def answers(machine, paths):
    """{what: what was said} of paths by what they are; each was refused."""
    said, taken = {}, []
    for what, path in paths.items():
        said[what] = machine.command(f"guest create g --tree {path}", 20)
        if machine.status() == 0 or "error: " not in said[what]:
            taken.append(what)
            machine.command("guest destroy g")
    assert not taken
    return said


def test_contradictions(machine):
    """Each is named by its node and property, or by the numbers."""
    said = answers(machine, {what: f"/c/{i}.dtb"
                             for i, what in enumerate(CONTRADICTIONS)})
    unclear = {what: text for what, text in said.items()
               if not all(word in text for word in CONTRADICTIONS[what][1])}
    assert not unclear, "\n".join(f"{what}: {text}"
                                  for what, text in unclear.items())


def test_damaged(machine):
    paths = {what: f"/d/{i}.dtb" for i, what in enumerate(DAMAGED)}
    for what, text in answers(machine, paths).items():
        assert paths[what] in text or " nodes" in text, f"{what}: {text}"


def test_cut(machine):
    paths = {f"at {cut}": f"/cut/{cut}.dtb" for cut in CUTS}
    for what, text in answers(machine, paths).items():
        assert paths[what] in text, f"{what}: {text}"
