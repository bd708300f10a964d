# SPDX-License-Identifier: GPL-2.0-or-later
"""What the runs of other hypervisors share."""
import os
import subprocess

from common import COUNTED, TOP

RAM = 1 << 30                   # of the host
FIXED_DATE = ["-rtc", "base=2000-01-01,clock=vm"]


class Absent(Exception):
    """Why there is no such peer here."""


def fetch(group):
    """What tools/deps knows by that name."""
    done = subprocess.run([os.path.join(TOP, "tools", "deps"), group],
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["tools/deps failed"]
        raise Absent(f"{said[-1]} (tools/deps {group} gets it)")


def machine_of(bench, name, chosen, **options):
    """A machine that counts, whose tree has CHOSEN, too."""
    extra = options.pop("extra", []) + COUNTED + FIXED_DATE
    options |= {"variant": bench.facts["variant"], "arch": bench.arch,
                "machine": bench.facts["machine"], "memory": "1G",
                "accel": "tcg"}
    plain = bench.machine.Machine(bench.path(name + ".log"), **options)
    tree = bench.parts.edited_tree(plain, bench.path(name + ".dtb"),
                                   lambda text: text + chosen)
    return bench.machine.Machine(
        bench.path(name + ".log"), extra=[*extra, "-dtb", tree], **options)
