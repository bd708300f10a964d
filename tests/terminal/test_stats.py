# SPDX-License-Identifier: GPL-2.0-or-later
"""What is counted of guests: exits, time, what they did last, who is busy."""
import re

import pytest

import guests
import parts
from machine import HERE, PROMPT

CLEAR = re.escape("\033[H\033[J")


@pytest.fixture
def machine(boot, arch, tmp_path):
    files = {f"{name}.bin": parts.guest(name, arch)
             for name in ("spin", "flood", "wild")}
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                cpus=1)


def test_counts(machine):
    """Of a guest that stands still, everything adds up."""
    guests.start(machine, "one", kernel="/flood.bin", memory="16M")
    guests.wait_output(machine, "one", "flood 1")
    machine.command("guest pause one", 30)
    told = guests.document(machine, "guest stats one")
    exits = {row["reason"]: row for row in told["exits"]}
    assert exits["mmio"]["count"] > 16
    for row in exits.values():
        assert sum(step["count"] for step in row["histogram"]) == row["count"]
        assert abs(row["total_ns"] - row["mean_ns"] * row["count"]) <= \
            row["count"]
    assert told["rom_stores"] == told["bad_accesses"] == 0

    one = guests.document(machine, "vcpu stats one/0")
    assert one["exits"] == told["exits"]
    last = one["last_exits"]
    assert len(last) == 16
    ages = [row["ago_ns"] for row in last]
    assert ages == sorted(ages, reverse=True)
    assert {row["reason"] for row in last} <= set(exits)
    assert all(int(row["pc"], 0) >> 24 == HERE["entry"] >> 24 for row in last)
    access = one["last_access"]
    assert access["device"].startswith("serial@") and access["register"]
    assert access["direction"] in ("load", "store")
    assert access["size_bytes"] in (1, 2, 4)
    # The same for people.
    said = machine.command("vcpu stats one/0", 30)
    assert re.search(r"^ *mmio +\d+ .* [mu]s .*\d", said, re.M), said
    assert re.search(r"^ *device: +serial@", said, re.M), said


def test_devices(machine):
    """Each access is counted for the device that it went to."""
    guests.start(machine, "one", kernel="/flood.bin", memory="16M")
    guests.wait_output(machine, "one", "flood 1")
    machine.command("guest pause one", 30)
    told = guests.document(machine, "guest stats one")
    devices = {row["device"]: row for row in told["devices"]}
    exits = {row["reason"]: row for row in told["exits"]}
    assert sum(row["loads"] + row["stores"] for row in devices.values()) == \
        exits["mmio"]["count"]
    serial, = (row for name, row in devices.items()
               if name.startswith("serial@"))
    # Each byte that was put out was stored.
    assert serial["stores"] >= len("flood 1")
    for row in devices.values():
        told_ns = row["load_mean_ns"] * row["loads"] + \
            row["store_mean_ns"] * row["stores"]
        assert 0 <= row["total_ns"] - told_ns <= \
            row["loads"] + row["stores"] + 2
    assert guests.document(machine, "vcpu stats one/0")["devices"] == \
        told["devices"]
    said = machine.command("guest stats one", 30)
    assert re.search(r"^ *serial@\S+ +\d+ .*[mu]s", said, re.M), said
    said = machine.command("guest stats one --prometheus", 30)
    assert re.search(r"^\w*device_stores_total{[^}]*serial@.* \d+", said,
                     re.M), said


def test_accesses_to_nothing(machine):
    guests.start(machine, "one", kernel="/wild.bin", memory="16M")
    guests.wait_output(machine, "one", "still wild")
    assert guests.document(machine, "guest stats one")["bad_accesses"]


def test_shares(machine):
    """Two that compute on one CPU: each runs half of the time, and waits."""
    for name in ("one", "two"):
        guests.start(machine, name, kernel="/spin.bin", memory="16M")
        guests.wait_output(machine, name, "spins")
    told = guests.document(machine, "top", 60)
    assert told["cpus"][0]["busy_permille"] > 800
    for row in told["guests"] + told["vcpus"]:
        assert 250 < row["run_permille"] < 750, told
        assert 150 < row["ready_permille"] < 800, told
    time, = guests.document(machine, "guest stats one")["vcpus"]
    assert time["run_ns"] and time["ready_ns"]
    machine.command("guest pause two", 30)
    told = guests.document(machine, "top", 60)
    assert told["vcpus"][0]["name"] == "one/0"
    assert told["vcpus"][0]["run_permille"] > 600, told

    # Shown again and again, until a key.
    for line, key in (("guest stats one --watch", " "), ("top", "xq")):
        machine.send(line + "\r")
        first = []
        for _ in range(2):
            machine.expect(CLEAR, 30)
            first.append(machine.expect(r"[^\n]*\n", 30)[0])
            machine.expect(r"one/0 .*\n", 30)
        assert first[0] == first[1]
        machine.send(key)
        machine.expect(PROMPT, 30)
        assert machine.status() == 0
    assert "NAME" in machine.command("top --once", 30)
    machine.command("guest stats one --watch --json", 30)
    assert machine.status() != 0
