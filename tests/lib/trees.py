# SPDX-License-Identifier: GPL-2.0-or-later
"""Flattened device trees (Devicetree Specification 0.4, chapter 5) from
dictionaries: a dictionary is a node, anything else a property's value."""
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


GIC = 1                         # phandles
CLOCK = 2


def cpu(number):
    return {"device_type": "cpu", "compatible": "arm,armv8", "reg": number,
            "enable-method": "psci"}


def memory(base, size):
    return {"device_type": "memory", "reg": [0, base, 0, size]}


def uart(base, irq):
    return {"compatible": ["arm,pl011", "arm,primecell"],
            "reg": [0, base, 0, 0x1000], "interrupts": [0, irq, 4],
            "clocks": [CLOCK, CLOCK], "clock-names": ["uartclk", "apb_pclk"]}


def guest(kernel="/idle.bin"):
    """A machine that works: one CPU, 32 MiB of RAM, a GICv3, a UART."""
    return {
        "compatible": "example,machine",
        "#address-cells": 2, "#size-cells": 2, "interrupt-parent": GIC,
        "chosen": {"stdout-path": "/serial@9000000", "vmm,kernel": kernel},
        "cpus": {"#address-cells": 1, "#size-cells": 0, "cpu@0": cpu(0)},
        "memory@40000000": memory(0x40000000, 0x2000000),
        "psci": {"compatible": ["arm,psci-1.0", "arm,psci-0.2"],
                 "method": "hvc"},
        "timer": {"compatible": "arm,armv8-timer",
                  "interrupts": [1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4]},
        "gic@8000000": {
            "compatible": "arm,gic-v3", "phandle": GIC,
            "reg": [0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0x40000],
            "interrupt-controller": None, "#interrupt-cells": 3,
            "#address-cells": 0},
        "clock": {"compatible": "fixed-clock", "#clock-cells": 0,
                  "clock-frequency": 24000000, "phandle": CLOCK},
        "serial@9000000": uart(0x9000000, 1),
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
