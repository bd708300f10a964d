# SPDX-License-Identifier: GPL-2.0-or-later
"""What the runs of other hypervisors share."""
import os
import subprocess

import at_once
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


def machine_of(bench, name, chosen, is_counted=True, **options):
    """A machine whose tree has CHOSEN, too.  It counts instructions, or has
    two CPUs that run at once."""
    extra = options.pop("extra", []) + FIXED_DATE
    options = {**options, **bench.facts_of_machine(), "memory": "1G"}
    options |= {"accel": "tcg"} if is_counted else at_once.OPTIONS
    plain = bench.machine.Machine(bench.path(name + ".log"), **options)
    tree = bench.parts.edited_tree(plain, bench.path(name + ".dtb"),
                                   lambda text: text + chosen)
    extra += ["-dtb", tree]
    if not is_counted:
        return at_once.machine_of(bench, name, extra=extra, **options)
    return bench.machine.Machine(bench.path(name + ".log"),
                                 extra=extra + COUNTED, **options)
