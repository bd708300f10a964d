# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests' consoles: what is typed and pasted, several views, breaks, and
nothing of a guest's that gets at the operator's terminal."""
import hashlib
import re

import pytest

import guests
import parts
from machine import ESCAPE, HERE, PROMPT

CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.fixture(scope="module")
def files(arch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("consoles")
    return parts.archive(folder / "archive.cpio", {
        "guests/Image": parts.linux(arch),
        "guests/initrd.gz": parts.initrd(folder / "initrd.gz", arch, ""),
        "flood.bin": parts.guest("flood", arch),
        "idle.bin": parts.guest("idle", arch)})


@pytest.fixture
def machine(boot, files):
    return boot(archive=files, cpus=2)


def create(machine, name, **options):
    guests.start(machine, name, kernel=f"/{name}.bin", memory="32M", **options)


def ctrl_c(machine):
    """Ends what runs, when it has begun to look."""
    machine.send(CTRL_C)
    machine.expect(r"(?:^|[\r\n])" + PROMPT)


def test_linux(machine):
    """Breaks between keys; pasted at full speed, every byte arrives; a second
    console by its number; keys that a view only for reading keeps back."""
    guests.start(machine, "web", kernel="/guests/Image",
                 initrd="/guests/initrd.gz", memory="256M",
                 append=f"console={HERE['console']} quiet")
    create(machine, "idle")
    guests.wait_output(machine, "web", "guest# ", 60)
    # Its shell asks for the cursor's place.
    assert re.search(r'its last line is "guest# ?"',
                     machine.command("guest why web", 30))
    guests.attach(machine, "web")
    machine.expect("guest# ")

    text = "".join(f"line {n}: {'0123456789abcdef' * 3}\n" for n in range(400))
    machine.send("stty -echo; cat >/tmp/pasted; md5sum /tmp/pasted\r")
    machine.expect("md5sum /tmp/pasted")
    for at in range(0, len(text), 4096):
        machine.send(text[at:at + 4096].replace("\n", "\r"))
    machine.send(CTRL_D)
    machine.expect(hashlib.md5(text.encode()).hexdigest() + "  /tmp/pasted", 60)

    machine.send(ESCAPE + "b")
    machine.send("h")
    machine.expect(r"sysrq: HELP[^\n]*\n")
    machine.send(ESCAPE + "9")
    machine.expect("there is no guest 9")
    machine.send(ESCAPE + "?")
    machine.expect(r"1 web\r+\n 2 idle\)")
    machine.send(ESCAPE + "2")
    machine.expect("left web")
    machine.expect("console of idle")
    machine.expect("idles")
    machine.send(ESCAPE + ".")
    machine.expect(r"left idle\r+\n" + PROMPT)

    machine.send("console web --read-only --escape ^A\r")
    machine.expect("read only.*Ctrl-A leaves")
    machine.send("echo not-to-be-seen\r" + ESCAPE)
    machine.send("\x01")
    machine.expect(r"left web\r+\n" + PROMPT)
    assert "not-to-be-seen" not in guests.output(machine, "web")


def test_views(machine):
    """All guests' lines in one stream; one guest's log as it grows."""
    create(machine, "flood", **{"console-size": "4K"})
    create(machine, "idle")
    guests.wait_output(machine, "flood", r"flood \d{4,} ")
    # 4 KiB, control characters as two.
    assert len(guests.output(machine, "flood")) < 8192

    machine.send("guest console --all\r")
    machine.expect(r"\n\[ *\d+\.\d{6}\] flood: flood \d+ \^\[\[2J")
    ctrl_c(machine)
    machine.send("guest log flood --follow\r")
    first = last = int(machine.expect(r"flood (\d+) ")[1])
    while last < first + 2000:
        last = int(machine.expect(r"flood (\d+) ")[1])
    ctrl_c(machine)
    assert machine.status() == 0

    guests.attach(machine, "flood")
    machine.expect(r"flood \d+ ")
    machine.expect(r"flood \d+ ")
    guests.detach(machine)
    # Of its two sequences, one clears the screen, one is a title.
    assert "\x1b[2J" in machine.tail(10000)
    assert "\x1b]" not in machine.tail(10000)


@pytest.mark.parametrize("line, words", [
    ("guest console", "Name a guest, or --all"),
    ("console idle --all", "idle is one"),
    ("console idle --escape q", "--escape: q is no control key"),
    ("console idle --escape ^?", "--escape: ^? is no control key"),
    ("console idle --escape ^1", "--escape: ^1 is no control key"),
    ("guest create x --kernel /idle.bin --console-size 5K", "power of two"),
    ("guest create x --kernel /idle.bin --console-size 2M", "4K to 1M"),
    ("guest log nobody --follow", "there is no guest nobody"),
])
def test_refused(shared, line, words):
    said = shared.command(line)
    assert words in said, said
    assert shared.status() != 0


@pytest.fixture(scope="module")
def shared(arch, files, tmp_path_factory):
    import machine as machines
    log = tmp_path_factory.mktemp("shared") / "serial.log"
    with machines.Machine(str(log), parts.image(arch), archive=files) as m:
        m.start()
        guests.create(m, "idle", kernel="/idle.bin", memory="16M")
        yield m
