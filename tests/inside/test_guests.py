# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests under the debug configuration: a lock taken out of order, a sleep
with a lock held or a broken assertion is a panic, which ends the test."""
import pytest

import guests
import parts
from machine import HERE, VARIANTS

WORK = """
i=0
while [ $i -lt 4 ]; do
	yes | head -c 500000 | sha256sum >/dev/null & i=$((i + 1))
done
wait
ls -lR /proc/device-tree >/dev/null
echo work-done
"""


@pytest.fixture
def archive(arch, tmp_path):
    files = {f"{name}.bin": parts.guest(name, arch)
             for name in (HERE["power"], "spin", "idle")}
    initrd = parts.initrd(tmp_path / "initrd.gz", arch,
                          WORK + "poweroff -f\n")
    files.update({"guests/Image": parts.linux(arch),
                  "guests/initrd.gz": initrd})
    return parts.archive(tmp_path / "archive.cpio", files)


def linux(machine, name, cpus):
    guests.start(machine, name, cpus=cpus, kernel="/guests/Image",
                 initrd="/guests/initrd.gz", memory="128M",
                 append=f"console={HERE['console']} quiet")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cpus", [1, 4])
def test_linux(boot, archive, cpus, variant):
    """Paused, looked at and shut down while it works; one is destroyed."""
    machine = boot(debug=True, archive=archive, cpus=cpus, variant=variant)
    linux(machine, "web", 4)
    linux(machine, "db", 2)
    for _ in range(5):
        machine.command("guest pause web")
        machine.command("vcpu regs web/1")
        machine.command("guest resume web")
        machine.command("vcpu list")
    guests.destroy(machine, "db")
    guests.wait_output(machine, "web", "work-done", 50)
    assert guests.wait_end(machine, "web") == "halted"
    guests.destroy(machine, "web")


COMMANDS = ("kick", "pause", "resume", "reset", "info", "shutdown")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cpus", [1, 4])
def test_lives(boot, archive, cpus, variant):
    """Every command on every kind of guest in every state."""
    machine = boot(debug=True, archive=archive, cpus=cpus, variant=variant)
    for n in range(12):
        name = f"g{n % 5}"
        guests.create(machine, name, memory="16M", cpus=1 + n % 4,
                      kernel=f"/{(HERE['power'], 'spin', 'idle')[n % 3]}.bin")
        for i in range(6):
            machine.command(f"guest {COMMANDS[(n + i * (n + 1)) % 6]} {name}")
        guests.destroy(machine, name)
    assert guests.unhandled(machine) == 0
    assert not guests.table(machine)
