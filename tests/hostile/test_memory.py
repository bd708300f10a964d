# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory and identifiers that guests give back, or want more of than there is."""
import pytest

import attacks
import guests
import parts
from machine import ARCH

MIB = 1 << 20
STORES = 5000                   # of guest/common/rom.c
SMALL = {"arm64": 1, "riscv": 4}[ARCH]          # MiB that a kernel fits in
MOST = 255                      # identifiers
MANY = """\
for m in {tens}; do
  for n in 0 1 2 3 4 5 6 7 8 9; do
    guest create g$m$n --kernel /idle.bin --memory {small}M || break
  done
done
"""
DESTROY = "for m in {names}; do guest destroy $m; done"
NOTHING = "for m in 0; do for n in 0; do true; done; done"


@pytest.fixture
def archived(boot, arch, tmp_path):
    """archived(names of guests, scripts={name: text}, **machine options)"""
    def start(*names, scripts=None, **options):
        files = {f"{name}.bin": parts.guest(name, arch) for name in names}
        files.update(scripts or {})
        return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                    **options)
    return start


def many(count):
    """A script that makes tens of guests; what it remembers is there before."""
    tens = " ".join(map(str, range((count + 9) // 10)))
    return {"many.cmd": MANY.format(tens=tens, small=SMALL)}


def destroy(machine, names):
    names = list(names)
    for at in range(0, len(names), 50):
        machine.command(DESTROY.format(names=" ".join(names[at:at + 50])), 60)


def sings(machine, name, mib, cpus):
    """A guest finds its RAM empty, and then only what it puts there."""
    guests.start(machine, name, kernel="/canary.bin", memory=f"{mib}M",
                 cpus=cpus, append=f"mb={mib}")
    said = guests.wait_output(machine, name, r"canaries sing|FAIL.*")
    assert said[0] == "canaries sing", said[0]


def used(machine):
    return attacks.used(guests.document(machine, "host memory"))


@pytest.mark.parametrize("debug", [False, True])
def test_identifiers(archived, debug):
    """Guests on all host CPUs, destroyed as they run; the next ones get their
    memory and their identifier."""
    machine = archived("canary", cpus=4, debug=debug)
    before = used(machine)
    for n in range(10):
        sings(machine, f"g{n}", 8, 4)
        guests.destroy(machine, f"g{n}")
    assert used(machine) == before


def test_many_guests(archived):
    """As many as there is room for, by memory or identifiers; one more is
    refused with its reason.  All of them are there; all of it comes back."""
    machine = archived("idle", "canary", scripts=many(MOST + 1),
                       memory="384M")
    machine.command(NOTHING)
    before = used(machine)
    said = machine.command("run /many.cmd", 60)
    rows = guests.table(machine)
    assert "error: guest: " in said and 60 < len(rows) <= MOST, said
    assert ("identifiers" if len(rows) == MOST else "memory") in said, said
    names = list(rows)
    for name in (names[0], names[len(names) // 2], names[-1]):
        guests.kick(machine, name)
        guests.wait_output(machine, name, "idles")
    destroy(machine, names)
    assert not guests.table(machine)
    assert used(machine) == before
    sings(machine, "again", 300, 1)


def test_fragments(archived):
    """Memory in crumbs: a guest gets what there is, page by page, all of it
    empty, and it comes back."""
    count = {1: 60, 4: 20}[SMALL]
    machine = archived("idle", "canary", scripts=many(count), memory="128M",
                       cpus=2)
    machine.command(NOTHING)
    before = used(machine)
    assert "error" not in machine.command("run /many.cmd", 60)
    destroy(machine, list(guests.table(machine))[::2])
    free = guests.memory_used(machine)["free"] // MIB
    sings(machine, "crumbs", free - 2, 2)
    destroy(machine, guests.table(machine))
    assert used(machine) == before


def test_rom(archived):
    """Each store that is dropped is one exit; no load is."""
    machine = archived("rom")
    guests.start(machine, "rom", kernel="/rom.bin", memory="16M")
    guests.wait_output(machine, "rom", "stored")
    machine.command("guest pause rom", 30)
    told = guests.document(machine, "guest stats rom")
    exits = {row["reason"]: row["count"] for row in told["exits"]}
    assert STORES <= sum(exits.values()) <= STORES + STORES // 10, exits
