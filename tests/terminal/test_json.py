# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command that reads answers with one JSON document, errors included."""
import json
import re

import pytest

import guests
import parts
import trees
from machine import ARCH, MESSAGE

SERIAL = {"arm64": "serial@9000000", "riscv": "serial@10000000"}[ARCH]
# What the arguments of reading commands can be here.
ARGUMENTS = {"<guest>": "web", "<vcpu>": "web/0",
             "<file>": "/sub/words.txt", "<file.dtb>": "/web.dtb",
             "<device>": f"web/{SERIAL}", "top": "top --once",
             "[path]": "/sub", "[count]": "1000",
             "[command]": "guest", "[verb]": "list"}
UNITS = ("_bytes", "_ns", "_hz", "_permille")


@pytest.fixture
def machine(boot, arch, tmp_path):
    files = {"idle.bin": parts.guest("idle", arch),
             "flood.bin": parts.guest("flood", arch),
             "web.dtb": trees.blob(trees.edited({}, kernel="/idle.bin")),
             "sub/words.txt": "some \"words\"\n"}
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                   cpus=2)
    guests.start(machine, "web", kernel="/idle.bin", memory="16M", cpus=2,
                 append="quoted \\\\ words")
    guests.wait_output(machine, "web", "idles")
    return machine


def strict(pairs):
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"a key twice: {keys}"
    for key, value in pairs:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", key), key
        if key.endswith(UNITS):
            assert value is None or isinstance(value, int), (key, value)
    return dict(pairs)


def answer(machine, line):
    found = guests.document(machine, line, object_pairs_hook=strict)
    assert found.pop("schema") == 1
    return found


def reading(machine, option="json"):
    """The lines of all verbs that take --OPTION, from the help itself."""
    names = re.findall(r"^([a-z]+) ", machine.command("help"), re.M)
    for name in names:
        usages = re.findall(rf"^ +(\S.*)\[--{option}\]",
                            machine.command(f"help {name}"), re.M)
        for usage in usages:
            usage = re.sub(r"\[--[^]]*\]?", "", usage)
            words = [ARGUMENTS.get(word, word) for word in usage.split()]
            assert not re.search(r"[<\[]", " ".join(words)), usage
            yield " ".join(words)


def test_all(machine):
    lines = list(reading(machine))
    for line in ("guest list", "guest info web", "vcpu regs web/0", "log",
                 "host irqs", "ls /sub", "trace dump 1000", "version"):
        assert line in lines, lines
    for line in lines:
        found = answer(machine, f"{line}")
        command = found.pop("command")
        assert line == command or line.startswith(command + " "), found
        assert "error" not in found and found, (line, found)
        assert machine.status() == 0
        told = machine.command(line, 30)
        assert told.strip() and "{" not in told.splitlines()[0], told


SAMPLE = re.compile(r'(monovisor_[a-z_]+)(?:\{([a-z_]+="[^"]*",?)+\})? [\d.]+')


def test_metrics(machine):
    """Samples of a metric stand together behind its type, none twice."""
    lines = list(reading(machine, "prometheus"))
    assert "guest list" in lines and "host cpus" in lines
    for line in lines:
        said = machine.command(f"{line} --prometheus", 30)
        metric, seen = None, set()
        for text in re.sub(MESSAGE, "", said).splitlines():
            if text.startswith("# HELP "):
                metric = text.split()[2]
            elif text.startswith("# TYPE "):
                assert text.split()[2] == metric
                assert text.endswith("counter") == metric.endswith("_total")
            else:
                assert SAMPLE.fullmatch(text)[1] == metric, text
            assert text.rsplit(" ", 1)[0] not in seen, text
            seen.add(text.rsplit(" ", 1)[0])
        assert len(seen) > 2, said
    both = json.loads(machine.command("guest list --json --prometheus"))
    assert "choose one" in both["error"]["message"]
    assert 'monovisor_guest_memory_bytes{guest="web"} 16777216\n' in \
        machine.command("guest list --prometheus")


def test_what_is_in_it(machine):
    info = answer(machine, "guest info web")
    assert info["memory_bytes"] == 16 << 20 and info["state"] == "running"
    assert info["bootargs"] == "quoted \\ words"
    assert answer(machine, "cat /sub/words.txt")["text"] == \
        'some "words"\n'
    assert answer(machine, "ls /sub")["entries"] == [
        {"name": "words.txt", "size_bytes": 13, "kind": "file"}]
    assert "idles" in answer(machine, "guest log web")["log"]
    regs = answer(machine, "vcpu regs web/0")["registers"]
    assert int(regs["pc"], 16)


def test_errors(machine):
    for line, code, word in (
            ("guest info nobody", "ENOENT", "nobody"),
            ("ls /nothing", "ENOENT", "/nothing"),
            ("vcpu regs web/9", "ENOENT", "web/1"),
            ("guest info", "EINVAL", "<guest>"),
            ("guest list --jsn", "EINVAL", "--json?"),
            ("guest lst", "ENOENT", "list")):
        found = answer(machine, line)
        assert set(found) == {"error"}, found
        assert found["error"]["code"] == code
        assert word in found["error"]["message"], found
        assert found["error"]["where"].startswith(line.split()[0])
        assert machine.status() != 0


def test_raw_output(machine):
    """What a guest prints is in the document as it was, and no key there."""
    guests.start(machine, "flood", kernel="/flood.bin", memory="16M")
    guests.wait_output(machine, "flood", r"flood \d+ \^\[\[2J")
    said = machine.command("guest log flood --json", 30)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", said)
    assert "\x1b[2J" in json.loads(re.sub(MESSAGE, "", said))["log"]
