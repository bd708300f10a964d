# SPDX-License-Identifier: GPL-2.0-or-later
"""How late a guest's timers are, alone and beside the worst of neighbours, and
for how many instructions on end the hypervisor masks interrupts.

Adds to the document `jitter`: `events`, `alone` and `noisy` with `minimum`,
`median`, `p999` and `maximum` in instructions; `masked`: `longest` and
`sections`, a list of the longest with `instructions`, `times`, `begin` and
`end`, the functions in which they were, and `heaviest`, those that took most.
"""
import os
import re
import sys

from common import COUNTED, TOP, run

sys.path.insert(0, os.path.join(TOP, "tests", "profile"))
import spans  # noqa: E402  (a module of the profile)

EVENTS = 100000
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


def run_script(bench, name, commands, guests=None, **options):
    """What the machine printed; GUESTS: files of the archive, by name, besides
    the probe's."""
    guests = {"jitter": "jitter", **(guests or {"noise": "noise"})}
    archive = {f"{file}.bin": bench.parts.guest(guest, bench.arch)
               for file, guest in guests.items()}
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


class Watch:
    """An image whose masked sections can be told by its instructions, and the
    plugin that tells them.

    image: its vmm.bin.  names: of its functions.
    """

    def __init__(self, bench):
        out = f"{bench.out}/{bench.arch}-masked"
        make = ("make", "-s", "-j2", f"ARCH={bench.arch}", f"O={out}")
        run(*make, "defconfig")
        run(*make, "CFLAGS=-include tests/profile/unmask.h")
        self.image = f"{out}/vmm.bin"
        self.names = spans.names_of(f"{out}/vmm.elf", bench.arch)
        self.plugin = spans.build_plugin(bench.run_machine("masked").qemu,
                                         bench.path(""))

    def arguments(self, out):
        """Of an emulator that writes its spans to that file."""
        return spans.plugin_arguments(self.plugin, self.names, out)


def masked_of(path):
    """The spans with interrupts masked, the longest first."""
    found, _ = spans.read(path)
    return sorted((span for span in found if span.kind == "masked"),
                  key=lambda span: -span.length)


def masked_spans(bench, watch):
    out = bench.path("masked.spans")
    run_script(bench, "masked", NOISE + probe_commands(EVENTS) + LIFE,
               image=watch.image, extra=COUNTED + watch.arguments(out))
    return masked_of(out)


def sections(found, names):
    return [{"instructions": span.length, "times": span.count,
             "begin": names.of(span.begin), "end": names.of(span.end),
             "heaviest": heaviest(span, names)} for span in found[:SECTIONS]]


def heaviest(span, names):
    """The functions that took most of it."""
    counts = sorted(spans.functions(span.path, names),
                    key=lambda item: -item[1])
    return ", ".join(f"{name} {count}" for name, count in counts[:6])


def notes(made):
    """Lines for people."""
    yield f"\nlateness of {EVENTS} timers, instructions:"
    for who in ("alone", "noisy"):
        values = ", ".join(f"{word} {made[who][word]}" for word in WORDS)
        yield f"  {who}: {values}"
    yield "longest with interrupts masked, instructions (times):"
    for row in made["masked"]["sections"]:
        yield (f"  {row['instructions']} ({row['times']}) {row['begin']} to "
               f"{row['end']}: {row['heaviest']}")
    most = made["alone"]["maximum"] + made["masked"]["longest"]
    late = made["noisy"]["maximum"]
    yield (f"  goal of noisy's maximum: alone's and the longest, {most}; "
           f"it is {late}{'!' if late > most else ''}")


def jitter(bench):
    made = {"events": EVENTS,
            "alone": measured(bench, "jitter-alone", []),
            "noisy": measured(bench, "jitter-noisy", NOISE)}
    watch = Watch(bench)
    found = masked_spans(bench, watch)
    made["masked"] = {"longest": found[0].length,
                      "sections": sections(found, watch.names)}
    bench.results["jitter"] = made
    bench.figures["jitter-alone"] = made["alone"]["maximum"]
    bench.figures["jitter-noisy"] = made["noisy"]["maximum"]
    bench.figures["masked"] = found[0].length
    bench.notes += notes(made)
