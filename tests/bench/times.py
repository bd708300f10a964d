# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses host CPUs, by the clock, beside the peers.

A guest with two VCPUs on two host CPUs, which the emulator runs at once, looks
how long a round takes: `ipi`, IPIs to and fro while both are awake; `wake`,
while both sleep; `flush`, of the other's TLB.  Adds to the document
`crossing_times`: for us and each peer, nanoseconds by name, or `why` there are
none.  They depend on the machine that this runs on, and on what else it does:
reported, never judged.
"""
import re
import statistics

import at_once
from peers import PEERS, attempt

OURS = "Monovisor"
KINDS = ("ipi", "wake", "flush")
GUEST = "guest create one --kernel /pingpong.bin --memory 32M --cpus 2"


def nanoseconds(text, tick):
    """Of a round, by name: the median of those that the guest printed; TICK:
    nanoseconds of its counter's."""
    medians = {}
    for name, ticks in re.findall(r"median (\w+) (\d+)", text):
        medians.setdefault(name, []).append(int(ticks) * tick)
    return {name: statistics.median_low(medians[name]) for name in KINDS}


def ours(bench, *_):
    """What the guest prints."""
    archive = {"pingpong.bin": bench.parts.guest("pingpong", bench.arch)}
    files = bench.parts.archive(bench.path("times.cpio"), archive)
    with at_once.machine_of(bench, "times", archive=files, memory="256M",
                            **bench.facts_of_machine()) as machine:
        machine.start(60)
        machine.command(GUEST, 30)
        machine.command("guest kick one", 30)
        machine.expect("one: halted", 60)
        text = machine.command("guest log one")
    assert "PASS" in text, f"the guest did not pass: {bench.path('times')}.log"
    return text


def measured(bench, name, function, cpu):
    """Nanoseconds by name, or why there are none."""
    text, why = attempt(function, bench, name, cpu)
    return {"why": why} if why else nanoseconds(text, bench.facts["tick"])


def beside(made, name, own):
    """A peer's as people read it, with how many times ours it is."""
    values = made[name]
    if "why" in values:
        return f"  {name}: none here: {values['why']}"
    return f"  {name}: " + ", ".join(
        f"{kind} {values[kind]} (x{values[kind] / own[kind]:.2f})"
        for kind in KINDS)


def times(bench):
    own = nanoseconds(ours(bench), bench.facts["tick"])
    made = {OURS: own}
    for name, (_, function, cpu) in PEERS[bench.arch].items():
        made[name] = measured(bench, name, function, cpu)
    bench.results["crossing_times"] = made
    bench.notes.append("\nacross host CPUs, nanoseconds of a round here and "
                       "now, and how many times ours:")
    bench.notes += [beside(made, name, own) for name in made]
