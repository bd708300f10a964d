# SPDX-License-Identifier: GPL-2.0-or-later
"""What the terminal shows of VCPUs that do not run."""
import guests
import parts


def test_paused_and_never_on(boot, arch, tmp_path):
    """They are listed once; who was never on has nothing in its registers."""
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"guest.bin": parts.guest("ptimer", arch)})
    machine = boot(archive=archive, cpus=2)
    guests.start(machine, "web", kernel="/guest.bin", cpus=2, memory="64M")
    guests.wait_output(machine, "web", "armed")
    machine.command("guest pause web")
    said = machine.command("vcpu list")
    assert machine.status() == 0
    for name in ("web/0", "web/1"):
        assert said.count(name) == 1, said
    said = machine.command("vcpu regs web/1")
    assert machine.status() == 0
    assert "0000000000000000" in said and "a5a5a5a5" not in said, said
