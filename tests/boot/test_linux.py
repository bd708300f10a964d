# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's kernel works as a guest: each of its VCPUs computes, takes
timer interrupts and interrupts from others, and it powers itself off."""
import hashlib
import re

import pytest

import guests
import parts
import trees
from machine import ARCH, HERE, VARIANTS

MIB = 1 << 20
# Each VCPU in turn hashes a stream of its own, then interrupts are looked at
# twice with work on all VCPUs between.
WORK = r"""
cpus=$(grep -c '^processor' /proc/cpuinfo)
count() { grep -E 'arch_timer|riscv-timer|IPI[0-6]' /proc/interrupts | sed "s/^/$1 /"; }
work() {
	taskset $(printf %x $((1 << $1))) sh -c "yes vcpu-$1 | head -c 1048576 |
		sha256sum" | sed "s/^/sum $1 /"
}
count before
i=0
while [ $i -lt $cpus ]; do work $i & i=$((i + 1)); done
wait
i=0
while [ $i -lt $cpus ]; do work $i; i=$((i + 1)); done
sleep 0.3
count after
echo work-done
poweroff -f
"""


@pytest.fixture(scope="session")
def initrd(arch, tmp_path_factory):
    return parts.initrd(tmp_path_factory.mktemp("initrd") / "initrd.gz", arch,
                        WORK)


@pytest.fixture(scope="session")
def archive(arch, tmp_path_factory, initrd):
    return parts.archive(
        tmp_path_factory.mktemp("archive") / "archive.cpio",
        {"guests/Image": parts.linux(arch), "guests/initrd.gz": initrd})


def start(machine, name, cpus, **options):
    options = {"memory": "256M", "append": f"console={HERE['console']} quiet", **options}
    guests.start(machine, name, cpus=cpus, kernel="/guests/Image",
                 initrd="/guests/initrd.gz", **options)


def interrupts(said, when):
    """{name: counts on each CPU} of /proc/interrupts then."""
    found = {}
    for line in re.findall(rf"^{when} +(.*?)\r?$", said, re.M):
        words = line.split()
        name = "timer" if re.search("arch_timer|riscv-timer", line) else words[0]
        found[name] = [int(word) for word in words[1:] if word.isdigit()]
    return found


def check_work(machine, name, cpus):
    """It did what WORK asks for on each VCPU, and is off."""
    ended = guests.wait_end(machine, name, 55)
    said = guests.output(machine, name)
    assert "work-done" in said and ended == "halted", f"{ended}:\n{said}"
    assert re.search(rf"^guest-init: up cpus={cpus} ", said, re.M), said
    for cpu in range(cpus):
        stream = (f"vcpu-{cpu}\n".encode() * MIB)[:MIB]
        sums = re.findall(rf"^sum {cpu} ([0-9a-f]+)", said, re.M)
        assert sums == [hashlib.sha256(stream).hexdigest()] * 2, said
    before, after = interrupts(said, "before"), interrupts(said, "after")
    for cpu in range(cpus):
        assert after["timer"][cpu] > before["timer"][cpu] > 0, said
        sent = [sum(counts[cpu] for irq, counts in when.items()
                    if irq.startswith("IPI")) for when in (before, after)]
        assert cpus == 1 or sent[1] > sent[0], said


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("cpu", HERE["cpus"])
def test_works(boot, archive, cpu, cpus, variant):
    """One guest on two host CPUs."""
    machine = boot(archive=archive, cpus=2, cpu=cpu, variant=variant)
    start(machine, "web", cpus)
    check_work(machine, "web", cpus)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("host_cpus", [1, 2])
def test_two_side_by_side(boot, archive, host_cpus, variant):
    """Two guests at once, with different numbers of VCPUs."""
    machine = boot(archive=archive, cpus=host_cpus, variant=variant)
    start(machine, "web", 2)
    start(machine, "db", 1)
    assert {row.state for row in guests.table(machine).values()} == {"running"}
    check_work(machine, "web", 2)
    check_work(machine, "db", 1)


# What guests are shown besides the usual: on machines whose CPUs have all of
# it, with files for guests in the hardware's controllers and without, and none.
SHOWN = {
    "arm64": [],
    "riscv": [("aplic", {}),
              ("aplic", {"variant": "aplic-10"}),
              ("aplic-imsic", {"variant": "imsic-10"}),
              ("aplic-imsic", {"variant": "plic-10",
                               "machine": "aia=aplic-imsic"}),
              ("aplic-imsic", {}), ("aplic-imsic", {"variant": "plic-10"})],
}


@pytest.mark.parametrize("shown, options", SHOWN[ARCH])
def test_shown_controller(boot, archive, shown, options):
    machine = boot(archive=archive, cpus=2, **options)
    start(machine, "web", 4, aia=shown)
    check_work(machine, "web", 4)


def test_eight_vcpus(boot, archive):
    machine = boot(archive=archive, cpus=4)
    start(machine, "wide", 8)
    check_work(machine, "wide", 8)


def test_traced(boot, archive):
    """All exits take the other vectors, and the guest does not notice."""
    machine = boot(archive=archive, cpus=2)
    machine.command("trace on")
    start(machine, "web", 2)
    check_work(machine, "web", 2)
    said = machine.command("trace dump 400", 60)
    assert re.search(r"\d +web/[01] +exit [a-z]+ +pc 0x", said), said


# Seconds since 1970, by the clock alone and by what the kernel set itself to.
CLOCK = r"""
echo clock-says $(cat /sys/class/rtc/rtc0/since_epoch) $(date +%s)
poweroff -f
"""


def test_clock_of_the_host(boot, arch, tmp_path):
    """A guest's real-time clock begins with what the host's says."""
    archive = parts.archive(tmp_path / "archive.cpio", {
        "guests/Image": parts.linux(arch),
        "guests/initrd.gz": parts.initrd(tmp_path / "i.gz", arch, CLOCK)})
    machine = boot(archive=archive, extra=["-rtc", "base=2031-05-06T07:08:09"])
    start(machine, "web", 1)
    said = guests.wait_output(machine, "web", r"clock-says (\d+) (\d+)", 50)
    for seconds in said.groups():
        assert 0 <= int(seconds) - 1935817689 < 120


# The distribution's kernel has the driver of the GPIO controller built in, that
# of gpio-keys not: the key is waited for at its pin, by its interrupt.
BUTTON = r"""
cd /sys/class/gpio
pin=$(($(cat gpiochip*/base) + 3))
echo $pin >export
echo both >gpio$pin/edge
pressed() { awk '/gpiolib/ { n += $2 } END { print n + 0 }' /proc/interrupts; }
echo waits-for-button
while [ $(pressed) = 0 ]; do sleep 0.1; done
echo button-pressed
sleep 0.5
echo interrupts $(pressed) value $(cat gpio$pin/value)
sync
poweroff -f
"""


def key_tree():
    """RISC-V's template is QEMU's machine, which has no key: one that has.
    Controllers of CPUs have no parent there, or Linux would take none."""
    return trees.blob(trees.edited({
        "/interrupt-parent": trees.ABSENT,
        trees.SERIAL + "/interrupt-parent": trees.PIC,
        "/gpio@10060000": {
            "compatible": "sifive,gpio0", "phandle": 8,
            "interrupt-parent": trees.PIC,
            "reg": [0, 0x10060000, 0, 0x1000], "interrupts": [20, 21, 22, 23],
            "interrupt-controller": None, "#interrupt-cells": 2,
            "gpio-controller": None, "#gpio-cells": 2},
        "/gpio-keys": {
            "compatible": "gpio-keys",
            "poweroff": {"label": "power", "linux,code": 116,
                         "gpios": [8, 3, 0]}},
    }, kernel="/guests/Image"))


def test_orderly_shutdown(boot, arch, tmp_path):
    """`guest shutdown`: Linux gets the key's interrupts and powers off."""
    files = {
        "guests/Image": parts.linux(arch),
        "guests/initrd.gz": parts.initrd(tmp_path / "i.gz", arch, BUTTON)}
    options = {}
    if arch == "riscv":
        files["guests/key.dtb"] = key_tree()
        options = {"tree": "/guests/key.dtb"}
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   cpus=2)
    start(machine, "web", 2, **options)
    guests.wait_output(machine, "web", "waits-for-button")
    assert guests.state(machine, "web") == "running"
    machine.command("guest shutdown web")
    assert machine.status() == 0
    assert guests.wait_end(machine, "web", 20).startswith("halted")
    said = guests.output(machine, "web")
    # Down and up again.
    assert re.search(r"button-pressed\s+interrupts 2 value 0", said), said
    assert "powered off" in machine.command("guest info web")
    machine.command("guest shutdown web")
    assert machine.status() != 0
