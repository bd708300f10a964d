# SPDX-License-Identifier: GPL-2.0-or-later
"""`guest gdb`: the distribution's gdb debugs the distribution's kernel, from
before its first instruction to its shell."""
import concurrent.futures
import re
import socket

import pytest

import gdb
import guests
import parts
from machine import ARCH, ESCAPE, HERE, PROMPT

SYMBOLS = ("start_kernel", "kernel_init", "vfs_write")
SCRIPT = f"""
grep -E ' ({"|".join(SYMBOLS)})$' /proc/kallsyms
echo all-symbols
while :; do sleep 1; echo >/dev/null; done
"""
# How long the first instruction of start_kernel is, which does nothing, so that
# it may run twice; past what the kernel puts at the beginning of functions when
# it starts to trace them; what traps.
NOP, PAST_TRACE = {"arm64": (4, 12), "riscv": (2, 12)}[ARCH]
BREAKPOINT = {"arm64": "*(unsigned int *)$pc = 0xd4210000",
              "riscv": "*(unsigned short *)$pc = 0x9002"}[ARCH]
# What its kernel says of a breakpoint that is its own.
OWN_BREAKPOINT = {"arm64": "Unexpected kernel BRK exception",
                  "riscv": "Kernel BUG"}[ARCH]
INTERRUPT = ("python import os, signal, threading; threading.Timer({}, "
             "lambda: os.kill(os.getpid(), signal.SIGINT)).start()")


@pytest.fixture
def machine(boot, arch, tmp_path):
    initrd = parts.initrd(tmp_path / "initrd.gz", arch, SCRIPT)
    return boot(cpus=2, archive=parts.archive(tmp_path / "archive.cpio", {
        "Image": parts.linux(arch), "initrd.gz": initrd}))


def create(machine, name):
    guests.create(machine, name, cpus=2, memory="256M", kernel="/Image",
                  initrd="/initrd.gz",
                  append=f"console={HERE['console']} nokaslr")


def symbols(machine):
    """Addresses by name, from a kernel that ran without a debugger."""
    create(machine, "first")
    guests.kick(machine, "first")
    said = guests.wait_output(machine, "first", r"(?s).*all-symbols", 90)[0]
    guests.destroy(machine, "first")
    return {name: int(address, 16) for address, name in
            re.findall(r"^([0-9a-f]{16}) . (\w+)\r?$", said, re.M)}


def attach(machine, name, commands, folder):
    """gdb's output; then the prompt is there again."""
    machine.send(f"guest gdb {name}\r")
    machine.expect(r"Ctrl-\] leaves[^\n]*\n", 20)
    said = gdb.run(machine, commands, folder)
    machine.send("\r")
    machine.expect(PROMPT, 20)
    return said


def numbers(said, name):
    return [int(value, 16) for value in
            re.findall(rf"^{name}=([0-9a-f]+)$", said, re.M)]


def show(name, value="$pc"):
    return f'printf "{name}=%lx\\n", {value}'


def check_boot(machine, at, folder):
    """From the first instruction on; a break before its address exists."""
    start, init = at["start_kernel"], at["kernel_init"] + PAST_TRACE
    watch = [] if ARCH == "riscv" else [
        "delete", "awatch -location *(unsigned long *)($sp - 16)", "continue"]
    said = attach(machine, "web", [
        show("pc"), f"hbreak *{start}", "continue", show("pc"),
        "info threads", f"x/8xb {start}", "stepi", show("pc"),
        f"set $pc = {start}", show("pc"), show("sp", "$sp"), *watch, "delete",
        f"break *{init}", "continue", show("pc"), "stepi", show("stepped"),
        "monitor guest list", "monitor guest nothing", "delete",
        INTERRUPT.format(2), "continue", "printf \"interrupted\\n\"",
        f"break *{at['vfs_write'] + PAST_TRACE}", "continue", show("pc"),
        "thread apply all stepi", "detach"], folder)
    assert numbers(said, "pc") == [HERE["gdb_entry"], start, start + NOP, start,
                                   init, at["vfs_write"] + PAST_TRACE], said
    # To the next instruction, or into the vector of an interrupt that waits.
    assert numbers(said, "stepped")[0] not in (init, start), said
    assert re.search(r"\* 1 +Thread 1 \(web/0, on\).*\n +2 +Thread 2 "
                     r"\(web/1, off\)", said), said
    offset = start % (128 << 20)        # both kernels begin at a multiple
    code = [int(byte, 16) for line in
            re.findall(r"^ *0x[0-9a-f]+:((?:\s+0x[0-9a-f]{2})+)$", said, re.M)
            for byte in line.split()]
    assert bytes(code) == parts.linux(ARCH)[offset:offset + 8], said
    assert numbers(said, "sp")[0] > start, said
    assert not watch or re.search(r"hit Hardware access .* watchpoint 2",
                                  said), said
    assert re.search(r"web +2 +256 ?MiB .* paused", said), said
    assert "nothing is unknown" in said, said
    assert re.search(r"received signal SIGINT.*interrupted", said, re.S), said
    assert "detached" in said, said


def check_own_breakpoint(machine, folder):
    """One that gdb did not set goes to the guest's kernel."""
    said = attach(machine, "web", [f"set var {BREAKPOINT}", show("pc"),
                                   "detach"], folder)
    assert numbers(said, "pc"), said
    guests.wait_output(machine, "web", OWN_BREAKPOINT, 60)


def test_boot(machine, tmp_path):
    at = symbols(machine)
    assert "start_kernel" in at, at
    create(machine, "web")
    check_boot(machine, at, tmp_path)
    assert guests.state(machine, "web") == "running"
    guests.wait_output(machine, "web", "all-symbols", 90)
    check_own_breakpoint(machine, tmp_path)
    machine.send("guest gdb web\r")
    machine.expect(r"Ctrl-\] leaves[^\n]*\n", 20)
    machine.send(ESCAPE)
    machine.expect("gdb: left web, which is running", 20)
    machine.expect(PROMPT, 10)
    guests.destroy(machine, "web")


def with_line(boot, arch, tmp_path, legacy, cpus):
    """A guest that spins, where gdb's other line is and what it is called."""
    line = tmp_path / "line"
    machine = boot(cpus=2, archive=parts.archive(tmp_path / "archive.cpio", {
        "spin.bin": parts.guest("spin", arch)}), extra=[
            "-global", f"virtio-mmio.force-legacy={legacy}",
            "-device", "virtio-serial-device",
            "-device", "virtconsole,chardev=gdb", "-chardev",
            f"socket,id=gdb,path={line},server=on,wait=off"])
    guests.start(machine, "g", kernel="/spin.bin", memory="16M", cpus=cpus)
    guests.wait_output(machine, "g", "spins")
    name = re.search(r"no other line x, but (\S+)",
                     machine.command("guest gdb g --on x"))[1]
    return machine, line, name


def test_reset(boot, arch, tmp_path):
    """Of a guest that stands at a breakpoint, and of one that runs: it stops
    before its first instruction, breakpoints are still there, its code is what
    it was."""
    machine, line, name = with_line(boot, arch, tmp_path, "false", 1)
    machine.command(f"guest gdb g --on {name}")
    code = "x/2xw $pc"
    said = gdb.run_on(line, [show("pc"), code, "detach"], tmp_path)
    at, before = numbers(said, "pc")[0], re.findall(r":\s+(0x.*)", said)
    machine.command(f"guest gdb g --on {name}")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        debugger = pool.submit(gdb.run_on, line, [
            f"break *{at}", "continue", show("pc"), "monitor guest reset g",
            "maintenance flush register-cache", show("pc"), "continue",
            show("pc"), code, "delete",
            "monitor guest create mark --kernel /spin.bin --memory 16M",
            "continue", show("pc"), f"break *{at}", "continue", show("pc"),
            code, "detach"], tmp_path)
        guests.wait_until(lambda: "mark" in guests.table(machine) and
                          guests.state(machine, "g") == "running")
        machine.command("guest reset g", 30)
        said = debugger.result(200)
    entry = HERE["entry"]
    assert numbers(said, "pc") == [at, entry, at, entry, at], said
    assert re.findall(r":\s+(0x.*)", said) == 2 * before, said
    guests.wait_output(machine, "g", "(?s)spins.*spins")
    assert guests.state(machine, "g") == "running"
    guests.destroy(machine, "g", "mark")


def test_line_again(boot, arch, tmp_path):
    """Whoever detaches may come again at once, though its session still ends."""
    machine, line, name = with_line(boot, arch, tmp_path, "false", 2)
    command = f"guest gdb g --on {name}"
    assert "stands" in machine.command(command)
    for _ in range(10):
        with socket.socket(socket.AF_UNIX) as debugger:
            debugger.connect(str(line))
            debugger.sendall(b"$D#44")
            assert debugger.recv(7, socket.MSG_WAITALL) == b"+$OK#9a"
            assert "stands" in machine.command(command)
    assert "somebody uses it" in machine.command(command)


@pytest.mark.parametrize("legacy", ["true", "false"])
def test_other_line(boot, arch, tmp_path, legacy):
    """A virtio console is gdb's, the terminal stays the operator's."""
    machine, line, name = with_line(boot, arch, tmp_path, legacy, 2)
    assert "stands" in machine.command(f"guest gdb g --on {name}")
    assert "somebody uses it" in machine.command(f"guest gdb g --on {name}")
    assert guests.state(machine, "g") == "paused"
    machine.command("guest resume g")
    assert machine.status() != 0
    said = gdb.run_on(line, [
        show("pc"), "stepi", show("pc"), "monitor guest list",
        INTERRUPT.format(1), "continue", show("pc"), "detach"], tmp_path)
    assert len(numbers(said, "pc")) == 3 and "SIGINT" in said, said
    assert re.search(r"^g +2 .* paused", said, re.M), said
    assert guests.state(machine, "g") == "running"
    # Once more, by the name's last part; and it outlives its guest.
    last = name.rsplit("/")[-1]
    assert "stands" in machine.command(f"guest gdb g --on {last}")
    guests.destroy(machine, "g")
    said = gdb.run_on(line, [show("pc"), "continue"], tmp_path)
    assert "exited" in said, said
