# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's U-Boot, as a guest's firmware and as our loader."""
import os

import pytest

import guests
import machine as machines
import parts

UBOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
U_PROMPT = r"=> $"


def ask(machine, line, pattern):
    """Type a line at U-Boot's prompt; it answers the pattern."""
    machine.send(line + "\r")
    found = machine.expect(pattern, 20)
    machine.expect(U_PROMPT, 20)
    return found


@pytest.mark.parametrize("gic", [2, 3])
def test_firmware(boot, tmp_path, gic):
    """In a guest it reaches its prompt, knows RAM and flash, and resets."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"guests/u-boot.bin": parts.read(UBOOT)})
    machine = boot(archive=archive, gic=gic)
    guests.create(machine, "fw", firmware="/guests/u-boot.bin", memory="128M")
    guests.kick(machine, "fw")
    guests.attach(machine, "fw")
    machine.expect("autoboot", 30)
    machine.send(" ")
    machine.expect(U_PROMPT, 30)
    ask(machine, "version", r"U-Boot 20\d\d\.")
    ask(machine, "bdinfo", r"-> size\s+= 0x0*8000000\b")
    ask(machine, "flinfo", r"Bank # 2")
    ask(machine, "protect off all", r"2")
    ask(machine, "mw.l 42000000 cafe1234 1; erase 4000000 403ffff; "
        "cp.b 42000000 4000000 4; md.l 4000000 1", r"04000000: cafe1234")
    machine.send("reset\r")
    machine.expect("autoboot", 30)
    machine.send(" ")
    machine.expect(U_PROMPT, 30)
    ask(machine, "md.l 4000000 1", r"04000000: cafe1234")
    machine.send("poweroff\r")
    machine.expect(r"poweroff", 10)
    guests.detach(machine)
    assert guests.wait_end(machine, "fw") == "halted"


def test_loader(arch, log_path, tmp_path):
    """It starts vmm.bin by booti, with a boot archive."""
    image = parts.image(arch)
    archive = parts.archive(tmp_path / "archive.cpio", {"word.txt": "here\n"})
    extra = ["-bios", UBOOT]
    for path, address in ((image, 0x44000000), (archive, 0x48000000)):
        extra += ["-device", f"loader,file={path},addr={address:#x},"
                  "force-raw=on"]
    with machines.Machine(log_path, arch=arch, image=None, kernel=False,
                          extra=extra) as machine:
        machine.expect("autoboot", 30)
        machine.send(" ")
        machine.expect(U_PROMPT, 30)
        machine.send(f"booti 44000000 48000000:{os.path.getsize(archive):x} "
                     "${fdtcontroladdr}\r")
        machine.start(30)
        assert machine.command("cat /word.txt") == "here\n"
        assert "1 of 1 online" in machine.command("host info")
