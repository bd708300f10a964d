# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines whose clock counts the instructions of their one CPU, driven by
/boot.cmd: each run is the same, however busy the one that emulates it.

A script says `echo == WORD` where a section of its output begins, and ends
with `shutdown`."""
import re

import parts
from machine import ARCH, MACHINES, Machine


def counted(log, archive, arch=ARCH, shift=0, **options):
    """A machine that counts; an instruction takes 2^SHIFT ns."""
    return Machine(log, parts.image(arch), archive, arch, **{
        "variant": MACHINES[arch]["counted"], "memory": "256M", "accel": "tcg",
        "extra": ["-icount", f"shift={shift},sleep=off"], **options})


def sections(text):
    """Of a script's output, by the words behind ==."""
    text = re.sub(r"\r", "", text)
    found = re.split(r"^== (\w+)\n", text, flags=re.M)
    return dict(zip(found[1::2], found[2::2]))


def run(log, folder, script, guests=(), arch=ARCH, files=None, **options):
    """The sections of what SCRIPT printed.  GUESTS: ours, as /NAME.bin; FILES:
    others of the archive, by name; FOLDER: where that is built."""
    archive = parts.archive(folder / "archive.cpio", {
        "boot.cmd": script, **(files or {}),
        **{f"{name}.bin": parts.guest(name, arch) for name in guests}})
    with counted(log, archive, arch, **options) as machine:
        machine.wait_end(60)
    with open(log, encoding="utf-8") as said:
        return sections(said.read())
