# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees (Devicetree Specification 0.4, chapter 5) from
dictionaries: a dictionary is a node, anything else a property's value."""
import os
import struct

HEADER = struct.Struct(">10I")
MAGIC, BEGIN, END, PROPERTY, FINISH = 0xd00dfeed, 1, 2, 3, 9
# Words of the header, for tests that damage them.
FIELDS = ("magic", "totalsize", "off_dt_struct", "off_dt_strings",
          "off_mem_rsvmap", "version", "last_comp_version", "boot_cpuid",
          "size_dt_strings", "size_dt_struct")


def value_bytes(value):
    """None, bytes, string, number, or a list of strings or of numbers."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode() + b"\0"
    if isinstance(value, int):
        return struct.pack(">I", value)
    return b"".join(value_bytes(one) for one in value)


def padded(data):
    return data + bytes(-len(data) % 4)


class Writer:
    """The structure and the strings of one tree."""

    def __init__(self):
        self.structure, self.strings = bytearray(), bytearray()

    def words(self, *values):
        self.structure += struct.pack(f">{len(values)}I", *values)

    def node(self, name, node):
        self.words(BEGIN)
        self.structure += padded(name.encode() + b"\0")
        for key, value in node.items():
            if not isinstance(value, dict):
                self.property(key, value_bytes(value))
        for key, value in node.items():
            if isinstance(value, dict):
                self.node(key, value)
        self.words(END)

    def property(self, name, data):
        self.words(PROPERTY, len(data), len(self.strings))
        self.strings += name.encode() + b"\0"
        self.structure += padded(data)


def blob(root):
    """The flattened tree."""
    writer = Writer()
    writer.node("", root)
    writer.words(FINISH)
    structure = HEADER.size + 16
    strings = structure + len(writer.structure)
    header = HEADER.pack(MAGIC, strings + len(writer.strings), structure,
                         strings, HEADER.size, 17, 16, 0, len(writer.strings),
                         len(writer.structure))
    return header + bytes(16) + bytes(writer.structure) + bytes(writer.strings)


def with_field(tree, name, value):
    """The flattened tree with a word of its header changed."""
    at = 4 * FIELDS.index(name)
    return tree[:at] + struct.pack(">I", value) + tree[at + 4:]


PIC = 1                         # phandles
CLOCK = 2
CPU_PICS = 16                   # and above: of CPUs' own controllers


def memory(base, size):
    return {"device_type": "memory", "reg": [0, base, 0, size]}


class Arm64:
    """A GICv3 and a PL011."""
    ram, pic, serial = 0x40000000, "gic@8000000", "serial@9000000"

    @staticmethod
    def cpu(number):
        return {"device_type": "cpu", "compatible": "arm,armv8",
                "reg": number, "enable-method": "psci"}

    @staticmethod
    def uart(base, irq):
        return {"compatible": ["arm,pl011", "arm,primecell"],
                "reg": [0, base, 0, 0x1000], "interrupts": [0, irq, 4],
                "clocks": [CLOCK, CLOCK],
                "clock-names": ["uartclk", "apb_pclk"]}

    @classmethod
    def nodes(cls):
        return {
            "psci": {"compatible": ["arm,psci-1.0", "arm,psci-0.2"],
                     "method": "hvc"},
            "timer": {"compatible": "arm,armv8-timer", "interrupts":
                      [1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4]},
            cls.pic: {
                "compatible": "arm,gic-v3", "phandle": PIC,
                "reg": [0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x40000],
                "interrupt-controller": None, "#interrupt-cells": 3,
                "#address-cells": 0},
            cls.serial: cls.uart(0x9000000, 1),
        }


class Riscv:
    """A PLIC and a 16550A."""
    ram, pic, serial = 0x80000000, "plic@c000000", "serial@10000000"

    @staticmethod
    def cpu(number):
        return {"device_type": "cpu", "compatible": "riscv", "reg": number,
                "interrupt-controller": {
                    "compatible": "riscv,cpu-intc", "#interrupt-cells": 1,
                    "interrupt-controller": None,
                    "phandle": CPU_PICS + number}}

    @staticmethod
    def uart(base, irq):
        return {"compatible": "ns16550a", "reg": [0, base, 0, 0x100],
                "interrupts": irq, "clock-frequency": 3686400}

    @classmethod
    def nodes(cls):
        return {
            cls.pic: {
                "compatible": ["sifive,plic-1.0.0", "riscv,plic0"],
                "phandle": PIC, "reg": [0, 0xc000000, 0, 0x600000],
                "interrupts-extended": [CPU_PICS, 11, CPU_PICS, 9],
                "interrupt-controller": None, "#interrupt-cells": 1,
                "#address-cells": 0, "riscv,ndev": 96},
            cls.serial: cls.uart(0x10000000, 10),
        }


HERE = {"arm64": Arm64, "riscv": Riscv}[os.environ.get("ARCH", "arm64")]
cpu, uart = HERE.cpu, HERE.uart
RAM, SERIAL = f"/memory@{HERE.ram:x}", "/" + HERE.serial


def guest(kernel="/idle.bin"):
    """A machine that works: one CPU, 32 MiB of RAM, a controller, a UART."""
    return {
        "compatible": "example,machine",
        "#address-cells": 2, "#size-cells": 2, "interrupt-parent": PIC,
        "chosen": {"stdout-path": SERIAL, "vmm,kernel": kernel},
        "cpus": {"#address-cells": 1, "#size-cells": 0, "cpu@0": cpu(0)},
        f"memory@{HERE.ram:x}": memory(HERE.ram, 0x2000000),
        "clock": {"compatible": "fixed-clock", "#clock-cells": 0,
                  "clock-frequency": 24000000, "phandle": CLOCK},
        **HERE.nodes(),
    }


def edited(changes, **options):
    """guest(**options) with values put in by path ("/cpus/cpu@0/reg");
    ABSENT takes one out."""
    root = guest(**options)
    for path, value in changes.items():
        *nodes, last = path.strip("/").split("/")
        at = root
        for name in nodes:
            at = at.setdefault(name, {})
        if value is ABSENT:
            del at[last]
        else:
            at[last] = value
    return root


ABSENT = object()
