# SPDX-License-Identifier: GPL-2.0-or-later
"""The operator's terminal: each command does its work, each mistake is told."""
import re

import pytest

import guests
import parts
from machine import ARCH, HERE

POWER = HERE["power"]
NAMES = ("idle", "spin", POWER, "fault", "flood", "wild")
# What is the architecture's in a guest's tree, and in mistakes.
TREE = {"arm64": ("memory@40000000", "serial@9000000"),
        "riscv": ("memory@80000000", "serial@10000000")}[ARCH]
MISTAKES = {
    "arm64": [("--gic 2", ["--gic 2", "--gic 3"]), ("--gic 4", ["x: --gic", "2|3"])],
    "riscv": [("--aia gic", ["x: --aia", "none|aplic|aplic-imsic"])],
}[ARCH]


@pytest.fixture
def files(arch):
    return {f"{name}.bin": parts.guest(name, arch) for name in NAMES}


@pytest.fixture
def machine(boot, files, tmp_path):
    files["short.cmd"] = "echo one\necho two\n"
    files["long.cmd"] = "echo sleeps-now\nsleep 600s\necho never\n"
    files["bad.cmd"] = "echo before\n\nguest kick nobody\necho after\n"
    files["sub/words.txt"] = "some words\n"
    return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                cpus=2)


def create(machine, name, **options):
    guests.create(machine, name, memory="16M",
                  **{"kernel": f"/{name}.bin", **options})


def refused(machine, line, *words):
    """The command fails and says those words."""
    said = machine.command(line, 30)
    assert machine.status() != 0, said
    for word in words:
        assert word.lower() in said.lower(), f"{word!r} is not in: {said}"


# --- each command -------------------------------------------------------------

def test_help_lists_all(machine):
    said = machine.command("help")
    for name in ("guest", "vcpu", "host", "ls", "cat", "run", "log", "version",
                 "help", "echo", "sleep", "reset", "shutdown"):
        assert re.search(rf"^\s*{name}\b", said, re.M), f"{name}: {said}"
    said = machine.command("help guest")
    for verb in ("list", "info", "tree", "create", "kick", "pause", "resume",
                 "reset", "destroy", "console", "log"):
        assert re.search(rf"\b{verb}\b", said), f"{verb}: {said}"
    assert machine.command("help guest kick") == (
        "  guest kick <guest>\n\tStarts a guest that was created.\n")


def test_host(machine):
    assert guests.document(machine, "host info")["online_cpus"] == 2
    assert len(re.findall(" yes ", machine.command("host cpus"))) == 2
    assert guests.memory_used(machine)["used"] > 0
    assert HERE["serial"] in machine.command("host devices")
    assert re.search(r"\d", machine.command("host irqs"))


def test_files(machine):
    assert "short.cmd" in machine.command("ls /")
    assert "words.txt" in machine.command("ls /sub")
    assert machine.command("cat /sub/words.txt") == "some words\n"
    refused(machine, "cat /nothing", "/nothing")


def test_script(machine):
    assert machine.command("run /short.cmd") == "one\ntwo\n"
    refused(machine, "run /bad.cmd", "/bad.cmd", "3", "nobody")
    assert "after" not in machine.command("run /bad.cmd")


def test_sleep_and_version(machine):
    machine.command("sleep 50ms")
    assert machine.status() == 0
    assert re.search(r"\d+\.\d+", machine.command("version"))


def test_sleep_ends(machine):
    """By Ctrl-C, with what was typed before it; a script ends with it."""
    machine.send("sleep 600s\r")
    machine.expect("sleep 600s")
    machine.send("echo not-typed\r\x03")
    machine.expect("Ctrl-C")
    machine.start()
    assert machine.status() != 0
    assert machine.command("echo alive") == "alive\n"
    machine.send("run /long.cmd\r")
    machine.expect("sleeps-now")
    machine.send("\x03")
    machine.expect(r"/long\.cmd:2")
    machine.start()


def test_typed_while_it_sleeps(machine):
    """What is typed meanwhile is the next line."""
    machine.send("sleep 1s\recho typed-before\r")
    machine.expect(r"\ntyped-before\r", 20)


def test_shutdown(machine):
    machine.send("shutdown\r")
    assert machine.wait_end() == 0


def test_reset(machine):
    machine.send("reset\r")
    machine.start()
    assert "again" in machine.command("echo again")


def test_life(machine):
    """create, kick, pause, resume, reset, destroy: states and refusals."""
    create(machine, "idle")
    assert guests.state(machine, "idle") == "created"
    refused(machine, "guest resume idle", "idle", "created", "guest kick idle")
    guests.kick(machine, "idle")
    assert guests.state(machine, "idle") == "running"
    refused(machine, "guest kick idle", "idle", "running")
    machine.command("guest pause idle")
    assert guests.state(machine, "idle") == "paused"
    machine.command("guest resume idle")
    assert guests.state(machine, "idle") == "running"
    machine.command("guest reset idle")
    assert guests.state(machine, "idle") == "running"
    guests.destroy(machine, "idle")
    assert not guests.table(machine)
    refused(machine, "guest kick idle", "idle")
    create(machine, POWER, cpus=2)
    guests.kick(machine, POWER)
    guests.passes(machine, POWER)
    refused(machine, f"guest kick {POWER}", "halted", f"guest reset {POWER}")


def test_info_and_tree(machine):
    create(machine, "idle", append="one two=3", cpus=2)
    info = machine.command("guest info idle")
    assert "/idle.bin" in info and "one two=3" in info
    tree = machine.command("guest tree idle")
    for word in (*TREE, "cpu@1", "one two=3"):
        assert word in tree, tree
    assert "vmm," not in tree


def test_vcpu(machine):
    create(machine, "spin", cpus=2)
    guests.kick(machine, "spin")
    guests.wait_output(machine, "spin", "spins")
    said = machine.command("vcpu list")
    assert "spin/0" in said and "spin/1" in said
    assert re.search(rf"pc\W+(0x)?0*{HERE['entry'] >> 12:x}[0-9a-f]{{3}}",
                     machine.command("vcpu regs spin/0"), re.I)
    refused(machine, "vcpu regs spin/2", "spin/1")


def test_tab_knows_guests(machine):
    """Names of guests and VCPUs, as far as they are the same, then all."""
    for name in ("web-one", "web-two"):
        create(machine, name, kernel="/idle.bin")
    machine.send("guest destroy w\t")
    machine.expect("destroy web-")
    machine.send("\t")
    machine.expect("web-one +web-two")
    machine.send("t\t\r")
    machine.expect("destroy web-two ")
    machine.start()
    assert set(guests.table(machine)) == {"web-one"}
    machine.send("vcpu stats \t\r")
    machine.expect("stats web-one/0 ")
    machine.start()
    assert machine.status() == 0


# --- the console of a guest ---------------------------------------------------

def test_console_replays(machine):
    create(machine, "idle")
    guests.kick(machine, "idle")
    guests.wait_output(machine, "idle", "idles")
    guests.attach(machine, "idle")
    machine.expect("idles")
    guests.detach(machine)
    assert machine.command("echo back") == "back\n"


def test_log_survives(machine):
    create(machine, "idle")
    guests.kick(machine, "idle")
    guests.wait_output(machine, "idle", "idles")
    guests.destroy(machine, "idle")
    assert "idles" in guests.output(machine, "idle")


def test_log_is_harmless(machine):
    """Escape sequences of a guest do not reach the operator's terminal."""
    create(machine, "flood")
    guests.kick(machine, "flood")
    guests.wait_output(machine, "flood", r"flood \d+ \^\[\[2J")
    said = guests.output(machine, "flood")
    assert not re.search(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]", said)


# --- /boot.cmd ----------------------------------------------------------------

def test_boot_script(boot, files, tmp_path):
    files["boot.cmd"] = ("guest create idle --kernel /idle.bin --memory 16M\n"
                         "guest kick idle\n")
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files))
    assert guests.state(machine, "idle") == "running"


def test_boot_script_stops(arch, log_path, files, tmp_path):
    import machine as machines
    files["boot.cmd"] = "echo first\nguest kick nobody\necho never\n"
    archive = parts.archive(tmp_path / "archive.cpio", files)
    with machines.Machine(log_path, archive=archive, arch=arch) as machine:
        said = machine.start()
        assert "first" in said and "never" not in said
        assert re.search(r"/boot\.cmd:2\b", said), said
        assert machine.command("echo alive") == "alive\n"


# --- mistakes -----------------------------------------------------------------

@pytest.mark.parametrize("line, words", [
    ("gues list", ["gues"]),
    ("guest lst", ["lst"]),
    ("guest create", ["<name> is missing"]),
    ("guest frobnicate", ["see help"]),
    ("frobnicate", ["see help"]),
    ("help guest lst", ["list"]),
    ("guest create x --kernel /missing", ["/missing"]),
    ("guest create x --kernel /idle.bin --initrd /missing", ["/missing"]),
    ("guest create x --kernel /idle.bin --memory 64G", ["memory"]),
    ("guest create x --kernel /idle.bin --memory 12Q", ["x: --memory", "12Q", "256M"]),
    ("guest create x --kernel /idle.bin --memory 0", ["256M"]),
    ("guest create x --kernel /idle.bin --memory 5000", ["4096", "--memory"]),
    ("guest create x --kernel /idle.bin --cpus 0", ["x: --cpus", "1 to 8"]),
    ("guest create x --kernel /idle.bin --cpus 999", ["cpus"]),
    *((f"guest create x --kernel /idle.bin {option}", words)
      for option, words in MISTAKES),
    ("guest create x --kernel /idle.bin --affinity 77", ["affinity"]),
    ("guest create x --colour red", ["colour"]),
    ("guest create x --cpus 1 --cpus 2", ["--cpus is given twice"]),
    ("guest create x --kernel /short.cmd", ["text"]),
    ("guest create x --tree /missing.dtb", ["/missing.dtb"]),
    ("guest create x --tree /idle.bin", ["/idle.bin"]),
    ("guest info x", ["x"]),
    ("sleep much", ["much"]),
    ("echo \"open", ["quote"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_refused(machine, line, words):
    before = guests.memory_used(machine)["used"]
    refused(machine, line, *words)
    refused(machine, line, *words)
    assert not guests.table(machine)
    assert machine.command("echo alive") == "alive\n"
    assert guests.memory_used(machine)["used"] == before


def test_long_line(machine):
    """A line of 4 KiB is taken or refused, and the terminal goes on."""
    machine.send("echo " + "x" * 4096 + "\r")
    machine.expect(r"(?:^|(?<=[\r\n]))monovisor# ", 20)
    assert machine.command("echo alive") == "alive\n"


def test_control_characters(machine):
    machine.send("".join(map(chr, (1, 2, 5, 6, 8, 11, 14, 16, 21, 23, 27, 0x5b,
                                   0x7f, 27, 0x5b, 0x33))) + "\x15\r")
    machine.expect(r"(?:^|(?<=[\r\n]))monovisor# ", 20)
    machine.send("\r")
    machine.expect(r"(?:^|(?<=[\r\n]))monovisor# ", 20)
    assert machine.command("echo alive") == "alive\n"


# --- guests that misbehave ----------------------------------------------------

@pytest.mark.parametrize("name", ["fault", "spin", "flood", "wild"])
def test_bad_neighbour(machine, name):
    """The terminal answers, another guest works, all memory comes back."""
    before = guests.memory_used(machine)["used"]
    create(machine, name)
    guests.kick(machine, name)
    word = {"wild": "still wild"}.get(name, name)
    guests.wait_output(machine, name, word)
    create(machine, POWER, cpus=2)
    guests.kick(machine, POWER)
    guests.passes(machine, POWER)
    assert machine.command("echo alive") == "alive\n"
    assert guests.state(machine, name).startswith(("running", "crashed"))
    guests.destroy(machine, name, POWER)
    assert guests.memory_used(machine)["used"] == before


def test_affinity(machine):
    """A guest bound to one host CPU leaves the other to its neighbour."""
    for name in ("one", "two"):
        create(machine, name, kernel="/spin.bin", affinity="1")
        guests.kick(machine, name)
    create(machine, "free", kernel="/spin.bin")
    guests.kick(machine, "free")
    guests.wait_output(machine, "free", "spins")
    first = guests.table(machine)
    machine.command("sleep 3s", 60)
    last = guests.table(machine)
    one, two, free = (last[name].cpu_seconds - first[name].cpu_seconds
                      for name in ("one", "two", "free"))
    assert abs(one - two) < 0.1 * free, (one, two, free)
    assert abs(one + two - free) < 0.1 * free, (one, two, free)
