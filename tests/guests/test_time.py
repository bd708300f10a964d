# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest's clock stands while it is paused."""
import time

import guests
import parts


def test_physical_timer_in_pause(boot, arch, tmp_path):
    archive = parts.archive(tmp_path / "archive.cpio",
                            {"guest.bin": parts.guest("ptimer", arch)})
    machine = boot(archive=archive, cpus=2)
    guests.start(machine, "web", kernel="/guest.bin", memory="64M")
    guests.wait_output(machine, "web", "armed")
    machine.command("guest pause web")
    time.sleep(2.5)
    machine.command("guest resume web")
    guests.passes(machine, "web")
