# SPDX-License-Identifier: GPL-2.0-or-later
"""`guest why` names what keeps broken guests from going on, and disturbs none."""
import json
import re
import time

import pytest

import guests
import parts
import trees
from machine import ARCH, HERE, PATIENCE
from trees import ABSENT, RAM, SERIAL

UART = int(SERIAL.split("@")[1], 16)
NOTHING = {"arm64": 0x0b000000, "riscv": 0x18000000}[ARCH]
MASK = {"arm64": "PSTATE.I", "riscv": "sstatus.SIE"}[ARCH]
TIMER = {"arm64": "CNTV", "riscv": "stimecmp"}[ARCH]
FAR = HERE["ram"] + 0x80000000          # other RAM than it was linked for
MEMORY = [FAR >> 32, FAR & 0xffffffff, 0, 0x1000000]

# What is changed in a tree that works, and what the conclusion says of it.
BROKEN = {
    "stuck-idle": ({}, ["its timer is off", "never wake"]),
    "stuck-timer-own": ({}, [f"its timer {TIMER} is masked, and was due"
                             if ARCH == "arm64" else "its timer is off",
                             "never wake"]),
    "stuck-timer-off": ({}, [f"its timer {TIMER} rang, but its interrupt",
                             "is not enabled" if ARCH == "arm64" else
                             "is off in the CPU (sie)", "never wake"]),
    "stuck-masked": ({}, ["spins at", f"interrupts masked by {MASK} while",
                          f"({TIMER}) is pending"]),
    "stuck-threshold": ({}, ["has no priority to pass", "never wake",
                             TIMER if ARCH == "arm64" else trees.HERE.serial]),
    "stuck-secondary": ({"/cpus/cpu@1": trees.cpu(1)},
                        ["spins at", "without leaving the guest",
                         "stuck-secondary/1 was never turned on"]),
    "stuck-off": ({}, ["all its VCPUs are off"]),
    "stuck-poll": ({}, [trees.HERE.serial, "again and again",
                        {"arm64": "FR", "riscv": "LSR"}[ARCH] + " ("]),
    "stuck-absent": ({}, ["the same exception again and again",
                          f"{NOTHING + 0x18:#x}", "led to nothing"]),
    "stuck-jump": ({}, [f"executes at {NOTHING:#x}"[:-3], "where no memory is",
                        f"the first at {NOTHING + 0x100:#x}"]),
    "wrong-place": ({RAM: ABSENT, f"/memory@{FAR:x}": {
        "device_type": "memory", "reg": MEMORY}},
                    ["the same exception again and again",
                     f"the first at {HERE['entry']:#x}"[:-4],
                     f"its memory begins at {FAR:#x}"]),
    "stuck-vector": ({}, ["the same exception again and again",
                          "in its exception vector"]),
    # The guest writes where its UART should be.
    "silent wrong-uart": ({SERIAL: ABSENT, f"/serial@{UART + 0x100000:x}":
                           trees.uart(UART + 0x100000, 1)},
                          [f"the first at {UART:#x}", "never printed"]),
    "silent no-console stuck-idle": ({SERIAL: ABSENT, "/chosen/stdout-path":
                                      ABSENT}, ["its tree has no serial device",
                                                "never wake"]),
}


def tree(name, changes):
    return trees.blob(trees.edited({"/chosen/bootargs": name, **changes},
                                   kernel="/stuck.bin"))


def why(machine, name):
    """The document of guest why; messages of the log may stand in it, and the
    times of kernels' own look like theirs."""
    said = machine.command(f"guest why {name} --json", 60)
    return json.loads(re.sub(r"\[ *\d+\.\d{6}\] [EWID] [^\n]*\n", "", said))


def wait_why(machine, name, words, seconds=20):
    """Until the conclusion has all of the words; the document."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        said = why(machine, name)
        if all(word in said["conclusion"] for word in words):
            return said
        assert time.monotonic() < end, f"{words} not in {said['conclusion']}"
        time.sleep(0.3)


@pytest.fixture
def machine(boot, arch, tmp_path):
    files = {"stuck.bin": parts.guest("stuck", arch),
             "spin.bin": parts.guest("spin", arch)}
    for i, (name, (changes, _)) in enumerate(BROKEN.items()):
        files[f"{i}.dtb"] = tree(name, changes)
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                cpus=2, memory="2G")


def test_broken(machine):
    """The true cause of each, in one boot."""
    wrong = []
    for i, (name, (_, words)) in enumerate(BROKEN.items()):
        name = name.split()[-1]
        guests.start(machine, name, tree=f"/{i}.dtb")
        try:
            wait_why(machine, name, words)
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
        guests.destroy(machine, name)
    assert not wrong, "\n".join(wrong)


def test_tells_by_itself(boot, arch, tmp_path):
    """Once, in the log: of one that says nothing, of one that rests for ever;
    not of one whose tree says so."""
    changes = {"stuck": ("stuck-idle", {}), "mute": ("silent stuck-masked", {}),
               "left": ("silent stuck-idle", {"/vmm,watch": 0})}
    files = {f"{name}.dtb": tree(args, change)
             for name, (args, change) in changes.items()}
    files["stuck.bin"] = parts.guest("stuck", arch)
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   cpus=2, append="watch=3")
    for name in changes:
        guests.start(machine, name, tree=f"/{name}.dtb")
    for words in (r"stuck: stuck/0 waits for an interrupt; its timer is off .*",
                  r"mute: has printed nothing: mute/0 spins .*"):
        words = "guest: " + words + "see `guest why"
        guests.wait_until(lambda words=words: re.search(
            words, machine.command("log", 30)), 40)
    machine.command("sleep 4s", 20)
    said = machine.command("log", 30)
    for name, times in ("stuck", 1), ("mute", 1), ("left", 0):
        assert said.count(f"see `guest why {name}`") == times, said


# What an unmodified kernel is started with, and what is said of it.
LINUX = {
    "no-initrd": ({"append": f"console={HERE['console']}"},
                  ["spins at", "delay", "end Kernel panic - not syncing: VFS: "
                   "Unable to mount root fs"]),
    "no-root": ({"append": f"console={HERE['console']} root=/dev/vda rootwait"},
                ["sleeps until", "Waiting for root device /dev/vda..."]),
    "no-device": ({"append": {"arm64": "earlycon=pl011,0x9100000",
                              "riscv": "earlycon=uart8250,mmio,0x10100000"}[ARCH]},
                  ["the first at " + {"arm64": "0x9100018",
                                      "riscv": "0x10100001"}[ARCH],
                   "never printed"]),
    "no-console": ({"append": "console=ttyS7 quiet"},
                   ["never printed", trees.HERE.serial,
                    "while its arguments say console=ttyS7"]),
}


def check_last_exits(rows):
    """In order; those alike that follow each other are one row."""
    ages = [row["ago_ns"] for row in rows]
    assert ages and ages == sorted(ages, reverse=True)
    assert len(rows) <= sum(row["times"] for row in rows) <= 16
    kinds = [(row["reason"], row["pc"]) for row in rows]
    assert all(a != b for a, b in zip(kinds, kinds[1:]))


def test_linux(boot, arch, tmp_path):
    """Unmodified kernels; names of their functions wherever they are."""
    files = {"Image": parts.linux(arch),
             "idle.elf": parts.read(f"{parts.OUT}/guest-{arch}/idle.elf")}
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   cpus=2, memory="2G")
    for name, (options, _) in LINUX.items():
        guests.start(machine, name, kernel="/Image", memory="192M", **options)
    for name, (_, words) in LINUX.items():
        said = wait_why(machine, name, words, 90)
        assert re.search(r" \([a-z_][\w.]*\+0x", said["vcpus"][0]["where"]), said
        check_last_exits([row for row in said["last_exits"]
                          if row["vcpu"] == f"{name}/0"])
    assert "pc symbol" in machine.command("vcpu regs no-root/0", 30)
    # An ELF file has its names itself.
    guests.start(machine, "elf", kernel="/idle.elf", memory="16M")
    said = wait_why(machine, "elf", ["never wake"])
    assert "(guest_main+0x" in said["vcpus"][0]["where"]


def test_disturbs_nothing(machine):
    """Fifty times while all CPUs are busy: what it computes stays right."""
    guests.start(machine, "one", kernel="/stuck.bin", memory="16M", cpus=1)
    guests.start(machine, "two", kernel="/stuck.bin", memory="16M", cpus=1)
    guests.start(machine, "busy", kernel="/spin.bin", memory="16M", cpus=2)
    for _ in range(50):
        said = why(machine, "one")
        assert said["vcpus"][0]["state"] in ("running", "runnable", "stopped")
        assert said["vcpus"][0]["pc"] != "0x0"
    guests.passes(machine, "one", 90)
    guests.passes(machine, "two", 90)
    found = [re.search("computed ([0-9a-f]+)", guests.output(machine, name))[1]
             for name in ("one", "two")]
    assert found[0] == found[1]


def test_lives(machine):
    """Guests that do not run, and the text for people."""
    guests.create(machine, "one", tree="/0.dtb")
    assert "never started" in why(machine, "one")["conclusion"]
    guests.kick(machine, "one")
    wait_why(machine, "one", ["never wake"])
    machine.command("guest pause one")
    assert "paused by the operator" in why(machine, "one")["conclusion"]
    machine.command("guest resume one")
    said = machine.command("guest why one", 30)
    assert "never wake" in said and "LAST EXITS" in said.upper()
    assert re.search(r"one/0 +\d+ +\S+ +\S* *wfi", said)
    assert "no guest" in machine.command("guest why none")
    assert machine.status() != 0
