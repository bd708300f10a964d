# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory of many shapes below us, packed images, guests that reboot."""
import gzip
import re

import pytest

import guests
import machine as machines
import parts
import newc  # of tools, where parts finds it
from machine import HERE


@pytest.fixture
def idle(arch):
    return {"idle.bin": parts.guest("idle", arch)}


def start_idle(machine, **options):
    guests.start(machine, "idle", kernel="/idle.bin", **options)
    guests.wait_output(machine, "idle", "idles")


@pytest.mark.parametrize("memory, guest", [("512M", "256M"), ("6G", "5G")])
def test_memory(boot, tmp_path, idle, memory, guest):
    """All of the host's RAM is there for guests."""
    machine = boot(archive=parts.archive(tmp_path / "archive.cpio", idle),
                   memory=memory)
    start_idle(machine, memory=guest)
    guests.destroy(machine, "idle")


RESERVED = """
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		held@PLACE {
			reg = <0 0xPLACE 0 0x8000000>;
			no-map;
		};
	};
""".replace("PLACE", f"{HERE['ram'] + 0x20000000:x}")


def two_banks(text):
    """Its memory in two pieces, and the region."""
    ram = HERE["ram"]
    text, count = re.subn(
        rf"(memory@{ram:x} \{{[^}}]*reg = )<[^>]*>",
        rf"\1<0 {ram:#x} 0 0x10000000 0 {ram + 0x10000000:#x} 0 0x30000000>",
        text)
    assert count == 1, text
    return text.replace("\n\tcpus {", RESERVED + "\n\tcpus {")


def test_banks_and_reserved(log_path, tmp_path, idle):
    """Two banks of RAM, with a region of the second that is not ours."""
    archive = parts.archive(tmp_path / "archive.cpio", idle)
    plain = machines.Machine(log_path, archive=archive, cpus=2)
    tree = parts.edited_tree(plain, tmp_path / "host.dtb", two_banks)
    with machines.Machine(log_path, archive=archive, cpus=2,
                          extra=["-dtb", tree]) as machine:
        machine.start()
        total = guests.memory_used(machine)["total"]
        assert (880 << 20) < total <= (896 << 20)
        start_idle(machine, memory="700M")
        said = machine.command("guest create big --memory 300M "
                               "--kernel /idle.bin", 30)
        assert machine.status() != 0 and "memory" in said, said
        guests.destroy(machine, "idle")
        start_idle(machine, memory="300M")


def test_gzip_archive(boot, tmp_path, idle):
    plain = parts.archive(tmp_path / "archive.cpio", idle)
    packed = tmp_path / "archive.cpio.gz"
    packed.write_bytes(gzip.compress(parts.read(plain)))
    start_idle(boot(archive=packed), memory="16M")


@pytest.mark.parametrize("cut", [1, 100, 0x3001])
def test_truncated_archive(arch, log_path, tmp_path, idle, cut):
    """The prompt comes, and says what is wrong with the archive."""
    path = tmp_path / "archive.cpio"
    whole = parts.read(parts.archive(path, {**idle, "last.txt": "x" * 20000}))
    path.write_bytes(whole[:-512 - 20000 // 2 - cut])
    with machines.Machine(log_path, arch=arch, archive=path) as machine:
        said = machine.start()
        assert re.search(r"archive.*(trunc|end|cut)", said, re.I), said
        assert machine.command("echo alive") == "alive\n"


def test_links_in_archive(arch, log_path, tmp_path, idle):
    """Symbolic links are left out, each with a line that says so."""
    made = newc.Archive()
    made.file("idle.bin", idle["idle.bin"])
    made.link("kernel", "/idle.bin")
    made.link("sub/loop", "loop")
    path = tmp_path / "archive.cpio"
    path.write_bytes(made.bytes())
    with machines.Machine(log_path, arch=arch, archive=path) as machine:
        said = machine.start()
        for name in ("kernel", "sub/loop"):
            assert re.search(rf"archive: /{name}: a symbolic link: left out", said), said
        said = machine.command("guest create g --kernel /kernel")
        assert machine.status() != 0 and "/kernel" in said
        start_idle(machine, memory="16M")


def test_gzip_kernel_reboots(boot, arch, tmp_path):
    """A compressed kernel starts; its reboot resets the guest alone."""
    script = ("if [ -z \"$(grep second /proc/cmdline)\" ]; then\n"
              "\techo reboots-now; sleep 0.2; reboot -f\nfi\n")
    archive = parts.archive(tmp_path / "archive.cpio", {
        "Image.gz": gzip.compress(parts.linux(arch), 1),
        "initrd.gz": parts.initrd(tmp_path / "initrd.gz", arch, script)})
    machine = boot(archive=archive, cpus=2)
    guests.start(machine, "web", kernel="/Image.gz", initrd="/initrd.gz",
                 cpus=2, memory="192M", append=f"console={HERE['console']} quiet")
    guests.wait_output(machine, "web", r"(?s)reboots-now.*reboots-now", 50)
    assert guests.state(machine, "web") == "running"
    guests.destroy(machine, "web")
