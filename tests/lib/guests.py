# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests as the operator sees them, by the hypervisor's terminal."""
import collections
import json
import re
import time

from machine import ESCAPE, MESSAGE, PATIENCE, PROMPT

Row = collections.namedtuple("Row", "vcpus memory_mib cpu_seconds state")


def document(machine, line, timeout=30, **options):
    """What a reading command answers with --json; OPTIONS are the parser's."""
    said = machine.command(line + " --json", timeout)
    try:
        return json.loads(said, **options)
    except json.JSONDecodeError:        # a message in the middle of it
        return json.loads(re.sub(MESSAGE, "", said), **options)


def table(machine):
    """`guest list` as a dictionary of rows."""
    rows = {}
    for guest in document(machine, "guest list")["guests"]:
        state_is = guest["state"]
        if state_is == "crashed":
            state_is += f"({guest['reason']})"
        rows[guest["name"]] = Row(guest["vcpus"], guest["memory_bytes"] >> 20,
                                  guest["run_ns"] / 1e9, state_is)
    return rows


def state(machine, name):
    return table(machine)[name].state


def create(machine, name, **options):
    """`guest create`, which must work; OPTIONS become --NAME VALUE."""
    words = [f"guest create {name}"]
    for option, value in options.items():
        text = f'"{value}"' if " " in str(value) else str(value)
        words.append(f"--{option} {text}")
    said = machine.command(" ".join(words), 60)
    assert machine.status() == 0, said


def kick(machine, *names):
    for name in names:
        said = machine.command(f"guest kick {name}", 30)
        assert machine.status() == 0, said


def start(machine, name, **options):
    create(machine, name, **options)
    kick(machine, name)


def destroy(machine, *names):
    for name in names:
        said = machine.command(f"guest destroy {name}", 30)
        assert machine.status() == 0, said


def output(machine, name):
    """What the guest printed, as far as its ring still has it."""
    return machine.command(f"guest log {name}", 30)


def wait_output(machine, name, pattern, seconds=30):
    """Wait until the guest's output holds the pattern; gives the match."""
    seconds *= PATIENCE
    end = time.monotonic() + seconds
    while True:
        said = output(machine, name)
        found = re.search(pattern, said)
        if found:
            return found
        assert time.monotonic() < end, \
            f"{name} did not print {pattern!r} within {seconds} s:\n{said}"
        time.sleep(0.2)


def wait_until(what, seconds=30):
    """Until what() is true."""
    end = time.monotonic() + seconds * PATIENCE
    while not what():
        assert time.monotonic() < end, f"not so within {seconds} s"
        time.sleep(0.1)


def wait_end(machine, name, seconds=45):
    """Wait until the guest runs no more; gives its state."""
    seconds *= PATIENCE
    end = time.monotonic() + seconds
    while state(machine, name) == "running":
        assert time.monotonic() < end, \
            f"{name} still runs after {seconds} s:\n{output(machine, name)}"
        time.sleep(0.2)
    return state(machine, name)


def passes(machine, name, seconds=45):
    """The bare-metal guest comes to its end and says PASS as the last."""
    ended = wait_end(machine, name, seconds)
    said = output(machine, name)
    assert said.splitlines()[-1:] == ["PASS"] and ended == "halted", \
        f"{name} is {ended} and said:\n{said}"


def attach(machine, name):
    """Open its console: what is typed and expected next is the guest's."""
    machine.send(f"guest console {name}\r")
    machine.expect(r"guest console [^\n]*\n", 10)


def detach(machine):
    machine.send(ESCAPE)
    machine.expect(r"(?:^|[\r\n])" + PROMPT, 10)


def memory_used(machine):
    """Bytes of the host's memory in use, and of each owner of them."""
    said = document(machine, "host memory")
    return {"used": said["used_bytes"], "free": said["free_bytes"],
            "total": said["total_bytes"],
            "heap objects": said["heap"],
            **{row["name"]: row["size_bytes"] for row in said["owners"]}}


def unhandled(machine):
    """Host interrupts that nobody wanted."""
    return document(machine, "host irqs")["unhandled"]
