# SPDX-License-Identifier: GPL-2.0-or-later
"""Our own mistakes are reported so that they can be found: what, where, called
from which functions.  A debugger makes the mistake: a jump to nowhere."""
import os
import re
import time

import pytest

import debugger
import gdb
import guests
import parts

NOWHERE = 0x10

# Numbers of the registers of a function's first arguments.
ARGUMENTS = {"arm64": 0, "riscv": 10}

# What handles a guest's store to its UART.
EXIT = {"arm64": "exit_data_abort", "riscv": "exit_store_fault"}


@pytest.fixture
def start(boot, arch, tmp_path):
    """start(**options): a machine with a debug stub at tmp_path/gdb."""
    archive = parts.archive(tmp_path / "archive.cpio", {
        "flood.bin": parts.guest("flood", arch)})

    def start_with(**options):
        return boot(archive=archive, **options,
                    extra=debugger.arguments(tmp_path / "gdb"))
    return start_with


@pytest.fixture
def stub(tmp_path):
    return lambda: debugger.Debugger(tmp_path / "gdb")


@pytest.fixture
def elf(arch):
    return os.path.join(os.path.dirname(parts.image(arch)), "vmm.elf")


@pytest.fixture
def symbols(elf):
    return debugger.symbols(elf)


def report(machine, end):
    """The lines of the report, up to its last one."""
    machine.expect(r"panic: exception in the hypervisor", 20)
    machine.expect(rf"[\r\n]{end}\r*\n", 20)
    return machine.child.before.replace("\r", "")


def test_backtrace(start, stub):
    """From the idle loop: functions by name, the log's and trace's end."""
    machine = start()
    machine.command("sleep 100ms")      # all that begin have begun
    time.sleep(0.2)
    with stub() as debug:
        debug.set_register(debugger.PC, NOWHERE)
    machine.send("\r")                  # the CPU sleeps
    said = report(machine, "stopped")
    assert re.search(r"^cpu 0, thread idle", said, re.M), said
    jump = said[said.index(" are in:"):said.index("called from:")]
    assert re.search(r"0{14}10\n  [0-9a-f]{16} sched_idle\+0x", jump), said
    trace = said[said.index("called from:"):said.index("last of the log:")]
    assert len(re.findall(r"^  [0-9a-f]{16} \w+\+0x[0-9a-f]+$", trace,
                          re.M)) >= 3, trace
    assert "core_main+0x" in trace
    assert "CPUs run" in said and "traced last:" in said


def test_in_a_guests_exit(start, stub, symbols, arch):
    """It names the guest and what it did before."""
    machine = start(cpus=2)
    guests.start(machine, "web", kernel="/flood.bin", memory="16M")
    guests.wait_output(machine, "web", "flood")
    with stub() as debug:
        debug.run_to(symbols[EXIT[arch]])
        debug.set_register(debugger.PC, NOWHERE)
    said = report(machine, "stopped")
    running = re.findall(r"^cpu ([01]), thread (\S+?)(?:, guest (\S+))?$",
                         said, re.M)
    assert running[0][1:] == ("web/0", "web/0"), said
    assert sorted(cpu for cpu, _, _ in running) == ["0", "1"], said
    assert re.search(r"web +kick", said), said


def test_reboot(start, stub):
    """Option panic=SECONDS: the prompt comes again."""
    machine = start(append="panic=1")
    with stub() as debug:
        debug.set_register(debugger.PC, NOWHERE)
    machine.send("\r")                  # the CPU sleeps
    said = report(machine, "rebooting")
    assert "rebooting in 1 s" in said
    machine.start()
    assert machine.command("echo again") == "again\n"


def call(debug, arch, function, *arguments):
    """The CPU goes on in FUNCTION, as if what it did had called that."""
    for number, value in enumerate(arguments, ARGUMENTS[arch]):
        debug.set_register(number, value)
    debug.set_register(debugger.PC, function)


def refused(command):
    """A line for gdb's script: what COMMAND is answered instead."""
    return (f"python\ntry: gdb.execute('{command}')\n"
            "except gdb.error as error: print('refused:', error)\nend")


def inspect(machine, elf, folder, commands):
    """What gdb says of the hypervisor once that waits for it."""
    machine.expect(r"waiting for gdb:[^\n]*\n", 30)
    return gdb.run(machine, [f"file {elf}", *commands], folder)


def test_gdb(start, stub, symbols, arch, elf, tmp_path):
    """Option panic=gdb: a look at a fault, at memory, at the other CPU."""
    machine = start(cpus=2, append="panic=gdb")
    machine.command("sleep 100ms")      # all that begin have begun
    time.sleep(0.2)
    with stub() as debug:
        call(debug, arch, symbols["memcpy"], NOWHERE, symbols["core_main"], 8)
    machine.send("\r")                  # the CPU sleeps
    said = inspect(machine, elf, tmp_path, [
        "info symbol $pc", "bt", refused(f"x/xw {NOWHERE}"),
        refused("x/xw 0x7fffffff0000"), "maint packet c",
        refused("set var cpu_count = 3"), "p cpu_count",
        "info threads", "thread apply all -s bt", "monitor trace",
        "monitor log", "monitor help", "detach"])
    assert re.search(r"^(memcpy|copy_up) ", said, re.M), said
    assert re.search(r"^#\d .*sched_idle \(", said, re.M), said
    for nothing in ("0x10", "0x7fffffff0000"):
        assert (f"refused: Cannot access memory at address {nothing}\n"
                in said), said
    assert 'received: "E01"' in said and said.count("refused: ") == 3, said
    assert "$1 = 2" in said, said
    assert len(re.findall(r"^[* ] [12] +Thread [12] \(idle/?[01]?\)", said,
                          re.M)) == 2, said
    # Firmware chooses which of the stub's CPUs is our first.
    other = "core_main" if re.search(r"^\* 2", said, re.M) else \
        "core_secondary_main"
    assert f"in {other} (" in said, said
    assert "SINCE BOOT" in said and "CPUs run" in said, said
    assert "log, or trace" in said, said
    assert "(Remote target) detached" in said, said


def test_gdb_panic(start, stub, symbols, arch, elf, tmp_path):
    """The same for panic(), which has no exception's registers; then reboot."""
    machine = start(append="panic=gdb")
    machine.command("sleep 100ms")      # all that begin have begun
    time.sleep(0.2)
    with stub() as debug:
        call(debug, arch, symbols["panic"], symbols["arch_gdb_name"])
    machine.send("\r")                  # the CPU sleeps
    machine.expect(r"panic: (aarch64|riscv:rv64)\r*\n", 20)
    said = inspect(machine, elf, tmp_path, [
        "info symbol $pc", "bt", "output arch_gdb_name", "echo \\n", "kill"])
    assert re.search(r"^panic \+ ", said, re.M), said
    assert re.search(r"^#\d .*sched_idle \(", said, re.M), said
    assert '"aarch64"' in said or '"riscv:rv64"' in said, said
    machine.start()
    assert machine.command("echo again") == "again\n"
