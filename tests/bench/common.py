# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are, what was measured so far, and the machines it runs on."""
import importlib
import os
import re
import subprocess
import sys

import rows

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
COUNTED = ["-icount", "shift=0,sleep=off"]
ROUNDS = 1000


def run(*command):
    return subprocess.run(command, cwd=TOP, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def figures_in(text, tick):
    """Instructions by name, of the lines that the measuring guest printed; TICK:
    instructions between two of its counter."""
    return {name: int(ticks) * tick / (1 if name == "kick" else ROUNDS)
            for name, ticks in re.findall(r"bench ([\w-]+) (\d+)", text)}


class Bench:
    """One run for one architecture.

    figures: what has a row or is of a row's class, by name; a number.
    results: all else that goes into the JSON document, by name.
    peers: others on the same machine, by name: `figures`, or `why` not.
    native: of Linux without us, `count`, `tree` (source) and `initrd`.
    notes: lines printed behind the tables.
    above: names of figures that are too high, besides those of rows.
    """

    def __init__(self, arch, out):
        self.arch, self.out = arch, out
        self.facts = rows.ARCHS[arch]
        self.figures, self.results = {}, {}
        self.notes, self.above, self.peers = [], [], {}
        self.native = None
        os.environ["MONOVISOR_TEST_OUT"] = out
        os.environ["ARCH"] = arch
        sys.path.insert(0, os.path.join(TOP, "tests", "lib"))
        self.machine = importlib.import_module("machine")
        self.parts = importlib.import_module("parts")
        console = self.machine.HERE["console"]
        self.arguments = f"console={console} quiet nokaslr"

    def path(self, name):
        return os.path.join(self.out, "bench", name)

    def build(self):
        os.makedirs(self.path(""), exist_ok=True)
        common = ("make", "-s", "-j2", f"ARCH={self.arch}")
        run(*common, f"O={self.out}/{self.arch}", "defconfig")
        run(*common, f"O={self.out}/{self.arch}")
        run(*common, "-f", "tests/guest/Makefile",
            f"O={self.out}/guest-{self.arch}")
        self.figures["image"] = os.path.getsize(self.parts.image(self.arch))

    def facts_of_machine(self):
        """Options that all have that are compared."""
        return {"arch": self.arch, "variant": self.facts["variant"],
                "machine": self.facts["machine"]}

    def run_machine(self, name, archive=None, **options):
        """A machine that counts instructions; ARCHIVE: files by name."""
        files = self.parts.archive(self.path(name + ".cpio"), archive or {})
        options = {"memory": "256M", "extra": COUNTED, **options}
        return self.machine.Machine(
            self.path(name + ".log"), archive=files, accel="tcg",
            **self.facts_of_machine(), **options)

    def measure(self, name, *commands, guest="bench", **options):
        """Run the measuring GUEST by these COMMANDS of the terminal; what it
        printed, as figures by name."""
        archive = {f"{guest}.bin": self.parts.guest(guest, self.arch),
                   "boot.cmd": "\n".join(commands + ("shutdown", ""))}
        with self.run_machine(name, archive, **options) as machine:
            machine.wait_end(60)
            return figures_in(machine.tail(200), self.facts["tick"])
