# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses host CPUs: instructions that each of two executes.

A plugin counts them (tests/profile): an emulator that counts virtual time by
instructions takes turns between CPUs, so that time between two says nothing.
Adds to the document `crossing`: by name, instructions of `sender` and
`receiver`, on the shortest way of each that is usual.
"""
import os
import sys

from common import TOP

sys.path.insert(0, os.path.join(TOP, "tests", "profile"))
import spans  # noqa: E402  (a module of the profile)

# Of the guest's functions KIND_sender and KIND_receiver.
KINDS = ("ipi", "wake", "flush")
GUEST = "guest create one --kernel /crossing.bin --memory 32M --cpus 2"


def run(bench):
    """Spans of a machine with two CPUs, and the guest's names."""
    names = spans.names_of(f"{bench.out}/{bench.arch}/vmm.elf", bench.arch)
    archive = {"crossing.bin": bench.parts.guest("crossing", bench.arch)}
    out = bench.path("crossing.spans")
    machine = bench.run_machine("crossing", archive, cpus=2)
    plugin = spans.build_plugin(machine.qemu, bench.path(""))
    machine.options["extra"] = spans.plugin_arguments(plugin, names, out)
    with machine:
        machine.start(60)
        machine.command(GUEST, 30)
        machine.command("guest kick one", 30)
        machine.expect("one: halted", 60)
        machine.send("shutdown\r")
        machine.wait_end(30)
    return spans.read(out)[0]


def guest_functions(bench):
    """(begin, end) of the guest's functions by name."""
    rows = [line.split() for line in spans.output(
        spans.CROSS[bench.arch] + "nm", "-n", "-S",
        f"{bench.out}/guest-{bench.arch}/crossing.elf").splitlines()]
    return {row[3]: (int(row[0], 16), int(row[0], 16) + int(row[1], 16))
            for row in rows if len(row) == 4}


def least(found):
    """Instructions of the shortest way, on which nobody waited; None: none.
    A tenth may be shorter still: the other one was just about to sleep."""
    lengths = sorted(span.length for span in found for _ in range(span.count))
    return lengths[len(lengths) // 10] if lengths else None


def within(found, functions, name):
    """Exits from the guest's function of that name, or, if the host CPU slept
    meanwhile, back to it."""
    begin, end = functions[name]
    exits = [span for span in found if span.kind == "exit" and
             span.end != spans.WAIT]
    slept = [span for span in exits if span.begin == spans.WAIT and
             begin <= span.end < end]
    return slept or [span for span in exits if span.begin != spans.WAIT and
                     begin <= span.begin < end]


def crossing(bench):
    found, functions = run(bench), guest_functions(bench)
    made = {}
    for kind in KINDS:
        made[kind] = {
            side: least(within(found, functions, f"{kind}_{side}"))
            for side in ("sender", "receiver")}
    bench.results["crossing"] = made
    bench.notes.append("\nacross host CPUs, instructions of each:")
    bench.notes += [f"  {kind}: sender {sides['sender']}, receiver "
                    f"{sides['receiver']}" for kind, sides in made.items()]
