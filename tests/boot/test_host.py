# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor alone comes up on the machines that it supports."""
import pytest

import guests
import parts


@pytest.mark.parametrize("gic", [2, 3])
@pytest.mark.parametrize("cpus", [1, 2, 8])
@pytest.mark.parametrize("cpu", ["cortex-a57", "cortex-a72",
                                 "max,pauth-impdef=on"])
def test_prompt(boot, cpu, cpus, gic):
    """All CPUs run and the terminal answers."""
    machine = boot(cpu=cpu, cpus=cpus, gic=gic)
    assert machine.command("echo up") == "up\n"
    assert f"{cpus} of {cpus} CPUs run" in machine.command("log")


@pytest.mark.parametrize("gic", [2, 3])
@pytest.mark.parametrize("cpus", [3, 5, 6, 7])
def test_guest_on_odd_numbers(boot, arch, tmp_path, cpus, gic):
    """A guest of four VCPUs runs on any number of CPUs, on the last too."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"psci.bin": parts.guest("psci", arch)})
    machine = boot(archive=archive, cpus=cpus, gic=gic)
    assert f"{cpus} of {cpus} CPUs run" in machine.command("log")
    guests.start(machine, "all", kernel="/psci.bin", memory="16M", cpus=4)
    guests.start(machine, "last", kernel="/psci.bin", memory="16M", cpus=2,
                 affinity=cpus - 1)
    guests.passes(machine, "all")
    guests.passes(machine, "last")


def test_prompt_small_memory(boot):
    """64 MiB of RAM are enough for a prompt."""
    assert "ok" in boot(memory="64M").command("echo ok")


def test_wrong_level(arch, log_path):
    """Entered at EL1 it says so in one line, and stops."""
    import machine
    with machine.Machine(log_path, arch=arch, machine="virtualization=off") as m:
        m.expect(r"EL2[^\n]*\n", timeout=10)
