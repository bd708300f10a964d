# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that attack as fast as they can, beside one that must not notice.

An attacker hangs or breaks itself before long, so it is reset twice a second;
what it does is different each time.  On a slow machine it gets the time that
it needs to begin, and the whole lasts until both were seen to get on.
"""
import re
import time

import guests
import parts

SECONDS = 12                    # at least
LIMIT = 40
PAUSE, PAUSE_MAX = 0.5, 4
NAMES = ["words", "mmio", "storm", "pages"]


def archive(path, arch, attack):
    return parts.archive(path, {
        "hostile.bin": parts.guest(f"hostile_{attack}", arch),
        "witness.bin": parts.guest("witness", arch)})


def rounds(machine):
    """How far the witness came; its last line may be half a one."""
    said = guests.output(machine, "witness")
    assert "FAIL" not in said, said
    return max(map(int, re.findall(r"^round (\d+)", said, re.M)))


def survive(machine, **options):
    """The attack; machine was booted with archive().  OPTIONS: of the guest
    that attacks."""
    before = guests.memory_used(machine)
    guests.start(machine, "witness", kernel="/witness.bin", memory="32M")
    guests.wait_output(machine, "witness", r"round 2\r?\n")
    guests.start(machine, "attacker", kernel="/hostile.bin", memory="64M",
                 cpus=4, **options)
    seen, went_on, pause = rounds(machine), 0, PAUSE
    begin = time.monotonic()
    while (past := time.monotonic() - begin) < SECONDS or \
            past < LIMIT and not (went_on and rounds(machine) > seen):
        time.sleep(pause)
        went_on += "go on" in guests.output(machine, "attacker")
        pause = PAUSE if went_on else min(2 * pause, PAUSE_MAX)
        machine.command("guest reset attacker", 30)
        assert machine.status() == 0
    assert went_on, "the attacker never came to its first report"
    assert rounds(machine) > seen, "the witness stands still"
    assert guests.state(machine, "witness") == "running"
    guests.destroy(machine, "attacker", "witness")
    after = guests.memory_used(machine)
    assert {**after, "heap": 0} == {**before, "heap": 0}
