# SPDX-License-Identifier: GPL-2.0-or-later
"""What the hypervisor executes, instruction by instruction: builds the plugin
spans.c for an emulator, reads what it wrote, names addresses.
"""
import bisect
import collections
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
CROSS = {"arm64": "aarch64-linux-gnu-", "riscv": "riscv64-linux-gnu-"}
WAIT = "wait"
ICOUNT = ["-icount", "shift=0,sleep=off"]

Span = collections.namedtuple("Span", "kind cpu count length begin end path")


def output(*command):
    return subprocess.run(command, check=True, cwd=TOP, text=True,
                          stdout=subprocess.PIPE).stdout


def api_of(version):
    """The plugin interface that the emulator which prints this has."""
    major = int(re.search(r"version (\d+)", version)[1])
    return 1 if major < 9 else 2


def build_plugin(qemu, folder):
    """The plugin for that emulator; its path."""
    api = api_of(output(qemu, "--version"))
    path = os.path.join(folder, f"spans-{api}.so")
    output("gcc", "-Wall", "-Wextra", "-Wno-unused-parameter", "-O2",
           "-shared", "-fPIC", f"-DPLUGIN_API={api}", "-o", path,
           os.path.join(HERE, "spans.c"))
    return path


class Names:
    """Functions of the hypervisor by address."""

    def __init__(self, text, arch):
        """TEXT: what nm -n prints."""
        rows = [line.split() for line in text.splitlines()]
        rows = [(int(row[0], 16), row[2]) for row in rows
                if len(row) == 3 and row[1] in "tTR" and
                not re.match(r"\$|\.L", row[2])]
        self.by_name = {name: at for at, name in rows}
        self.text = (self.by_name["image_text_start"],
                     self.by_name["image_text_end"])
        rows = [row for row in rows if row[0] < self.text[1] and
                not row[1].startswith("image_")]
        self.at = [at for at, _ in rows]
        self.name = [name for _, name in rows]
        self.arch = arch

    def of(self, at):
        if not self.text[0] <= at < self.text[1]:
            return "firmware"
        return self.name[bisect.bisect_right(self.at, at) - 1]

    def vectors(self):
        return self.by_name["vectors"]


def names_of(elf, arch):
    return Names(output(CROSS[arch] + "nm", "-n", elf), arch)


def plugin_arguments(plugin, names, out):
    return ["-plugin", f"{plugin},arch={names.arch},out={out},"
            f"text={names.text[0]:x}-{names.text[1]:x},"
            f"vectors={names.vectors():x}"]


def place(word):
    return WAIT if word == WAIT else int(word, 16)


def parse(lines):
    """The spans of a plugin's file, and how many did not fit."""
    spans, lost = [], 0
    for line in lines:
        words = line.split()
        if words[0] == "lost":
            lost = int(words[1])
            continue
        spans.append(Span(
            words[0], int(words[1]), int(words[2]), int(words[3]),
            place(words[4]), place(words[5]),
            [int(word, 16) for word in words[6:]]))
    return spans, lost


def read(path):
    with open(path, encoding="ascii") as file:
        return parse(file)


def functions(path, names):
    """(function, instructions) in order of their first call."""
    counts = collections.OrderedDict()
    for at in path:
        name = names.of(at)
        counts[name] = counts.get(name, 0) + 1
    return list(counts.items())


class Lines:
    """Source lines of a guest by address."""

    def __init__(self, elf, arch):
        self.command = [CROSS[arch] + "addr2line", "-a", "-i", "-f", "-e", elf]
        self.known = {}

    def frames(self, addresses):
        """By address: (function, file, line) of it and of its inliners."""
        missing = sorted(set(addresses) - set(self.known))
        if missing:
            text = output(*self.command, *(hex(at) for at in missing))
            self.known.update(parse_frames(text))
        return self.known


def parse_frames(text):
    """What addr2line -a -i -f printed."""
    known, lines = {}, text.splitlines()
    while lines:
        line = lines.pop(0)
        if line.startswith("0x"):
            frames = known.setdefault(int(line, 16), [])
            continue
        where = lines.pop(0).split(" ")[0]
        file, number = where.rsplit(":", 1)
        frames.append((line, file, int(number) if number.isdigit() else 0))
    return known


def source_line(file, number):
    """That line of a source file, without what surrounds it."""
    if not os.path.exists(file) or not number:
        return "?"
    with open(file, encoding="utf-8") as source:
        return source.read().splitlines()[number - 1].strip()


def import_lib(out, arch):
    """The modules machine and parts of tests/lib, for this architecture."""
    os.environ["MONOVISOR_TEST_OUT"] = out
    os.environ["ARCH"] = arch
    sys.path.insert(0, os.path.join(TOP, "tests", "lib"))
    import machine  # pylint: disable=import-outside-toplevel
    import parts    # pylint: disable=import-outside-toplevel
    return machine, parts
