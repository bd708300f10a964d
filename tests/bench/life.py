# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot, memory, the creation of a guest, and Linux in one against native."""
import json
import os
import subprocess
import time

from common import run
from counter import Counter
from rows import MIB


def started(machine):
    """At the prompt and idle, which the emulator remarks on once."""
    machine.start(60)
    machine.expect("no active timers", 10)


# Loads nothing and sleeps: wfi, and back to it.
STUB = bytes.fromhex("730050106ff0dfff")


def before_entry(bench, *extra, **options):
    """Instructions of the firmware that starts us, if there is one: half of
    them read the tree, so that EXTRA should say which."""
    if not bench.facts["firmware"]:
        return 0
    with open(bench.path("stub.bin"), "wb") as file:
        file.write(STUB)
    counter = Counter(bench, "stub")
    with bench.run_machine("stub", image=bench.path("stub.bin"),
                           extra=counter.arguments + list(extra),
                           **options) as machine:
        machine.expect("no active timers", 20)
        return counter.read()


def document(machine, line):
    return json.loads(machine.command(line + " --json", 30))


def used(machine):
    return document(machine, "host memory")["used_bytes"]


def life(bench):
    """Boot, memory, creation of a guest."""
    archive = {"guests/Image": bench.parts.linux(bench.arch),
               "guests/initrd": os.urandom(MIB)}
    counter = Counter(bench, "life")
    firmware = before_entry(bench, memory="1G")
    create = ("guest create {} --memory 256M --kernel /guests/Image "
              "--initrd /guests/initrd --cpus {}")
    with bench.run_machine("life", archive, memory="1G",
                           extra=counter.arguments) as machine:
        started(machine)
        bench.figures["prompt"] = counter.read() - firmware
        empty = bench.figures["memory"] = used(machine)
        before = counter.read()
        machine.command(create.format("one", 1), 60)
        bench.figures["create"] = counter.read() - before
        bench.figures["guest-memory"] = used(machine) - empty - 256 * MIB
        one = document(machine, "guest info one")["overhead_bytes"]
        machine.command(create.format("two", 2), 60)
        two = document(machine, "guest info two")["overhead_bytes"]
        bench.figures["vcpu-memory"] = two - one


# --- Linux against native ----------------------------------------------------

BOOT = "--cpus 1 --memory 256M --kernel /guests/Image --initrd /guests/initrd"


def tree_of(text):
    """The source of a tree that `guest tree` printed, with a seed again."""
    seed = " ".join(f"{byte:02x}" for byte in os.urandom(32))
    return text[text.index("/dts-v1/"):].replace(
        "chosen {", f"chosen {{\n\t\trng-seed = [{seed}];", 1)


def linux_virtual(bench, initrd):
    """Instructions of a guest's boot, and its tree's source."""
    counter = Counter(bench, "virtual")
    archive = {"guests/Image": bench.parts.linux(bench.arch),
               "guests/initrd": initrd}
    with bench.run_machine("virtual", archive, memory="1G",
                           extra=counter.arguments) as machine:
        started(machine)
        machine.command(f'guest create one {BOOT} --append "'
                        f'{bench.arguments}"', 60)
        tree = tree_of(machine.command("guest tree one"))
        before = counter.read()
        machine.command("guest kick one")
        machine.expect(r"powered off", 280)
        return counter.read() - before, tree


def linux_native(bench, initrd, tree):
    with open(bench.path("native.dts"), "w", encoding="utf-8") as file:
        file.write(tree)
    with open(bench.path("native.initrd"), "wb") as file:
        file.write(initrd)
    run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", bench.path("native.dtb"),
        bench.path("native.dts"))
    counter = Counter(bench, "native")
    said = open(bench.path("native.err"), "w", encoding="utf-8")
    machine = bench.machine.Machine(bench.path("native.log"), arch=bench.arch,
                                    variant=bench.facts["variant"])
    qemu = subprocess.Popen(
        [machine.qemu, *bench.facts["native"], "-cpu", machine.arch["cpus"][0],
         "-m", "256M", "-nographic", "-nic", "none", "-no-reboot",
         "-no-shutdown", "-monitor", "none",
         "-kernel", os.path.join(bench.parts.pinned(f"linux-{bench.arch}"),
                                 "Image"),
         "-initrd", bench.path("native.initrd"), "-append", bench.arguments,
         "-dtb", bench.path("native.dtb")] + counter.arguments,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
    try:
        wait_shutdown(counter, lambda: qemu.poll() is None)
        return counter.read() - before_entry(
            bench, "-dtb", bench.path("native.dtb"), memory="256M")
    finally:
        qemu.kill()
        qemu.wait()
        said.close()


def wait_shutdown(counter, is_alive, limit=280):
    for _ in range(limit * 4):
        time.sleep(0.25)
        assert is_alive(), "the emulator ended early: its log says why"
        if os.path.exists(counter.socket_path) and \
                counter.ask("query-status")["status"] == "shutdown":
            return
    raise AssertionError("Linux did not power off")


# Random numbers decide how often Linux works until its next tick, so that boots
# differ by whole ticks, here and natively: up to 3 per cent.  The least of a
# few says most.
BOOTS = 3


def linux(bench):
    initrd = bench.parts.initrd(bench.path("initrd.gz"), bench.arch,
                                "poweroff -f\n")
    virtual, trees = zip(*(linux_virtual(bench, initrd)
                           for _ in range(BOOTS)))
    native = [linux_native(bench, initrd, tree) for tree in trees]
    bench.figures["linux"] = min(virtual) * 1000000 / min(native)
    bench.native = {"count": min(native), "tree": trees[0], "initrd": initrd}
