# SPDX-License-Identifier: GPL-2.0-or-later
"""Do clocks drift?  Times are known as intervals, from what was read before and
after; what must be equal must overlap, so that no busy machine is a failure.
The guest is soak.c: it tells its counter by calls of its firmware."""
import collections
import re
import time

import guests

COUNTER_START = 1 << 48         # of guests, at their first instruction

Span = collections.namedtuple("Span", "low high")       # ns


def minus(a, b):
    return Span(a.low - b.high, a.high - b.low)


def up_ns(machine, first=""):
    """The hypervisor's clock, right after what is done FIRST."""
    return guests.document(machine, first + "host info")["up_ns"]


class Wall:
    """The hypervisor's clock against this machine's."""

    def __init__(self, machine):
        self.machine = machine
        self.begin = self.look()

    def look(self):
        """The shortest of some looks: wall clock around it, its own."""
        looks = []
        for _ in range(5):
            before = time.monotonic_ns()
            up = up_ns(self.machine)
            looks.append((Span(before, time.monotonic_ns()), up))
        return min(looks, key=lambda look: look[0].high - look[0].low)

    def check(self):
        (wall, up), (wall_begin, up_begin) = self.look(), self.begin
        passed = minus(wall, wall_begin)
        assert passed.low <= up - up_begin <= passed.high, (passed, up_begin,
                                                            up)
        return f"{up - up_begin} ns, within {passed.high - passed.low} ns"


class Ledger:
    """One guest's clock against the hypervisor's, across pauses."""

    def __init__(self, machine, name):
        """Kicks NAME, which was created."""
        self.machine, self.name = machine, name
        self.start = self.around(f"guest kick {name}", "kick")
        self.stood, self.pauses = Span(0, 0), 0
        guests.wait_output(machine, name, "round")
        self.hz = int(guests.wait_output(machine, name,
                                         r"begins, (\d+) Hz")[1])

    def around(self, line, event):
        """When it was: not before its last record, not after its end."""
        high = up_ns(self.machine, line + " && ")
        rows = self.records(1000)
        # Names are kept of the newest guests only: who was it just now?
        who = [row["who"] for row in rows if row["event"] == line.split()[1]]
        mine = [row["since_boot_ns"] for row in rows if row["event"] == event
                and row["who"].split("/")[0] == who[-1]]
        return Span(mine[-1], high)

    def records(self, count):
        return guests.document(self.machine, f"trace dump {count}")["records"]

    def pause(self, seconds):
        stopped = self.around(f"guest pause {self.name}", "park")
        time.sleep(seconds)
        went_on = self.around(f"guest resume {self.name}", "resume")
        stood = minus(went_on, stopped)
        self.stood = Span(self.stood.low + stood.low,
                          self.stood.high + stood.high)
        self.pauses += 1

    def now(self):
        """When it read its counter, and what that was in ns."""
        self.machine.command(f"trace on calls --guest {self.name}")
        end = time.monotonic() + 120
        while True:
            assert time.monotonic() < end, "it tells no time"
            self.machine.command("sleep 300ms", 30)
            told = [row for row in self.records(1000)
                    if row["event"] == "call" and re.fullmatch(
                        "0x1000[0-9a-f]{9}", row["details"]["argument"])
                    and row["details"]["function"] in ("0x10", "0xc4000004")]
            if len(told) >= 2:
                break
        self.machine.command("trace off")
        before, after = told[-2:]
        counter = int(after["details"]["argument"], 0) - COUNTER_START
        return Span(before["since_boot_ns"], after["since_boot_ns"]), \
            counter * 10**9 // self.hz

    def check(self):
        at, told = self.now()
        must = minus(minus(at, self.start), self.stood)
        assert must.low <= told <= must.high, (must, told)
        return f"{told} ns after {self.pauses} pauses, " \
            f"{told - must.low} ns above the least, of {must.high - must.low}"
