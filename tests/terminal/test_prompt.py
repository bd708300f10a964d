# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt: keys, what Tab knows, and scripts, with real guests behind."""
import re

import pytest

import guests
import parts
from machine import ARCH

SERIAL = {"arm64": "serial@9000000", "riscv": "serial@10000000"}[ARCH]
LEFT, UP = "\x1b[D", "\x1b[A"
START = """# NAMES: makes a guest of each, unless it is there
for name in $1
do
	guest info $name || guest create $name --kernel /idle.bin \\
		--memory 16M
	guest kick $name && echo "$name runs"
done
if guest info nobody; then
	exit 1
elif ! guest info web; then
	exit 2
fi
x=$#
"""


@pytest.fixture
def machine(boot, arch, tmp_path):
    files = {"idle.bin": parts.guest("idle", arch), "start.cmd": START,
             "my file.txt": "mine\n", "loop.cmd":
             "for i in 1 2 3; do\necho round-$i\nsleep 600s\ndone\n",
             "bad.cmd": "echo a\nif echo b; then\nnosuch\nfi\n",
             "trees/web.dtb": "", "trees/web.txt": ""}
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files))


def typed(machine, keys, expected):
    """What the keys make of a line says EXPECTED."""
    machine.send(keys + "\r")
    machine.expect(rf"\n{expected}\r", 20)
    machine.start()


def test_keys(machine):
    """One boot: editing, history, Tab."""
    typed(machine, "echo web" + LEFT * 3 + "my-", "my-web")
    typed(machine, UP + "2", "my-web2")
    typed(machine, "echo one two\x17\x17\x19\x19 \x19", "one twoone two one two")
    typed(machine, "\x12my-\x05!", "my-web2!")
    typed(machine, "echo " + "x" * 100 + "\x01\x06\x06\x06\x06 y-", "y- x{100}")
    typed(machine, "cat /my\t", "mine")
    machine.send("guest create a --tree /trees/\t")
    machine.expect(r"/trees/web\.dtb ")
    machine.send("\x15vcpu re\tweb/\t")
    machine.send("\x15guest l\t\t")
    machine.expect("list +log")
    machine.send("\x15\x03")
    machine.start()
    assert machine.status() != 0
    machine.send("for i in 1 2; do\recho round-$i\rdone\r")
    machine.expect(r"\n> [^\n]*\n> [^\n]*\nround-1[^\n]*\nround-2\r", 20)
    machine.start()
    assert machine.command("guest create --help").startswith("  guest create")
    assert machine.command("nosuch || echo a; echo $?").endswith("a\n0\n")


def test_scripts(machine):
    """Guests made and started by a script that tests what is there."""
    said = machine.command('run /start.cmd "web mail"', 30)
    assert machine.status() == 0, said
    assert re.findall("^(.*) runs$", said, re.M) == ["web", "mail"]
    assert set(guests.table(machine)) == {"web", "mail"}
    assert machine.command("echo $x") == "1\n"
    machine.send("guest device web/se\t\r")
    machine.expect(f"device web/{SERIAL} [^\n]*\n{SERIAL}: ")
    machine.start()
    assert machine.status() == 0
    said = machine.command('for g in web mail; do guest destroy $g; done')
    assert machine.status() == 0 and not guests.table(machine), said
    said = machine.command("run /bad.cmd")
    assert said.startswith("a\nb\n") and "/bad.cmd:3:" in said
    assert machine.status() != 0
    machine.send("run /loop.cmd || echo ended; echo never\r")
    machine.expect("round-1\r")
    machine.send("\x03")
    machine.expect(r"/loop\.cmd:3\b")
    assert not re.search("^(ended|never|round-2)", machine.start(), re.M)
    machine.send("for i in 1 2 3; do echo round-$i; sleep 600s; done\r")
    machine.expect("\nround-1\r")
    machine.send("\x03")
    assert "round-2" not in machine.start()
