# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's U-Boot, as a guest's firmware and as our loader."""
import os

import pytest

import guests
import machine as machines
import parts

U_PROMPT = r"=> $"

# The program; how a guest is created with it, and where its second flash is;
# how the machine starts it.
UBOOTS = {
    "arm64": {"program": "/usr/lib/u-boot/qemu_arm64/u-boot.bin",
              "create": "firmware", "flash": 0x4000000, "start": "-bios"},
    "riscv": {"program": "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin",
              "create": "kernel", "flash": 0x22000000, "start": "-kernel"},
}
RAM = machines.HERE["ram"]
HERE = UBOOTS[machines.ARCH]
UBOOT = HERE["program"]


def ask(machine, line, pattern):
    """Type a line at U-Boot's prompt; it answers the pattern."""
    machine.send(line + "\r")
    found = machine.expect(pattern, 20)
    machine.expect(U_PROMPT, 20)
    return found


@pytest.mark.parametrize("variant", machines.VARIANTS)
def test_firmware(boot, tmp_path, variant):
    """In a guest it reaches its prompt, knows RAM and flash, and resets."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"guests/u-boot.bin": parts.read(UBOOT)})
    machine = boot(archive=archive, variant=variant)
    guests.create(machine, "fw", memory="128M",
                  **{HERE["create"]: "/guests/u-boot.bin"})
    guests.kick(machine, "fw")
    guests.attach(machine, "fw")
    machine.expect("autoboot", 30)
    machine.send(" ")
    machine.expect(U_PROMPT, 30)
    ask(machine, "version", r"U-Boot 20\d\d\.")
    ask(machine, "bdinfo", r"-> size\s+= 0x0*8000000\b")
    ram, flash = RAM + 0x2000000, HERE["flash"]
    kept = (f"md.l {flash:x} 1", f"{flash:08x}: cafe1234")
    ask(machine, "flinfo", r"Bank # 2")
    ask(machine, "protect off all", r"2")
    ask(machine, f"mw.l {ram:x} cafe1234 1; erase {flash:x} "
        f"{flash + 0x3ffff:x}; cp.b {ram:x} {flash:x} 4", r"done")
    ask(machine, *kept)
    machine.send("reset\r")
    machine.expect("autoboot", 30)
    machine.send(" ")
    machine.expect(U_PROMPT, 30)
    ask(machine, *kept)
    machine.send("poweroff\r")
    machine.expect(r"poweroff", 10)
    guests.detach(machine)
    assert guests.wait_end(machine, "fw") == "halted"


def test_loader(arch, log_path, tmp_path):
    """It starts vmm.bin by booti, with a boot archive."""
    image = parts.image(arch)
    archive = parts.archive(tmp_path / "archive.cpio", {"word.txt": "here\n"})
    extra = [HERE["start"], UBOOT]
    places = RAM + 0x4000000, RAM + 0x8000000
    for path, address in zip((image, archive), places):
        extra += ["-device", f"loader,file={path},addr={address:#x},"
                  "force-raw=on"]
    with machines.Machine(log_path, arch=arch, image=None, kernel=False,
                          extra=extra) as machine:
        machine.expect("autoboot", 30)
        machine.send(" ")
        machine.expect(U_PROMPT, 30)
        machine.send(f"booti {places[0]:x} {places[1]:x}:"
                     f"{os.path.getsize(archive):x} ${{fdtcontroladdr}}\r")
        machine.start(30)
        assert machine.command("cat /word.txt") == "here\n"
        assert guests.document(machine, "host info")["online_cpus"] == 1
