# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that attacks beside one that must not notice, the witness.

Counted: on one host CPU, on a machine that counts instructions, by a script;
a run is the same each time.  The witness tells the counter in each round; what
a round took alone and under attack gives its share.  Loose: on host CPUs that
run at once, by an operator.
"""
import json
import os
import re
import statistics
import time

import guests
import parts
from machine import MESSAGE, PATIENCE
from scripted import counted, sections

SEED = os.environ.get("MONOVISOR_SEED", "1")
SHARE = 2                       # there are two guests of equal priority
DEARER = 1.05                   # than alone, divided by the share
LOG_LINES = 8                   # in a second, that may name the attacker
PACES = 12                      # rounds alone that tell what one takes
LOOSE_SECONDS = 20              # of attacks on CPUs that run at once, at most
BROKEN = r"\bBUG\b|panic:|lock order|assertion"

SCRIPT = """\
guest create witness --kernel /witness.bin --memory 32M --console-size 64K
guest kick witness
for i in 1 2 3 4; do sleep 2ms; done
echo == before
host memory --json
guest create attacker {options}
echo == alone
guest log witness
guest kick attacker
sleep {duration}ms
echo == attacked
guest log witness
guest stats witness --json
{ended}
echo == attacker
guest log attacker
{resets}
echo == list
guest list --json
guest destroy attacker
sleep 5ms
echo == after
host memory --json
echo == end
guest log witness
guest list --json
echo == log
log
shutdown
"""
RESET = """\
guest reset attacker
{ended}
guest log attacker"""
FOR_A_WHILE = "sleep 30ms"
# It is the end when there is nothing to pause; who sees to that waits for a
# turn, as guests do.
UNTIL_ITS_END = """\
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
sleep 20ms
guest pause attacker && guest resume attacker || break
done
sleep 30ms"""


def options_of(attack):
    """The attacker's options of `guest create`."""
    words = {"kernel": "/attack.bin", "memory": "64M", "cpus": attack.vcpus,
             "append": f"{attack.word} seed={SEED}".strip(), **attack.options}
    return words


def archive(path, arch, attack, script=None):
    files = {"attack.bin": parts.guest(attack.guest, arch),
             "witness.bin": parts.guest("witness", arch)}
    if script:
        files["boot.cmd"] = script
    return parts.archive(path, files)


def script_of(attack):
    words = " ".join(f'--{name} "{value}"' if " " in str(value) else
                     f"--{name} {value}"
                     for name, value in options_of(attack).items())
    ended = UNTIL_ITS_END if attack.ends == "halted" else FOR_A_WHILE
    resets = "\n".join([RESET.format(ended=ended)] * attack.resets)
    return SCRIPT.format(options=words, duration=attack.duration, ended=ended,
                         resets=resets)


# --- what was said -------------------------------------------------------------

def documents(text):
    """The JSON documents in it, messages left out."""
    text, found = re.sub(MESSAGE, "", text), []
    decoder = json.JSONDecoder()
    for match in re.finditer(r'^\{"schema"', text, re.M):
        found.append(decoder.raw_decode(text, match.start())[0])
    return found


def used(document):
    """Bytes of each owner; what the heap keeps for itself does not count."""
    return {row["name"]: row["size_bytes"] for row in document["owners"]
            if row["name"] != "heap"} | {
        "objects": document["heap"]["objects"]}


def rounds(text):
    """(number, counter) of each round that the witness told of."""
    assert "FAIL" not in text, text
    return [(int(n), int(t)) for n, t in
            re.findall(r"^round (\d+) (\d+)$", text, re.M)]


def share(alone, attacked):
    """How many times longer a round takes than alone, over whole turns: from
    a round with a turn of somebody else in it to the last such.  The first is
    left out: the operator has a part in it."""
    steps = [b[1] - a[1] for a, b in zip(alone, alone[1:])]
    pace = statistics.median(steps[:PACES])
    during = [row for row in attacked if row[0] >= alone[-1][0]]
    gaps = [b for a, b in zip(during, during[1:]) if b[1] - a[1] > 2 * pace]
    if len(gaps) > 3:
        during = gaps[1:]
    (n, t), (m, u) = during[0], during[-1]
    assert m - n > 10, f"the witness stands still: {attacked}"
    return (u - t) / (m - n) / pace


def judge_end(attack, state, said):
    """The attacker came to the end that it should."""
    if attack.ends is None:         # and what chance made it say
        assert "go on" in said, f"it never said that it goes on:\n{said}"
        return
    assert re.fullmatch(attack.ends, state) and "FAIL" not in said, \
        f"the attacker is {state} and said:\n{said}"
    if attack.ends == "halted":
        assert said.rstrip().splitlines()[-1:] == ["PASS"], said


def judge_log(attack, log):
    """A bounded number of lines is about the attacker, none about us."""
    lines = [line for line in log.splitlines() if "attacker" in line]
    times = [float(time) for line in lines
             for time in re.findall(r"^\[ *([\d.]+)\]", line)] or [0]
    limit = LOG_LINES * (1 + times[-1] - times[0]) + attack.extra_log
    assert len(lines) <= limit, "\n".join(lines)
    assert not re.search(BROKEN, log), log


def state_of(document, name):
    row, = [row for row in document["guests"] if row["name"] == name]
    return row["state"] + (f"({row['reason']})"
                           if row["state"] == "crashed" else "")


# --- one host CPU, counted --------------------------------------------------------

def survive_counted(arch, attack, path, log):
    """Gives how many times longer the witness took than alone."""
    files = archive(path, arch, attack, script_of(attack))
    with counted(log, files, arch, **attack.variants.get(arch, {})) as machine:
        machine.wait_end(60)
    with open(log, encoding="utf-8") as file:
        said = sections(file.read())
    assert "log" in said, f"seed {SEED}: the script ended early, see {log}"
    slower = share(rounds(said["alone"]), rounds(said["attacked"]))
    judge_end(attack, state_of(documents(said["list"])[0], "attacker"),
              said["attacker"])
    before, after = (used(documents(said[name])[0])
                     for name in ("before", "after"))
    assert after == before, f"memory: {before}, then {after}"
    end, = documents(said["end"])
    assert state_of(end, "witness") == "running" and len(end["guests"]) == 1
    assert rounds(said["end"])[-1] > rounds(said["attacked"])[-1]
    judge_log(attack, said["log"])
    assert slower <= SHARE * DEARER, f"seed {SEED}: {slower:.3f} times"
    return slower


# --- several host CPUs at once ------------------------------------------------------

def last_round(machine):
    return (rounds(guests.output(machine, "witness")) or [(0, 0)])[-1][0]


def attacked_long_enough(machine, attack):
    """The attacker has ended, or goes on, and what it said."""
    end = time.monotonic() + LOOSE_SECONDS * PATIENCE
    while True:
        state = guests.state(machine, "attacker")
        said = guests.output(machine, "attacker")
        if state != "running" or attack.ends != "halted" and (
                attack.ends or "go on" in said):
            return state, said
        assert time.monotonic() < end, f"nothing came of it:\n{said}"
        time.sleep(0.1)


def survive_loose(machine, attack):
    """The same without counting, by an operator."""
    before = guests.document(machine, "host memory")
    guests.start(machine, "witness", kernel="/witness.bin", memory="32M")
    guests.wait_until(lambda: last_round(machine) > 2)
    guests.start(machine, "attacker", **options_of(attack))
    resets = 0 if attack.ends else attack.resets
    for n in range(resets + 1):
        begin = last_round(machine)
        state, said = attacked_long_enough(machine, attack)
        judge_end(attack, state, said)
        guests.wait_until(lambda: last_round(machine) > begin + 1)
        if n < resets:
            machine.command("guest reset attacker", 30)
            assert machine.status() == 0
    assert guests.state(machine, "witness") == "running"
    said = machine.command("test run live", 60)
    assert machine.status() == 0, said
    guests.destroy(machine, "attacker", "witness")
    after = guests.document(machine, "host memory")
    assert used(after) == used(before), f"{before}, then {after}"
    judge_log(attack, machine.command("log", 30))
