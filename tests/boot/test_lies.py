# SPDX-License-Identifier: GPL-2.0-or-later
"""Host trees with lies in them: what is not there costs a line in the log, and
the boot goes on with the rest; without what nothing works it ends in words."""
import re

import pytest

import guests
import machine as machines
import parts
from machine import ARCH, HERE

NOWHERE = 0x9500000             # no device of either machine
FAR = HERE["ram"] + 0x100000000  # beyond all its RAM
NODES = {"arm64": {"uart": "pl011@9000000", "rtc": "pl031@9010000",
                   "bus": "", "irq": "0x00 0x3ff 0x04"},
         "riscv": {"uart": "serial@10000000", "rtc": "rtc@101000",
                   "bus": "/soc", "irq": "0x3ff"}}[ARCH]


def in_node(text, name, pattern, new):
    """What fits PATTERN in the node of that name is NEW instead."""
    start = text.index(name + " {")
    end = text.index("};", start)
    body, count = re.subn(pattern, new, text[start:end])
    assert count == 1, text[start:end]
    return text[:start] + body + text[end:]


def at_nowhere(name):
    return lambda text: in_node(text, name, r"reg = <0x00 0x\w+ ",
                                f"reg = <0x00 {NOWHERE:#x} ")


def before_cpus(node):
    return lambda text: text.replace("\n\tcpus {", f"\n\t{node}\n\tcpus {{", 1)


@pytest.fixture
def lying(log_path, tmp_path, arch):
    """lying(edit, **options): a machine with guests' kernels that starts with
    its tree edited so."""
    running = []
    path = parts.archive(tmp_path / "archive.cpio", {
        f"{name}.bin": parts.guest(name, arch)
        for name in ("idle", HERE["power"])})

    def start(edit, script="", **options):
        files = {"archive": path}
        if script:
            files["archive"] = parts.archive(tmp_path / "script.cpio",
                                             {"boot.cmd": script})
        plain = machines.Machine(log_path, **files, **options)
        tree = parts.edited_tree(plain, tmp_path / "host.dtb", edit)
        made = machines.Machine(log_path, **files, extra=["-dtb", tree],
                                **options)
        running.append(made.__enter__())
        return made

    yield start
    for made in running:
        made.__exit__()


def works(machine, cpus=1):
    """A guest runs on each of its CPUs."""
    guests.start(machine, "smp", kernel=f"/{HERE['power']}.bin", memory="16M",
                 cpus=4)
    guests.passes(machine, "smp")
    assert len(guests.document(machine, "host cpus")["cpus"]) >= cpus


def test_ram_that_is_not_there(lying):
    """Left out, told; what there is serves guests, more is refused."""
    machine = lying(before_cpus(
        f"ram@{FAR:x} {{ device_type = \"memory\"; "
        f"reg = <{FAR >> 32:#x} {FAR & 0xffffffff:#x} 0 0x20000000>; }};"))
    said = machine.start()
    assert f"memory: {FAR:#x}: 512M: no answer" in said, said
    assert guests.memory_used(machine)["total"] <= 1 << 30
    guests.start(machine, "big", kernel="/idle.bin", memory="800M")
    guests.wait_output(machine, "big", "idles")
    said = machine.command("guest create more --kernel /idle.bin "
                           "--memory 300M", 30)
    assert machine.status() != 0 and "memory" in said, said


def test_overlapping_banks(lying):
    """Counted once."""
    ram = HERE["ram"]
    machine = lying(before_cpus(
        f"ram@{ram + 0x8000000:x} {{ device_type = \"memory\"; "
        f"reg = <0 {ram + 0x8000000:#x} 0 0x10000000 "
        f"0 {ram + 0x8000000:#x} 0 0x4000000>; }};"))
    machine.start()
    assert (990 << 20) < guests.memory_used(machine)["total"] <= 1 << 30
    guests.start(machine, "big", kernel="/idle.bin", memory="800M")
    guests.wait_output(machine, "big", "idles")


def one_more_cpu(text):
    """A copy of the first one, with another number and handles."""
    start = text.index("cpu@0 {")
    end = start + re.search(r"\n\t\t\};", text[start:]).end()
    node = text[start:end].replace("cpu@0", "cpu@5").replace(
        "reg = <0x00>", "reg = <0x05>")
    node = re.sub(r"phandle = <(0x\w+)>",
                  lambda m: f"phandle = <{int(m[1], 16) + 0x1000:#x}>", node)
    return text[:end] + "\n" + node + text[end:]


def test_cpu_that_does_not_come(lying):
    """One line within a second or two; the others run, and guests on them."""
    machine = lying(one_more_cpu, cpus=2)
    said = machine.start()
    assert len(re.findall(r"E (?:psci|cpu): [^\n]*cpu[ @]\d", said)) == 1, said
    assert "2 of 3 CPUs run" in said, said
    online = [cpu["online"] for cpu in
              guests.document(machine, "host cpus")["cpus"]]
    assert sorted(online) == [False, True, True]
    works(machine, 3)
    away = online.index(False)
    machine.command(f"guest create off --kernel /idle.bin --memory 16M "
                    f"--affinity {away}", 30)
    assert machine.status() != 0


def test_clock_of_day_that_is_not_there(lying):
    machine = lying(at_nowhere(NODES["rtc"]))
    said = machine.start()
    assert len(re.findall(r"no answer", said)) == 1, said
    works(machine)




def test_interrupt_beyond_the_controller(lying):
    """The console cannot be typed at by it; all else goes on."""
    machine = lying(lambda text: in_node(
        text, NODES["uart"], "interrupts = <[^>]*>",
        f"interrupts = <{NODES['irq']}>"), script="echo script-runs\nshutdown\n")
    machine.expect(r"E device: [^\n]*interrupt", 20)
    machine.expect("script-runs", 20)
    assert machine.wait_end(20) == 0


@pytest.mark.skipif(ARCH != "arm64", reason="RISC-V's firmware uses it first")
def test_console_that_is_not_there(lying):
    """Nobody hears it, but the boot script runs to its end."""
    machine = lying(at_nowhere(NODES["uart"]), script="shutdown\n")
    assert machine.wait_end(30) == 0


@pytest.mark.skipif(ARCH != "riscv", reason="the firmware has a console there")
def test_console_chosen_wrongly(lying):
    """The firmware's takes its place."""
    machine = lying(
        before_cpus(f"serial@{NOWHERE:x} {{ compatible = \"ns16550a\"; "
                    f"reg = <0 {NOWHERE:#x} 0 0x100>; "
                    "interrupts = <11>; };"),
        append=f"console=/serial@{NOWHERE:x}")
    machine.start()
    assert machine.command("echo typed") == "typed\n"
    works(machine)


@pytest.mark.skipif(ARCH != "riscv", reason="without a GIC nothing works")
def test_no_external_interrupts(lying):
    """Without a PLIC there are timers, calls and the firmware's console."""
    machine = lying(lambda text: text.replace("riscv,plic0", "example,plic")
                    .replace("sifive,plic-1.0.0", "example,plic"))
    said = machine.start()
    assert "is not of the root controller" in said, said
    works(machine)


@pytest.mark.skipif(ARCH != "arm64", reason="the firmware stops before us")
@pytest.mark.parametrize("compatible, words", [
    ("arm,armv8-timer", "panic: boot: timer: "),
    ("arm,gic-v3", "panic: boot: interrupt controller: ")])
def test_ends_in_words(lying, compatible, words):
    """No exception, but a sentence."""
    def edit(text):
        assert compatible in text
        return text.replace(compatible, "example,nothing").replace(
            "arm,armv7-timer", "example,nothing")
    lying(edit).expect(words, 20)
