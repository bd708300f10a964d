# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor alone comes up on the machines that it supports."""
import pytest

import guests
import machine as machines
import parts
from machine import ARCH, HERE, VARIANTS


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cpus", [1, 2, 8])
@pytest.mark.parametrize("cpu", HERE["cpus"])
def test_prompt(boot, cpu, cpus, variant):
    """All CPUs run and the terminal answers."""
    machine = boot(cpu=cpu, cpus=cpus, variant=variant)
    assert machine.command("echo up") == "up\n"
    assert f"{cpus} of {cpus} CPUs run" in machine.command("log")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cpus", [3, 5, 6, 7])
def test_guest_on_odd_numbers(boot, arch, tmp_path, cpus, variant):
    """A guest of four VCPUs runs on any number of CPUs, on the last too."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"smp.bin": parts.guest(HERE["power"], arch)})
    machine = boot(archive=archive, cpus=cpus, variant=variant)
    assert f"{cpus} of {cpus} CPUs run" in machine.command("log")
    guests.start(machine, "all", kernel="/smp.bin", memory="16M", cpus=4)
    guests.start(machine, "last", kernel="/smp.bin", memory="16M", cpus=2,
                 affinity=cpus - 1)
    guests.passes(machine, "all")
    guests.passes(machine, "last")


TWO_NODES = ["-object", "memory-backend-ram,id=first,size=256M",
             "-object", "memory-backend-ram,id=second,size=768M",
             "-numa", "node,memdev=first", "-numa", "node,memdev=second"]


def test_two_nodes(boot):
    """CPUs in two sockets, which may have interrupt controllers each."""
    machine = boot(cpus=2, extra=TWO_NODES)
    assert machine.command("echo up") == "up\n"


MITIGATED = {
    "arm64": {"cortex-a57": "not mitigated: the firmware",
              "max,pauth-impdef=on": "isolated by the CPU (CSV2)|"
                                     "cleared on entry from guests|"
                                     "not affected"},
    "riscv": {"rv64": "RISC-V has no barrier"}}[ARCH]


@pytest.mark.parametrize("cpu", MITIGATED)
def test_speculation(boot, cpu):
    """What is done against it is chosen at boot, and told."""
    said = guests.document(boot(cpu=cpu), "host info")["branch_prediction"]
    assert any(words in said for words in MITIGATED[cpu].split("|")), said


@pytest.mark.skipif(ARCH != "arm64", reason="there is nothing to choose")
def test_mitigations_off(boot):
    info = guests.document(boot(append="mitigations=off"), "host info")
    assert info["branch_prediction"] == "not mitigated (mitigations=off)"


def test_prompt_small_memory(boot):
    """64 MiB of RAM are enough for a prompt."""
    assert "ok" in boot(memory="64M").command("echo ok")


# Without what virtualizes: the machine, and what is said then.
WITHOUT = {"arm64": ({"machine": "virtualization=off"}, "EL2"),
           "riscv": ({"cpu": "rv64,h=off"}, "hypervisor extension")}


def test_cannot(log_path):
    """Entered where it can do nothing it says so in one line, and stops."""
    options, word = WITHOUT[ARCH]
    with machines.Machine(log_path, **options) as m:
        m.expect(word + r"[^\n]*\n", timeout=10)


# What OpenSBI drives, and we do not: it looks at the first letters of the
# status only.  What it does not, and we do.
HIDDEN_UART = ('compatible = "ns16550a";',
               'compatible = "ns16550a"; status = "okay-for-firmware";')
PLAIN_TEST = ('"sifive,test1\\0sifive,test0\\0syscon"',
              '"example,test\\0syscon"')


@pytest.fixture
def edited(log_path, tmp_path):
    """edited(old, new, **options): a machine whose tree has new for old."""
    running = []

    def start(old, new, **options):
        def edit(text):
            assert old in text, text
            return text.replace(old, new)
        plain = machines.Machine(log_path, **options)
        tree = parts.edited_tree(plain, tmp_path / "host.dtb", edit)
        made = machines.Machine(log_path, extra=["-dtb", tree], **options)
        running.append(made.__enter__())
        made.start()
        return made

    yield start
    for made in running:
        made.__exit__()


@pytest.mark.skipif(ARCH != "riscv", reason="firmware with a console is SBI's")
@pytest.mark.parametrize("variant", ["plic", "plic-10"])
def test_firmware_console(edited, variant):
    """Where there is no UART for us, whatever console= says, the firmware's
    console serves: by the calls of SBI 3.0, and by those of old."""
    machine = edited(*HIDDEN_UART, variant=variant,
                     append="console=/soc/serial@10000000")
    assert machine.command("echo " + "typed " * 30) == "typed " * 29 + "typed\n"
    machine.send("shutdown\r")
    assert machine.wait_end() == 0


@pytest.mark.skipif(ARCH != "riscv", reason="QEMU's other machines have none")
def test_power_by_register(edited):
    """Reset and power-off by syscon, where the firmware can do neither."""
    machine = edited(*PLAIN_TEST)
    machine.send("reset\r")
    machine.start()
    assert machine.command("echo again") == "again\n"
    machine.send("shutdown\r")
    assert machine.wait_end() == 0
