# SPDX-License-Identifier: GPL-2.0-or-later
"""Host devices that do not do what they should: a line that never drops, a
console that takes nothing.  Told once, bounded, and all else goes on."""
import fcntl
import os
import re
import socket
import time

import pytest

import guests
import machine as machines
import parts
from machine import ARCH, HERE, PROMPT

# Transports: the last two are taken by consoles, the last by the first.
# QEMU's PLIC does not ask again while a line is high: there, nothing storms.
UNUSED, FIRST, SECOND = {
    "arm64": ("virtio_mmio@a003a00", "virtio_mmio@a003e00",
              "virtio_mmio@a003c00"),
    "riscv": ("virtio_mmio@10006000", "virtio_mmio@10008000",
              "virtio_mmio@10007000")}[ARCH]
STORMING = {"arm64": ["gic3", "gic2"], "riscv": ["aplic", "imsic-10"]}[ARCH]
LEVEL = "0x04"          # as the trees say it
VIRTIO = ["-global", "virtio-mmio.force-legacy=false"]
BURST = 16384           # interrupts of a storm between two pauses
PAUSE_S = 1
PIPE_SIZE = 4096


def virtio_console(name, backend):
    return ["-device", f"virtio-serial-device,id=bus-{name}", "-device",
            f"virtconsole,bus=bus-{name}.0,chardev={name}", "-chardev", backend]


def interrupts_moved(text):
    """The first has that of a transport without a device, the second has the
    first's; by level."""
    found = [re.compile(r"interrupts = <([^>]*)>").search(
        text, text.index(node + " {")) for node in (UNUSED, FIRST, SECOND)]
    told = [f"{one[1].rsplit(' ', 1)[0]} {LEVEL}" for one in found]
    for one, new in zip(found[1:], told):
        text = text.replace(one[0], f"interrupts = <@{new}>")
    return text.replace("<@", "<")


@pytest.fixture
def lying(log_path, tmp_path, arch, request):
    """A machine in which one virtio console takes another's interrupts, and the
    other ends of the two."""
    lines = [tmp_path / "a", tmp_path / "b"]
    options = {"variant": request.param, "archive": parts.archive(
        tmp_path / "archive.cpio",
        {"smp.bin": parts.guest(HERE["power"], arch)})}
    extra = VIRTIO + [word for line in lines for word in virtio_console(
        line.name,
        f"socket,id={line.name},path={line},server=on,wait=off")]
    plain = machines.Machine(log_path, extra=extra, **options)
    tree = parts.edited_tree(plain, tmp_path / "host.dtb", interrupts_moved)
    with machines.Machine(log_path, extra=extra + ["-dtb", tree],
                          **options) as machine:
        machine.start()
        yield machine, lines


def irqs(machine):
    return {row["name"].rsplit("/", 1)[-1]: row for row in
            guests.document(machine, "host irqs")["irqs"]}


@pytest.mark.parametrize("lying", STORMING, indirect=True)
def test_line_that_never_drops(lying):
    """Nobody asks the device that holds it: it is paused, again and again."""
    machine, lines = lying
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(lines[0]))
        line.sendall(b"x")
        guests.wait_until(lambda: any(row["stormed"]
                                      for row in irqs(machine).values()))
        name = next(name for name, row in irqs(machine).items()
                    if row["stormed"])
        first, began = sum(irqs(machine)[name]["counts"]), time.monotonic()
        guests.start(machine, "smp", kernel="/smp.bin", memory="16M", cpus=4)
        guests.passes(machine, "smp")
        time.sleep(3 * PAUSE_S)
        came = sum(irqs(machine)[name]["counts"]) - first
        took = time.monotonic() - began
    assert BURST <= came <= BURST * (took / PAUSE_S + 2), (came, took)
    said = machine.command("log")
    assert len(re.findall("storms, paused", said)) == 1, said
    assert machine.command("echo here") == "here\n"


@pytest.fixture
def mute(tmp_path):
    """A pair of pipes for a console; the one from it is soon full."""
    path = tmp_path / "line"
    ends = []
    for name in ("in", "out"):
        os.mkfifo(f"{path}.{name}")
        ends.append(os.open(f"{path}.{name}", os.O_RDWR | os.O_NONBLOCK))
    fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    yield path, *ends
    for end in ends:
        os.close(end)


def read_until(end, pattern, seconds):
    """What comes from the pipe, to PATTERN."""
    limit, said = time.monotonic() + seconds, ""
    while not re.search(pattern, said):
        assert time.monotonic() < limit, said[-1000:]
        try:
            said += os.read(end, PIPE_SIZE).decode(errors="replace")
        except BlockingIOError:
            time.sleep(0.05)
    return said


def test_console_that_takes_nothing(log_path, tmp_path, mute):
    """What nobody takes is lost, the boot script ends, and once somebody reads
    there is a terminal."""
    path, to, end = mute
    lines = [f"echo {'x' * 70}{n}\n" for n in range(400)]
    node = {"arm64": "/", "riscv": "/soc/"}[ARCH] + FIRST
    with machines.Machine(
            log_path, append=f"console={node}",
            archive=parts.archive(tmp_path / "archive.cpio",
                                  {"boot.cmd": "".join(lines)}),
            extra=VIRTIO + virtio_console(
                "mute", f"pipe,id=mute,path={path}")):
        time.sleep(3)
        said = read_until(end, "x{70}30\r?\n", 60)
        os.write(to, b"\recho typed\r")
        said += read_until(end, r"\ntyped\r?\n[^\n]*" + PROMPT, 60)
    assert "x399" not in said, said
