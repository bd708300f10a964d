# SPDX-License-Identifier: GPL-2.0-or-later
"""Our bare-metal guests (tests/guest) come to their end and say PASS."""
import os
import subprocess

import pytest

import guests
import parts
from machine import ARCH, HERE, VARIANTS

# name, VCPUs
ON_ANY = {
    "arm64": [("psci", 4), ("smc", 2), ("gic", 4), ("mmio", 1), ("mmu", 2),
              ("el0", 2), ("timer", 2), ("fp", 4), ("sysreg", 2)],
    "riscv": [("sbi", 4), ("hsm", 4), ("timer", 2), ("fp", 4), ("mmio", 1),
              ("csr", 2), ("mmu", 2)],
}[ARCH]
# Interrupt controllers: name, --aia, machines; and what else they change.
CONTROLLERS = {
    "riscv": [("plic", "none", VARIANTS), ("aplic", "aplic", VARIANTS),
              ("imsic", "aplic-imsic", VARIANTS),
              ("csr", "aplic-imsic", VARIANTS),
              ("fp", "aplic-imsic", VARIANTS[:1])],
}.get(ARCH, [])


@pytest.fixture
def run(boot, arch, tmp_path):
    """run(name, vcpus, guest={options}, **machine options): boot, start the
    guest, judge it."""
    def run_guest(name, vcpus, guest=None, **options):
        archive = parts.archive(tmp_path / "archive.cpio",
                                {"guest.bin": parts.guest(name, arch)})
        machine = boot(archive=archive, **options)
        guests.start(machine, name, kernel="/guest.bin", cpus=vcpus,
                     memory="64M", **(guest or {}))
        guests.passes(machine, name)
        return machine
    return run_guest


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("host_cpus", [1, 2])
@pytest.mark.parametrize("name, vcpus", ON_ANY)
def test_passes(run, name, vcpus, host_cpus, variant):
    run(name, vcpus, cpus=host_cpus, variant=variant)


@pytest.mark.parametrize("cpu", HERE["cpus"][1:])
@pytest.mark.parametrize("name, vcpus", ON_ANY)
def test_passes_on(run, name, vcpus, cpu):
    run(name, vcpus, cpus=2, cpu=cpu)


@pytest.mark.parametrize("name, aia, variant", [
    (name, aia, variant) for name, aia, variants in CONTROLLERS
    for variant in variants])
def test_controller(run, name, aia, variant):
    run(name, 4, cpus=2, variant=variant, guest={"aia": aia})


@pytest.mark.parametrize("traced", ["", "exits"])
@pytest.mark.parametrize("name, vcpus", ON_ANY)
def test_traced(boot, arch, tmp_path, name, vcpus, traced):
    """Other entries that record in C, or by themselves; all the same to it."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"guest.bin": parts.guest(name, arch)})
    machine = boot(archive=archive, cpus=2)
    machine.command(f"trace on {traced}")
    assert machine.status() == 0
    guests.start(machine, name, kernel="/guest.bin", cpus=vcpus, memory="64M")
    guests.passes(machine, name)


@pytest.mark.parametrize("host_cpus", [1, 2])
def test_fp_of_two_guests(boot, arch, tmp_path, host_cpus):
    """Vector registers of two guests on the same host CPUs stay apart."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"fp.bin": parts.guest("fp", arch)})
    machine = boot(archive=archive, cpus=host_cpus)
    for name in ("one", "two"):
        guests.create(machine, name, kernel="/fp.bin", cpus=2, memory="16M")
    guests.kick(machine, "one", "two")
    guests.passes(machine, "one")
    guests.passes(machine, "two")


@pytest.mark.skipif(ARCH != "riscv", reason="it has no interrupt files")
def test_files_of_two_guests(boot, arch, tmp_path):
    """Guests leave nothing in a CPU's file, whatever it has."""
    built = os.path.join(parts.OUT, arch, "arch/riscv/guest/virt-imsic.dtb")
    text = subprocess.run(["dtc", "-q", "-O", "dts", built], check=True,
                          capture_output=True, text=True).stdout
    assert "riscv,num-ids = <0xff>" in text
    tree = subprocess.run(["dtc", "-q", "-O", "dtb"], check=True,
                          capture_output=True, input=text.replace(
                              "riscv,num-ids = <0xff>",
                              "riscv,num-ids = <63>").encode()).stdout
    archive = parts.archive(tmp_path / "archive.cpio", {
        "files.bin": parts.guest("files", arch), "g.dtb": tree})
    machine = boot(archive=archive, variant="imsic-10")
    for name in ("one", "two"):
        guests.create(machine, name, tree="/g.dtb", kernel="/files.bin",
                      cpus=1, memory="16M")
    guests.kick(machine, "one", "two")
    guests.passes(machine, "one")
    guests.passes(machine, "two")
