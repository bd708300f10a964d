# SPDX-License-Identifier: GPL-2.0-or-later
"""Each guest that attacks (tests/hostile/cases.py) as the neighbour of one
whose timers must not be late: how late they are, and the longest section with
interrupts masked that it makes the hypervisor run.

Adds to the document `neighbours`, by the attack's name: `late`, `masked`, and
`sections`, the longest ones as jitter.py has them.
"""
import importlib
import os
import sys

from common import COUNTED, TOP
import jitter

sys.path.insert(0, os.path.join(TOP, "tests", "hostile"))

EVENTS = 1000
# What it makes the emulator flush takes that minutes.
TOO_SLOW = {"hostile_pages"}
SHOWN = 3                       # sections of each, in the document


def attacks_here(bench):
    """Those that run on the machine of the bench, each once."""
    cases = importlib.import_module("cases")
    found = []
    for case in cases.CASES:
        for attack in case.attacks:
            if (bench.arch in attack.archs and attack not in found
                    and attack.guest not in TOO_SLOW and not attack.variants):
                found.append(attack)
    return found


def watched(bench, attack, watch):
    """What the machine printed, and its masked spans."""
    lib = importlib.import_module("attacks")
    out = bench.path(f"neighbour-{attack.name()}.spans")
    commands = ["guest create attacker " + " ".join(
        f'--{name} "{value}"' for name, value in
        {**lib.options_of(attack), "kernel": "/attack.bin"}.items()),
        "guest kick attacker", "sleep 1ms"]
    text = jitter.run_script(
        bench, f"neighbour-{attack.name()}",
        commands + jitter.probe_commands(EVENTS),
        guests={"attack": attack.guest}, image=watch.image,
        extra=COUNTED + watch.arguments(out))
    return text, jitter.masked_of(out)


def figures(bench, attack, watch):
    text, found = watched(bench, attack, watch)
    late = jitter.lateness(text, bench.facts["tick"])
    assert late, f"the guest did not end beside {attack.name()}:\n{text}"
    return {"late": late["maximum"], "masked": found[0].length,
            "sections": jitter.sections(found[:SHOWN], watch.names)}


def notes(made):
    """Lines for people, the worst first."""
    yield "\nbeside attackers: latest timer, longest masked, where:"
    for name, row in sorted(made.items(), key=lambda item: -item[1]["masked"]):
        where = row["sections"][0]
        yield (f"  {name}: {row['late']}, {row['masked']}, "
               f"{where['begin']} to {where['end']}: {where['heaviest']}")


def neighbours(bench):
    watch = jitter.Watch(bench)
    made = {attack.name(): figures(bench, attack, watch)
            for attack in attacks_here(bench)}
    bench.results["neighbours"] = made
    bench.figures["neighbour-late"] = max(r["late"] for r in made.values())
    bench.figures["neighbour-masked"] = max(
        r["masked"] for r in made.values())
    bench.notes += notes(made)
