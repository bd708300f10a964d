# SPDX-License-Identifier: GPL-2.0-or-later
"""How late a guest's timers are, alone and beside the worst of neighbours, and
for how many instructions on end the hypervisor masks interrupts.

Adds to the document `jitter`: `events`, `alone` and `noisy` with `minimum`,
`median`, `p999` and `maximum` in instructions; `masked`: `longest` and
`sections`, a list of the longest with `instructions`, `times`, `begin` and
`end`, the functions in which they were.
"""
import os
import re
import sys

from common import COUNTED, TOP, run

sys.path.insert(0, os.path.join(TOP, "tests", "profile"))
import spans  # noqa: E402  (a module of the profile)

EVENTS = 100000
# Those of the run in which each instruction is looked at.
EVENTS_WATCHED = 2000
WORDS = ("minimum", "median", "p999", "maximum")
PARTS = 64                      # the guest's fractions of a tick
SECTIONS = 12                   # in the document and in the table

PROBE = ("guest create probe --kernel /jitter.bin --memory 32M --priority 140 "
         "--append events={}")
NOISE = ["guest create noise --kernel /noise.bin --memory 64M --cpus 2",
         "guest kick noise", "sleep 1ms"]
# What people do beside.
LIFE = ["guest list", "guest info noise", "guest why noise",
        "guest stats noise", "vcpu list", "host memory",
        "guest pause noise", "guest resume noise", "guest log noise",
        "guest reset noise", "guest destroy noise", "log"]


def lateness(text, tick):
    """What the guest printed, in instructions; None: nothing."""
    found = re.search(r"^jitter (\d+) (\d+) (\d+) (\d+)", text, re.M)
    return found and {word: round(int(parts) * tick / PARTS) for word, parts
                      in zip(WORDS, found.groups())}


def probe_commands(events):
    return [PROBE.format(events), "guest kick probe",
            f"sleep {events * 25 // 1000}ms", "guest log probe"]


def run_script(bench, name, commands, **options):
    """What the machine printed."""
    archive = {f"{guest}.bin": bench.parts.guest(guest, bench.arch)
               for guest in ("jitter", "noise")}
    archive["boot.cmd"] = "\n".join(commands + ["shutdown", ""])
    with bench.run_machine(name, archive, **options) as machine:
        machine.wait_end(150)
        with open(machine.log_path, encoding="utf-8") as log:
            return log.read()


def measured(bench, name, commands):
    text = run_script(bench, name, commands + probe_commands(EVENTS))
    found = lateness(text, bench.facts["tick"])
    assert found, f"the guest did not end: {bench.path(name)}.log"
    return found


def masked_image(bench):
    """An image whose masked sections can be told by its instructions; where
    it was built."""
    out = f"{bench.out}/{bench.arch}-masked"
    make = ("make", "-s", "-j2", f"ARCH={bench.arch}", f"O={out}")
    run(*make, "defconfig")
    run(*make, "CFLAGS=-include tests/profile/unmask.h")
    return out


def masked_spans(bench):
    """The spans with interrupts masked, the longest first, and the names."""
    image = masked_image(bench)
    names = spans.names_of(f"{image}/vmm.elf", bench.arch)
    machine = bench.run_machine("masked")
    plugin = spans.build_plugin(machine.qemu, bench.path(""))
    out = bench.path("masked.spans")
    run_script(bench, "masked", NOISE + probe_commands(EVENTS_WATCHED) + LIFE,
               image=f"{image}/vmm.bin", extra=COUNTED +
               spans.plugin_arguments(plugin, names, out))
    found, _ = spans.read(out)
    return sorted((span for span in found if span.kind == "masked"),
                  key=lambda span: -span.length), names


def sections(found, names):
    return [{"instructions": span.length, "times": span.count,
             "begin": names.of(span.begin), "end": names.of(span.end)}
            for span in found[:SECTIONS]]


def heaviest(span, names):
    """The functions that took most of it."""
    counts = sorted(spans.functions(span.path, names),
                    key=lambda item: -item[1])
    return ", ".join(f"{name} {count}" for name, count in counts[:6])


def notes(made, found, names):
    """Lines for people."""
    yield f"\nlateness of {EVENTS} timers, instructions:"
    for who in ("alone", "noisy"):
        values = ", ".join(f"{word} {made[who][word]}" for word in WORDS)
        yield f"  {who}: {values}"
    yield "longest with interrupts masked, instructions (times):"
    for span in found[:SECTIONS]:
        yield (f"  {span.length} ({span.count}) {names.of(span.begin)} to "
               f"{names.of(span.end)}: {heaviest(span, names)}")
    most = made["alone"]["maximum"] + made["masked"]["longest"]
    late = made["noisy"]["maximum"]
    yield (f"  goal of noisy's maximum: alone's and the longest, {most}; "
           f"it is {late}{'!' if late > most else ''}")


def jitter(bench):
    made = {"events": EVENTS,
            "alone": measured(bench, "jitter-alone", []),
            "noisy": measured(bench, "jitter-noisy", NOISE)}
    found, names = masked_spans(bench)
    made["masked"] = {"longest": found[0].length,
                      "sections": sections(found, names)}
    bench.results["jitter"] = made
    bench.figures["jitter-alone"] = made["alone"]["maximum"]
    bench.figures["jitter-noisy"] = made["noisy"]["maximum"]
    bench.figures["masked"] = found[0].length
    bench.notes += notes(made, found, names)
