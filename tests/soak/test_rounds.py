# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes on for long: guests come and go, share CPUs, or do nothing."""
import os
import re

import pytest

import guests
import parts
from lives import Lives, settled
from machine import HERE, MESSAGE

# As `make soak` says, or short ones.
ROUNDS = int(os.environ.get("MONOVISOR_SOAK_ROUNDS", 200))
MINUTES = float(os.environ.get("MONOVISOR_SOAK_MINUTES", 0.3))
SEED = int(os.environ.get("MONOVISOR_SOAK_SEED", 1))


@pytest.fixture
def machine(boot, arch, tmp_path, request):
    """Host CPUs by the test's parameter, all guests in the archive."""
    files = {f"{name}.bin": parts.guest(name, arch)
             for name in (HERE["power"], "spin", "idle")}
    cpus, options = request.param
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                cpus=cpus, **options)


def on(cpus, **options):
    """A test's machine, by host CPUs and what it has else."""
    return pytest.mark.parametrize("machine", [(cpus, options)], indirect=True,
                                   ids=[str(cpus)])


# A clock of the CPU's instructions: shares are of that clock, whatever else the
# build host does.
COUNTED = {"variant": HERE["counted"], "accel": "tcg",
           "extra": ["-icount", "shift=4"]}
# The same for several CPUs.  QEMU 7.2 runs one of them until the machine's next
# timer is due, and the others not at all meanwhile; one that sets a timer goes to
# the end of the line in the middle of it, with its lock held or its state half
# taken out.  So one CPU is seen to stand at the instruction behind that, or to
# wait for the other's lock, for 100 ms again and again, while three guests get
# 1, 1/2 and 1/2.  QEMU 10 gives its CPUs shorter turns: 2/3 each with either
# architecture's image.
COUNTED_MANY = COUNTED if HERE["variants"][HERE["counted"]].get("new") else {}


def one_round(machine, n):
    """Some run to their end, some are destroyed in the middle, some unborn."""
    kind = (HERE["power"], "spin", "idle")[n % 3]
    name = f"round{n}"
    machine.command(f"guest create {name} --kernel /{kind}.bin --cpus "
                    f"{1 + n % 4} --memory {16 << n % 3}M", 30)
    if n % 7:
        machine.command(f"guest kick {name}", 30)
    if n % 5 == 0:
        machine.command(f"guest pause {name}", 30)
    if n % 10 == 0:
        machine.command(f"guest reset {name}", 30)
    said = machine.command(f"guest destroy {name}", 30)
    assert not re.sub(MESSAGE, "", said).strip(), said


@on(4)
def test_rounds(machine):
    """Create/kick/destroy rounds lose not a byte."""
    for n in range(12):                 # what is allocated once stays
        one_round(machine, n)
    before = settled(machine)
    for n in range(ROUNDS):
        one_round(machine, n)
    assert settled(machine) == before
    assert not guests.table(machine)


def kinds(arch, tmp_path):
    """Guests for Lives; in the long form Linux is one of them."""
    files = {f"{name}.bin": parts.guest(name, arch)
             for name in ("soak", "spin", "flood")}
    made = {name: {"kernel": f"/{name}.bin"}
            for name in ("soak", "soak", "spin", "flood")}
    if MINUTES > 2:
        files["Image"] = parts.linux(arch)
        files["initrd.gz"] = parts.initrd(tmp_path / "initrd.gz", arch)
        made["linux"] = {"kernel": "/Image", "initrd": "/initrd.gz",
                         "memory": "128M",
                         "append": f"console={HERE['console']} quiet"}
    return files, made


def test_lives(boot, arch, tmp_path, capsys):
    """Four at random on four host CPUs, and one whose clock is watched."""
    files, made = kinds(arch, tmp_path)
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   cpus=4, memory="2G")
    lives = Lives(machine, SEED, made)
    lives.warm_up()
    lives.go_on(60 * MINUTES)
    figures = lives.end()
    with capsys.disabled():
        print(f"\nseed {SEED}, {MINUTES} minutes: {figures}")


def shares(machine, names, seconds):
    """CPU time that each got in some seconds of the machine's own clock."""
    def look():
        table = guests.table(machine)
        return {name: table[name].cpu_seconds for name in names}
    first = look()
    machine.command(f"sleep {seconds}s", 10 * seconds + 20)
    last = look()
    return [last[name] - first[name] for name in names]


def start_spinning(machine, **vcpus):
    for name, count in vcpus.items():
        guests.start(machine, name, kernel="/spin.bin", memory="16M",
                     cpus=count)
        guests.wait_output(machine, name, "spins")


@on(2, **COUNTED_MANY)
def test_three_on_two(machine):
    """Three spinning guests on two host CPUs: 2/3 of a CPU each +- 5 %.  By the
    build host's clock in one of a few looks: in some, it keeps the emulator from
    running."""
    start_spinning(machine, one=1, two=1, three=1)
    seen = []
    for _ in range(1 if COUNTED_MANY else 4):
        got = shares(machine, ("one", "two", "three"), 6)
        seen.append(got)
        if all(abs(share / sum(got) - 1 / 3) < 0.05 / 3 for share in got):
            return
    raise AssertionError(seen)


@on(1, **COUNTED)
def test_guests_first(machine):
    """One VCPU gets as much of a CPU as another guest's four together."""
    start_spinning(machine, wide=4, narrow=1)
    wide, narrow = shares(machine, ("wide", "narrow"), 6)
    assert abs(narrow / (wide + narrow) - 0.5) < 0.025, (wide, narrow)


@on(1)
def test_starved_is_stopped(machine):
    """One that never runs because of its better: whoever stops it waits for
    neither, and what it is afterwards is as before."""
    for name, priority in (("low", 120), ("high", 130)):
        guests.start(machine, name, kernel="/spin.bin", memory="16M",
                     priority=priority)
        guests.wait_output(machine, name, "spins")
    for verb in ("pause", "resume", "reset", "pause", "resume"):
        machine.command(f"guest {verb} low")
        assert machine.status() == 0
    low, high = shares(machine, ("low", "high"), 2)
    assert low < 0.1 * high, (low, high)
    guests.destroy(machine, "low", "high")


@on(1, **COUNTED)
def test_idle_costs_nothing(machine):
    guests.start(machine, "idle", kernel="/idle.bin", memory="16M")
    guests.wait_output(machine, "idle", "idles")
    assert shares(machine, ["idle"], 3)[0] < 0.003
