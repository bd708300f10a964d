# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels, disks and firmware that cannot be started: each is refused with words
that say why, all memory is back, and the next guest starts."""
import gzip
import struct

import pytest

import guests
import parts
import trees
from machine import ARCH

MIB = 1 << 20
# The name of this architecture, its Image's magic, its ELF machine; the same
# of another, and what its Image is called; where RAM is, the size of flash.
NAME, MAGIC, MACHINE = {"arm64": ("arm64", b"ARM\x64", 183),
                        "riscv": ("riscv64", b"RSC\x05", 243)}[ARCH]
FOREIGN = {"arm64": (b"RSC\x05", 243, "RISC-V"),
           "riscv": (b"ARM\x64", 183, "arm64")}[ARCH]
RAM = trees.HERE.ram
FLASH = {"arm64": 64 * MIB, "riscv": 32 * MIB}[ARCH]


def put(data, at, value):
    return data[:at] + value + data[at + len(value):]


def image(magic=MAGIC, text_offset=0, size=MIB, flags=0):
    """The header that arm64 and riscv kernels share, with zeroes behind."""
    header = struct.pack("<2I3Q24x4sI", 0x14000010, 0, text_offset, size,
                         flags, magic, 0)
    return header + bytes(8192)


def elf(machine=MACHINE, kind=2, bits=2, order=1, at=RAM, size=0x1000,
        **options):
    """An ELF file with one segment; OPTIONS: entry, offset, count."""
    header = struct.pack(
        "<4s4B8xHHIQQQIHHHHHH", b"\x7fELF", bits, order, 1, 0, kind, machine,
        1, options.get("entry", at), 64, 0, 0, 64, 56,
        options.get("count", 1), 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, options.get("offset", 4096), at,
                          at, 0x1000, size, 4096)
    return (header + segment).ljust(4096, b"\0") + bytes(4096)


IDLE_GZ = gzip.compress(bytes(MIB) + b"end")
# What it is, and words that the answer has.
KERNELS = {
    "nothing": (b"", ["empty"]),
    "foreign Image": (image(FOREIGN[0]), [FOREIGN[2], NAME]),
    "zImage": (put(bytes(4096), 0x24, struct.pack("<3I", 0x016f2818, 0, 4096)),
               ["zImage", NAME]),
    "bzImage": (put(put(bytes(4096), 0x1fe, b"\x55\xaa"), 0x202, b"HdrS"),
                ["bzImage", NAME]),
    "bzImage with EFI": (put(put(bytes(4096), 0, b"MZ"), 0x202, b"HdrS"),
                         ["bzImage"]),
    "ELF of x86": (elf(machine=62), ["ELF", "62", NAME]),
    "foreign ELF": (elf(machine=FOREIGN[1]), ["ELF", str(FOREIGN[1])]),
    "ELF of 32 bits": (elf(machine=40, bits=1), ["ELF"]),
    "ELF of big-endian": (elf(order=2), ["ELF"]),
    "ELF object": (elf(kind=1), ["ELF", "executed"]),
    "ELF core": (elf(kind=4), ["ELF", "executed"]),
    "ELF cut": (elf()[:80], ["ELF"]),
    "ELF header cut": (elf()[:20], ["ELF"]),
    "ELF segment behind its end": (elf(offset=1 << 40), ["header"]),
    "ELF segment that wraps": (elf(at=(1 << 64) - 4096, size=8192), []),
    "ELF of no segments": (elf(count=0), ["nothing to load"]),
    "ELF of 65535 segments": (elf(count=65535), []),
    "ELF in flash": (elf(at=0), ["does not fit"]),
    "ELF beyond RAM": (elf(at=RAM + 0x3ffff000), ["does not fit"]),
    "ELF larger than RAM": (elf(size=1 << 40), ["does not fit"]),
    "Image larger than RAM": (image(size=1 << 30), ["does not fit"]),
    "Image of 2^64 bytes": (image(size=(1 << 64) - 1), ["image_size"]),
    "Image far away": (image(text_offset=1 << 63), ["text_offset"]),
    "Image at no page": (image(text_offset=0x123), ["text_offset"]),
    "Image of big-endian": (image(flags=1), ["big-endian"]),
    "gzip cut in its header": (IDLE_GZ[:9], ["gzip"]),
    "gzip cut": (IDLE_GZ[:-20], ["gzip"]),
    "gzip without its sum": (IDLE_GZ[:-8], ["gzip"]),
    "gzip with a wrong sum": (IDLE_GZ[:-8] + bytes(8), ["gzip"]),
    "gzip with wrong bytes": (put(IDLE_GZ, 500, b"\xff" * 99), ["gzip"]),
    "gzip in gzip": (gzip.compress(IDLE_GZ), ["twice"]),
    "gzip of nothing": (gzip.compress(b""), []),
    "gzip that fills RAM": (gzip.compress(bytes(200 * MIB), 1), ["unpacks"]),
    "gzip of an x86 kernel": (gzip.compress(elf(machine=62)), ["62"]),
    "xz": (b"\xfd7zXZ\0" + bytes(99), ["xz", "gzip"]),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(99), ["zstd", "gzip"]),
    "bzip2": (b"BZh9" + bytes(99), ["bzip2", "gzip"]),
    "LZ4": (b"\x02\x21\x4c\x18" + bytes(99), ["LZ4", "gzip"]),
    "EFI program": (b"MZ" + bytes(4096), ["EFI"]),
    "U-Boot image": (b"\x27\x05\x19\x56" + bytes(99), ["U-Boot"]),
    "tree": (b"\xd0\x0d\xfe\xed" + bytes(99), ["tree"]),
    "cpio": (b"070701" + bytes(99), ["cpio"]),
    "script": (b"#!/bin/sh\n", ["script"]),
}


@pytest.fixture
def files(arch):
    made = {f"k/{i}": data for i, (data, _) in enumerate(KERNELS.values())}
    return {**made, "idle.bin": parts.guest("idle", arch)}


@pytest.fixture
def machine(boot, files, tmp_path):
    """A machine whose memory is the same after the test, and which works."""
    made = boot(archive=parts.archive(tmp_path / "archive.cpio", files))
    before = guests.memory_used(made)
    yield made
    assert not guests.table(made)
    assert guests.memory_used(made) == before
    guests.start(made, "whole", kernel="/idle.bin", memory="16M")
    guests.wait_output(made, "whole", "idles")


def refused(machine, options, words, seconds=20):
    """None if it is refused with all the words; else what is wrong."""
    said = machine.command(f"guest create g {options}", seconds)
    if machine.status() == 0:
        machine.command("guest destroy g")
        return f"{options[:60]} was taken"
    clear = "error: " in said and all(word in said for word in words)
    return None if clear else f"{options[:60]}: {words}: {said}"


def test_kernels(machine):
    wrong = [refused(machine, f"--memory 64M --kernel /k/{i}",
                     [f"/k/{i}", *words] if "does not fit" not in words
                     else words)
             for i, (_, words) in enumerate(KERNELS.values())]
    assert not any(wrong), "\n".join(filter(None, wrong))


def test_cut_linux(boot, arch, tmp_path):
    """Half of the distribution's kernel, and all but its last page."""
    whole = parts.linux(arch)
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", {
        "half": whole[:len(whole) // 2], "most": whole[:-4096],
        "gzip": gzip.compress(whole, 1)[:-4096]}))
    before = guests.memory_used(machine)
    wrong = [refused(machine, "--kernel /half", ["/half", "cut"]),
             refused(machine, "--kernel /most", ["/most", "cut"]),
             refused(machine, "--kernel /gzip", ["/gzip", "gzip"], 60)]
    assert not any(wrong), "\n".join(filter(None, wrong))
    assert guests.memory_used(machine) == before


@pytest.fixture
def large(files):
    files["65M"] = bytes(65 * MIB)


def test_too_large(large, machine):
    """Firmware for its flash; kernel and disk for their RAM."""
    idle = "--kernel /idle.bin --memory"
    wrong = [refused(machine, *case, 60) for case in (
        ("--firmware /65M", ["/chosen", "vmm,firmware", "68157440",
                             str(FLASH)]),
        ("--kernel /65M --memory 64M", ["kernel does not fit", "68157440"]),
        (f"--initrd /65M {idle} 64M", ["initrd does not fit", "68157440"]),
        (f"--initrd /idle.bin {idle} 4K", ["does not fit"]),
        (f"{idle} 2G", ["2048 MiB", "free"]),
        ("--firmware /idle.bin --initrd /idle.bin", ["vmm,initrd"]),
    )]
    assert not any(wrong), "\n".join(filter(None, wrong))


WORDS = " ".join(f"word{i}={'x' * 60}" for i in range(64))


def arrives(machine, name, words):
    """The guest gets those words, and runs."""
    assert words in machine.command(f"guest info {name}")
    assert words in machine.command(f"guest tree {name}")
    guests.kick(machine, name)
    guests.wait_output(machine, name, "idles")
    guests.destroy(machine, name)


def test_long_command_line(machine):
    """4000 bytes arrive whole; a longer line does nothing and says why."""
    guests.create(machine, "g", memory="16M", kernel="/idle.bin",
                  append=WORDS[:4000])
    arrives(machine, "g", WORDS[:4000])
    machine.send(f'guest create g --kernel /idle.bin --append "{WORDS}"\r')
    machine.expect(r"error: [^\n]*4096 bytes", 20)
    machine.start()


@pytest.fixture
def long_tree(files):
    root = trees.edited({"/chosen/bootargs": WORDS[:4096]})
    files["long.dtb"] = trees.blob(root)


def test_long_command_line_of_tree(long_tree, machine):
    guests.create(machine, "g", tree="/long.dtb")
    arrives(machine, "g", WORDS[:4096])
