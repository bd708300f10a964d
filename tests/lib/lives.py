# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that live and die at random, beside one that stays to the end.

    lives = Lives(machine, seed, {"soak": "/soak.bin", ...})
    lives.warm_up()
    lives.go_on(seconds)
    lives.end()

What is done comes from the seed.  Whoever runs must answer when it is asked:
one that does not has lost a wake-up.  The one that stays is paused now and
then; its clock must have gone on for exactly the rest of the time.
"""
import collections
import random
import re
import time

import clocks
import guests
import trees
from machine import ARCH, HERE, PATIENCE

SLOTS = 4
ANSWER_SECONDS = 30
BOOT_SECONDS = 120
# What is done with a guest in a state, and how often of all that.
ACTS = {
    None: {"create": 1},
    "created": {"kick": 8, "destroy": 1},
    "running": {"ask": 6, "pause": 4, "reset": 3, "destroy": 4, "look": 3},
    "paused": {"resume": 6, "reset": 1, "destroy": 2, "look": 1},
}
# Who never sleeps is nobody's better: others must answer.
PRIORITIES = {"soak": (128, 130), "linux": (128, 130), "spin": (120, 128),
              "flood": (120, 128)}
LOOKS = ("guest why {}", "guest stats {}", "guest info {} --json",
         "guest log {}", "vcpu regs {}/0", "vcpu stats {}/0 --json",
         "vcpu list", "guest list", "host irqs", "trace dump 20")
# Of one that does not answer.
WHY = ("guest why {}", "guest stats {}", "guest info {}", "guest log {}",
       f"guest device {{}}/{trees.HERE.serial}", "vcpu list", "log")
# What the log may say meanwhile, of kinds that say nothing themselves.
EXPECTED = (r"guest: (spin|flood)\d+: ", r"guest: \w+\d+: \| ")
LINE = re.compile(r"^\[ *\d+\.\d{6}\] ([A-Z]) ([^\r\n]*)", re.M)
OPTIONS = {"riscv": {"aia": "none"}}.get(ARCH, {})

LINUX_UP = "guest-init: up"             # once in each boot

# past: boots that its console shows of before its last reset
Guest = collections.namedtuple("Guest", "name kind state past", defaults=[0])


def settled(machine):
    """`host memory` once nothing changes any more."""
    before = guests.memory_used(machine)
    for _ in range(20):
        time.sleep(0.2)
        after = guests.memory_used(machine)
        if after == before:
            return after
        before = after
    raise AssertionError(f"memory use goes on changing:\n{before}")


class Lives:
    def __init__(self, machine, seed, kinds):
        """KINDS: name: options of `guest create`; "soak" is among them."""
        self.machine, self.kinds = machine, kinds
        self.chance = random.Random(seed)
        self.slots = [None] * SLOTS
        self.done = collections.Counter()
        self.born = 0
        self.keeper = self.memory = self.wall = None

    # --- one act ---

    def command(self, line, seconds=30):
        said = self.machine.command(line, seconds)
        assert self.machine.status() == 0, f"{line}: {said}"
        return said

    def create(self, _):
        kind = self.chance.choice(list(self.kinds))
        self.born += 1
        name = f"{kind}{self.born}"
        options = {"cpus": self.chance.randint(1, 4),
                   "memory": f"{self.chance.choice((16, 24, 32, 64))}M",
                   "priority": self.chance.choice(PRIORITIES[kind]),
                   **OPTIONS, **self.kinds[kind]}
        guests.create(self.machine, name, **options)
        return Guest(name, kind, "created")

    def change(self, guest, verb, state):
        self.command(f"guest {verb} {guest.name}")
        if verb == "reset":             # its console still has the past
            guest = guest._replace(past=self.boots(guest))
        return guest._replace(state=state)

    def boots(self, guest):
        return guests.output(self.machine, guest.name).count(LINUX_UP)

    def kick(self, guest):
        return self.change(guest, "kick", "running")

    def pause(self, guest):
        return self.change(guest, "pause", "paused")

    def resume(self, guest):
        return self.change(guest, "resume", "running")

    def reset(self, guest):
        return self.change(guest, "reset", "running")

    def destroy(self, guest):
        self.command(f"guest destroy {guest.name}")

    def look(self, guest):
        self.command(self.chance.choice(LOOKS).format(guest.name))
        return guest

    def ask(self, guest):
        {"soak": self.ask_soak, "linux": self.ask_linux}.get(
            guest.kind, self.ask_state)(guest)
        return guest

    def ask_state(self, guest):
        assert guests.state(self.machine, guest.name) == "running"

    def ask_soak(self, guest):
        """By its console; then its rounds, which need all its VCPUs."""
        wanted = self.chance.randint(0x61, 0x7a)
        guests.attach(self.machine, guest.name)
        self.machine.send(chr(wanted))
        self.expect_answer(guest.name, f"heard <{wanted:x}>")
        self.wait_round(guest.name)

    def wait_round(self, name):
        def rounds():
            said = guests.output(self.machine, name)
            assert "FAIL" not in said, said
            # Its last line may be half a one.
            told = re.findall(r"^(begins|round (\d+)),.*\n", said, re.M)
            return len(told) and (told[-1][0], said[-200:])
        before = rounds()
        end = time.monotonic() + ANSWER_SECONDS * PATIENCE
        while rounds() == before:
            assert time.monotonic() < end, \
                self.machine.command(f"guest why {name}", 30)
            time.sleep(0.1)

    def expect_answer(self, name, pattern):
        """From the guest, on its console; else what it waits for."""
        try:
            self.machine.expect(pattern, ANSWER_SECONDS)
        except AssertionError:
            guests.detach(self.machine)
            raise AssertionError("\n".join(
                [f"{name} does not answer {pattern}"] +
                [self.machine.command(line.format(name), 30)
                 for line in WHY])) from None
        guests.detach(self.machine)

    def ask_linux(self, guest):
        guests.wait_output(
            self.machine, guest.name,
            f"(?s)({LINUX_UP}.*?){{{guest.past + 1}}}guest# ", BOOT_SECONDS)
        number = self.chance.randint(1000, 9999)
        guests.attach(self.machine, guest.name)
        self.machine.send(f"echo $(({number} * 2))-heard\r")
        self.expect_answer(guest.name, f"{number * 2}-heard")

    # --- all of it ---

    def act(self):
        at = self.chance.randrange(SLOTS)
        guest = self.slots[at]
        acts = ACTS[guest and guest.state]
        verb, = self.chance.choices(list(acts), list(acts.values()))
        self.done[verb] += 1
        self.slots[at] = getattr(self, verb)(guest)

    def empty(self):
        for at, guest in enumerate(self.slots):
            if guest:
                self.destroy(guest)
            self.slots[at] = None

    def warm_up(self):
        """What is allocated once stays; from here on nothing more may."""
        self.command("echo warm up")
        for kind, options in self.kinds.items():
            name = f"{kind}0"
            guests.create(self.machine, name, cpus=4,
                          **{"memory": "64M", **OPTIONS, **options})
            guest = Guest(name, kind, "created")
            for verb in ("kick", "pause", "resume", "ask", "reset", "look"):
                guest = getattr(self, verb)(guest)
            self.destroy(guest)
        self.memory = settled(self.machine)
        self.wall = clocks.Wall(self.machine)
        guests.create(self.machine, "keeper", cpus=2, memory="16M", **OPTIONS,
                      **self.kinds["soak"])
        self.keeper = clocks.Ledger(self.machine, "keeper")

    def go_on(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.act()
            if self.chance.random() < 0.05:
                assert guests.state(self.machine, "keeper") == "running", \
                    guests.output(self.machine, "keeper")[-500:]
                self.keeper.pause(self.chance.random())
            if self.chance.random() < 0.02:
                self.wait_round("keeper")

    def end(self):
        """All that must be as it was; gives figures."""
        self.wait_round("keeper")
        clock = self.keeper.check()
        wall = self.wall.check()
        self.empty()
        guests.destroy(self.machine, "keeper")
        assert settled(self.machine) == self.memory
        assert guests.unhandled(self.machine) == 0
        said = self.unexpected()
        assert not said, "\n".join(said)
        return f"{dict(self.done)}\nguest's clock: {clock}\n" \
            f"host's clock: {wall}"

    def unexpected(self):
        """Lines of the log that nothing here explains."""
        self.machine.child.logfile_read.flush()
        with open(self.machine.log_path, encoding="utf-8") as log:
            text = log.read().replace("\r", "")
        lines = [line[0] + " " + line[1]
                 for line in LINE.findall(text[text.index("warm up"):])]
        return [line for line in lines
                if not any(re.search(e, line) for e in EXPECTED)]
