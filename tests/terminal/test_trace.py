# SPDX-License-Identifier: GPL-2.0-or-later
"""`trace` tells what guests did: their lives always, their exits when asked."""
import json
import os
import re
import subprocess
import time

import pytest

import guests
import parts
from machine import HERE

POWER = HERE["power"]


@pytest.fixture
def machine(request, boot, arch, tmp_path):
    """Its parameter: how many CPUs it has."""
    files = {f"{name}.bin": parts.guest(name, arch)
             for name in ("spin", POWER, "wild", "flood")}
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                cpus=getattr(request, "param", 2))


def dump(machine, count=1000):
    """The records as (time, CPU, who, what), in the order of their times."""
    found = [(row["since_boot_ns"], row["cpu"], row["who"], row["event"])
             for row in guests.document(machine, f"trace dump {count}",
                                        60)["records"]]
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    return found


def whats(rows, who):
    return [what for _, _, name, what in rows if name == who]


def test_lives(machine):
    """Also of a guest that is no more, and without being asked for."""
    guests.start(machine, "one", kernel="/spin.bin", memory="16M")
    for verb in ("pause", "resume", "reset", "destroy"):
        said = machine.command(f"guest {verb} one", 30)
        assert machine.status() == 0, said
    rows = dump(machine)
    assert whats(rows, "one") == ["create", "kick", "pause", "resume", "reset",
                                  "destroy"]
    assert whats(rows, "one/0") == ["on", "park", "park", "on", "park"]
    assert not [row for row in rows if row[3].startswith("exit")]


def test_ends(machine):
    guests.start(machine, "one", kernel=f"/{POWER}.bin", memory="16M", cpus=2)
    guests.passes(machine, "one")
    rows = dump(machine)
    assert whats(rows, "one")[-1] == "ends: off"
    assert whats(rows, "one/1")[:3] == ["on", "off", "on"]


@pytest.mark.parametrize("machine", [1], indirect=True)
def test_exits(machine):
    machine.command("trace on exits,irqs")
    assert machine.status() == 0
    guests.start(machine, "one", kernel=f"/{POWER}.bin", memory="16M", cpus=2)
    guests.passes(machine, "one")
    # What is typed while a command works interrupts the hypervisor itself.
    machine.send(f"guest create big --kernel /{POWER}.bin --memory 256M\r" +
                 "host irqs\r" * 10)
    machine.command("echo typed", 30)
    guests.destroy(machine, "big")
    machine.command("trace off")
    rows = dump(machine)
    counted = {row["reason"] for row in
               guests.document(machine, "vcpu stats one/0")["exits"]}
    seen = {what.split()[1] for what in whats(rows, "one/0")
            if what.startswith("exit ")}
    # An abort is an "mmio" at the entry, whatever it comes to.
    assert seen and seen <= counted | {"mmio"}, f"{seen} of {counted}"
    assert seen & {"hvc", "sbi"} and "mmio" in seen
    assert "host irq" in whats(rows, None)
    # Off means off: nothing but lives after that.
    last = rows[-1][0]
    guests.start(machine, "two", kernel="/spin.bin", memory="16M")
    guests.destroy(machine, "two")
    assert {what for time, _, _, what in dump(machine) if time > last} <= {
        "create", "kick", "on", "park", "destroy"}


def test_nothing_there(machine):
    machine.command("trace on mmio")
    guests.start(machine, "one", kernel="/wild.bin", memory="16M")
    guests.wait_output(machine, "one", "still wild")
    assert "nothing" in whats(dump(machine), "one/0")


def test_filters(machine):
    """One guest's, of some kinds; lives are told of all."""
    guests.start(machine, "one", kernel="/flood.bin", memory="16M")
    guests.start(machine, "two", kernel="/flood.bin", memory="16M")
    for name in ("one", "two"):
        guests.wait_output(machine, name, "flood")
    for kinds, seen in (("exits", {"exit mmio"}),
                        ("mmio,entries", {"store", "entry"})):
        last = dump(machine)[-1][0]
        machine.command(f"trace on {kinds} --guest two")
        assert machine.status() == 0
        time.sleep(0.5)
        machine.command("trace off")
        rows = [row for row in dump(machine) if row[0] > last]
        whose = {row[2] for row in rows if row[3] in seen}
        assert whose == {"two/0"}, rows
        assert seen <= set(whats(rows, "two/0"))
    assert "nobody" in machine.command("trace on exits --guest nobody")


def test_picture(machine, tmp_path):
    """All kinds at once, drawn: tracks, and what lasts for how long."""
    machine.command("trace on exits,entries,mmio,calls,switches,wakes,inject,"
                    "irqs")
    assert machine.status() == 0
    guests.start(machine, "one", kernel=f"/{POWER}.bin", memory="16M", cpus=2)
    guests.wait_end(machine, "one")
    machine.command("trace off")
    said = machine.command("trace dump 4096 --json", 60)
    kinds = {row["event"].split()[0] for row in json.loads(said)["records"]}
    assert {"exit", "entry", "store", "call", "switch", "wake"} <= kinds
    tool = os.path.join(parts.TOP, "tools", "trace-perfetto")
    drawn = json.loads(subprocess.run(
        [tool], input=f"monovisor# {said}", check=True, text=True,
        stdout=subprocess.PIPE).stdout)["traceEvents"]
    cut = subprocess.run([tool], input=said[:len(said) // 2], check=False,
                         text=True, capture_output=True)
    assert cut.returncode and "is cut off" in cut.stderr, cut
    assert "Traceback" not in cut.stderr
    tracks = {event["args"]["name"] for event in drawn if event["ph"] == "M"}
    assert {"host", "CPU 0", "one", "one/0"} <= tracks
    lasting = [event for event in drawn if event["ph"] == "X"]
    assert any(event["name"].startswith("exit ") and event["dur"] > 0
               for event in lasting)
    assert any(event["pid"] == 1 and event["name"].startswith("one/")
               for event in lasting)
    assert all(set(event) >= {"name", "ph", "pid", "tid"} for event in drawn)
    assert all(event["ts"] >= 0 for event in drawn if event["ph"] != "M")


def test_names(machine):
    """Of many that came and went since, and of one that stays."""
    guests.create(machine, "stays", kernel="/spin.bin", memory="16M")
    for n in range(34):
        guests.create(machine, f"goes{n}", kernel="/spin.bin", memory="16M")
        guests.destroy(machine, f"goes{n}")
    guests.kick(machine, "stays")
    rows = dump(machine)
    assert whats(rows, "stays") == ["create", "kick"]
    assert whats(rows, "goes33") == ["create", "destroy"]
    assert whats(rows, "guest 2") == ["create", "destroy"]


def test_status_and_mistakes(machine):
    assert re.search(r"^life +yes\n.*^exits +no$",
                     machine.command("trace status"), re.M | re.S)
    machine.command("trace on exits")
    assert re.search(r"^mmio +no\n.*^exits +yes$",
                     machine.command("trace status"), re.M | re.S)
    guests.create(machine, "one", kernel=f"/{POWER}.bin", memory="16M")
    machine.command("trace on irqs --guest one")
    assert re.search(r"^only guest: +one$", machine.command("trace status"),
                     re.M)
    assert "(destroyed)" in machine.command(
        "guest destroy one && trace status")
    for line, word in (("trace on everything", "everything"),
                       ("trace dump 0", "0"), ("trace dump x", "x")):
        assert word in machine.command(line)
        assert machine.status() != 0
