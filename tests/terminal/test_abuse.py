# SPDX-License-Identifier: GPL-2.0-or-later
"""What no operator types, and lives in orders that make no sense: the terminal
goes on, and no byte is lost.  There is one session; who acts beside it are the
guests themselves, which end, reset and fault as they like."""
import random
import re

import pytest

import guests
import parts
from lives import settled
from machine import HERE, MESSAGE, PROMPT

CTRL_C = "\x03"
VERBS = ("kick", "pause", "resume", "reset", "shutdown", "why", "info",
         "destroy")
KINDS = ("soak", "spin", "flood", "wild", "panic", HERE["power"])
HALVES = ("\x1b", "\x1b[", "\x1b[1;", "\x1b[" + "9" * 300, "\x1bO", "\x1b]0;x",
          "\x1bP", "\x1b[999;999R", "\x1b[?1;2c", "\x1b\x1b\x1b[", "\xc3",
          "\xe2\x82", "\x9b1", "\x12\x12\x1b[A\x12", "\x1b[200~")


@pytest.fixture
def machine(boot, arch, tmp_path):
    files = {f"{name}.bin": parts.guest(name, arch) for name in KINDS}
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                cpus=4, memory="2G")


def alive(machine, token):
    """Whatever was typed before, a new line is a line."""
    machine.send(CTRL_C + CTRL_C)
    machine.send(f"\recho {token}-is-alive\r")
    machine.expect(rf"[\r\n]{token}-is-alive[\r\n]", 30)
    machine.expect(r"[\r\n]" + PROMPT, 30)


def test_bytes(machine):
    """Half sequences, every control character, any bytes."""
    chance = random.Random(40)
    for n, text in enumerate(HALVES):
        machine.send("guest in" + text)
        alive(machine, f"half{n}")
    machine.send("".join(chr(c) for c in (*range(32), 127) if c != 10) * 4)
    alive(machine, "controls")
    for n in range(10):
        machine.child.buffer = ""
        machine.send("#" + "".join(chr(chance.randrange(1, 256))
                                   for _ in range(200)).replace("\r", "#")
                     .replace("\n", "#"))
        alive(machine, f"any{n}")


def test_long_lines(machine):
    """At the limit it runs, above it is refused whole, and nothing of it."""
    text = "x" * (4096 - len("echo ") - 3)
    for size, works in ((len(text), True), (4096, False), (40000, False)):
        machine.send("echo " + "x" * size + "\r")
        machine.expect(r"x\r*\n" if works else "error: ", 60)
        machine.expect(r"[\r\n]" + PROMPT, 60)
        alive(machine, f"long{size}")


def test_many_lines(machine):
    """Typed ahead at full speed: each runs, in its turn."""
    count, at_once = 1500, 50           # what the lines between here hold
    for n in range(0, count, at_once):
        machine.send("".join(f"echo <{i}>\r" for i in range(n, n + at_once)))
        machine.expect(rf"[\r\n]<{n + at_once - 1}>[\r\n]", 60)
    alive(machine, "many")
    machine.child.logfile_read.flush()
    with open(machine.log_path, encoding="utf-8") as log:
        ran = re.findall(r"^\r*<(\d+)>\r*$", log.read(), re.M)
    assert list(map(int, ran)) == list(range(count))


def many(machine, count):
    """All made, one completed among them, all destroyed."""
    for verb in ("create $g --kernel /spin.bin --memory 4M", "destroy $g"):
        for n in range(0, count, 25):
            names = " ".join(f"g{i}" for i in range(n, n + 25))
            machine.command(f"for g in {names}; do guest {verb}; done", 60)
            assert machine.status() == 0
        if "create" in verb:
            assert len(guests.table(machine)) == count
            machine.send("guest info g2\t\t")
            machine.expect("g24", 20)
            machine.send("4\t")
            machine.expect("g24 ", 20)
            machine.send("\r")
            machine.expect(r"name: +g24\r*\n", 20)
            alive(machine, "completed")


def test_many_guests(machine):
    """Completion, lists and scripts with as many as there is room for."""
    many(machine, 25)                   # what is allocated once stays
    before = settled(machine)
    many(machine, 100)
    assert settled(machine) == before


def any_life(machine, chance, count):
    for n in range(count):
        name, verb = f"g{chance.randrange(4)}", chance.choice(VERBS)
        if n % 5 == 0:
            machine.command(
                f"guest create {name} --memory 16M --cpus "
                f"{chance.randint(1, 4)} --kernel /{chance.choice(KINDS)}.bin "
                f"&& guest kick {name}", 30)
        said = machine.command(f"guest {verb} {name}", 30)
        said = re.sub(MESSAGE, "", said)
        assert (machine.status() == 0) == ("error: " not in said), said
    for name in guests.table(machine):
        guests.destroy(machine, name)


def test_any_order(machine):
    """Each command on whatever there is, in whatever state it is."""
    chance = random.Random(41)
    any_life(machine, chance, 40)       # what is allocated once stays
    before = settled(machine)
    any_life(machine, chance, 80)
    assert settled(machine) == before
    assert guests.unhandled(machine) == 0


def test_destroyed_in_the_middle(boot, arch, tmp_path):
    """Of its boot, of its output, of its faults: at any time from its kick."""
    files = {"linux.bin": parts.linux(arch),
             **{f"{name}.bin": parts.guest(name, arch)
                for name in ("flood", "wild", "soak")}}
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   cpus=2)
    chance = random.Random(41)

    def once(kind):
        guests.start(machine, kind, kernel=f"/{kind}.bin", cpus=2,
                     memory="96M")
        machine.command(f"sleep {chance.randrange(400)}ms", 30)
        guests.destroy(machine, kind)

    kinds = ("linux", "flood", "wild", "soak")
    for kind in kinds:
        once(kind)
    before = settled(machine)
    for n in range(12):
        once(kinds[n % 4])
    assert settled(machine) == before
