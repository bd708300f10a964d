# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests from trees of files: what `vmm,` properties do, and where in a tree's
source its mistakes are."""
import os
import re
import subprocess

import pytest

import guests
import parts
import scripted
import trees
from machine import ARCH

NAMES = ["idle", "tree", *{"arm64": ["smc"]}.get(ARCH, [])]


@pytest.fixture
def start(boot, arch, tmp_path):
    """start(FILES): a machine with our guests' kernels and these."""
    def start_with(files):
        files = {**{f"{name}.bin": parts.guest(name, arch) for name in NAMES},
                 **files}
        return boot(archive=parts.archive(tmp_path / "archive.cpio", files),
                    cpus=2)
    return start_with


def checksum(data):
    """FNV-1a, which the guest `tree` prints of what it got."""
    total = 0xcbf29ce484222325
    for byte in data:
        total = (total ^ byte) * 0x100000001b3 % (1 << 64)
    return total


def test_tree_for_the_system(start):
    """`vmm,os-tree`: each byte of another tree arrives, also after a reset."""
    other = trees.blob({"compatible": "example,other", "words": [1, 2, 3],
                        "node": {"text": "nothing that we know"}})
    root = trees.edited({"/chosen/vmm,os-tree": "/other.dtb"},
                        kernel="/tree.bin")
    second = trees.edited({"/chosen/vmm,os-tree": "/others.dtb"},
                          kernel="/tree.bin")
    machine = start({"g.dtb": trees.blob(root), "h.dtb": trees.blob(second),
                     "other.dtb": other, "four": "4444",
                     "others.dtb": other})
    guests.start(machine, "g", tree="/g.dtb")
    guests.passes(machine, "g")
    expected = f"tree {len(other)} {checksum(other):x}"
    assert expected in guests.output(machine, "g").splitlines()
    assert "/other.dtb" in machine.command("guest info g")
    # Wherever the archive has them, trees are shown.
    for name in ("g", "h"):
        machine.command(f"guest create h --tree /{name}.dtb")
        said = machine.command("guest tree h")
        assert "nothing that we know" in said, said
        machine.command("guest destroy h")
    machine.command("guest reset g")
    guests.wait_output(machine, "g", f"(?s){expected}.*{expected}")


def test_no_power_button(start):
    """`guest shutdown` without keys in the tree: what to do instead."""
    machine = start({"g.dtb": trees.blob(trees.edited({},
                                                      kernel="/idle.bin"))})
    guests.start(machine, "g", tree="/g.dtb")
    said = machine.command("guest shutdown g")
    assert machine.status() != 0
    for way in ("console g", "guest destroy g"):
        assert f"`{way}`" in said, said
    assert guests.state(machine, "g") == "running"


PAUSE = """\
guest create g --tree /g.dtb
guest kick g
sleep 10ms
guest pause g
echo == paused
guest list
sleep 200ms
guest resume g
sleep 50ms
echo == end
guest log g
shutdown
"""


@pytest.mark.parametrize("clock", ["guest", "host"])
def test_clock_in_pause(log_path, tmp_path, clock):
    """A guest's clock does not show that it was paused, the host's does."""
    changes = {"/vmm,clock": "host"} if clock == "host" else {}
    tree = trees.blob(trees.edited(changes, kernel="/clock.bin"))
    said = scripted.run(log_path, tmp_path, PAUSE, ["clock"],
                        files={"g.dtb": tree})
    assert re.search(r"^g .* paused\b", said["paused"], re.M), said
    jumps = re.findall(r"jumped by ms\W+(\w+)", said["end"])
    if clock == "host":
        assert [int(ms, 0) // 10 for ms in jumps] == [20], said
    else:
        assert not jumps and "\nPASS" in said["end"], said


def test_autostart(start):
    machine = start({"g.dtb": trees.blob(trees.edited({"/vmm,autostart": None}))})
    guests.create(machine, "g", tree="/g.dtb")
    guests.wait_output(machine, "g", "idles")


@pytest.mark.skipif(ARCH != "arm64", reason="PSCI is Arm's")
def test_method_smc(start):
    """A tree of two CPUs that says PSCI is called by SMC."""
    machine = start({"g.dtb": trees.blob(trees.edited(
        {"/psci/method": "smc", "/cpus/cpu@1": trees.cpu(1)},
        kernel="/smc.bin"))})
    guests.start(machine, "g", tree="/g.dtb")
    guests.passes(machine, "g")


# The numbers of lines are those that the messages must name.
SOURCES = {"arm64": """/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	interrupt-parent = <&gic>;
	chosen {
		vmm,kernle = "/idle.bin";
	};
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 {
			device_type = "cpu";
			reg = <0>;
			vmm,priority = <300>;
		};
	};
	memory@40000000 {
		device_type = "memory";
		reg = <0 0x40000000 0 0x2000000>;
	};
	gic: gic@8000000 {
		compatible = "arm,gic-v3";
		reg = <0 0x8000000 0 0x10000 0 0x80a0000 0 0x40000>;
		interrupt-controller;
		#interrupt-cells = <3>;
	};
	serial@9000000 {
		compatible = "arm,pl01";
		reg = <0 0x9000000 0 0x1000>;
		interrupts = <0 1 4>;
	};
};
""", "riscv": """/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	interrupt-parent = <&plic>;
	chosen {
		vmm,kernle = "/idle.bin";
	};
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 {
			device_type = "cpu";
			reg = <0>;
			vmm,priority = <300>;
			intc: interrupt-controller {
				compatible = "riscv,cpu-intc";
				interrupt-controller;
				#interrupt-cells = <1>;
			};
		};
	};
	memory@80000000 {
		device_type = "memory";
		reg = <0 0x80000000 0 0x2000000>;
	};
	plic: plic@c000000 {
		compatible = "sifive,plic-1.0.0", "riscv,plic0";
		reg = <0 0xc000000 0 0x600000>;
		interrupts-extended = <&intc 11>, <&intc 9>;
		interrupt-controller;
		#interrupt-cells = <1>;
		riscv,ndev = <96>;
	};
	serial@10000000 {
		compatible = "ns1655";
		reg = <0 0x10000000 0 0x100>;
		interrupts = <10>;
	};
};
"""}
SOURCE = SOURCES[ARCH]
PLACES = [(7, "vmm,kernle"), (15, "vmm,priority"),
          {"arm64": (29, "arm,pl01"), "riscv": (36, "ns1655")}[ARCH],
          (2, "nothing is there to start")]


@pytest.fixture
def compiled(tmp_path):
    """SOURCE's tree and map, by tools/mktree, as /g.dtb and /g.dtb.map."""
    source = tmp_path / "machine.dts"
    source.write_text(SOURCE)
    subprocess.run([os.path.join(parts.TOP, "tools", "mktree"), "machine.dts",
                    "g.dtb"], cwd=tmp_path, check=True)
    return {name: parts.read(tmp_path / name) for name in
            ("g.dtb", "g.dtb.map")}


def test_places(start, compiled):
    """Each message begins with file and line of the source."""
    machine = start(compiled)
    said = machine.command("guest create g --tree /g.dtb")
    for line, words in PLACES:
        assert re.search(rf"g: machine\.dts:{line}: [^\n]*{words}", said), said
    assert said.count("error: guest: g: machine.dts:") == len(PLACES), said


@pytest.mark.parametrize("damage", [
    lambda text: b"", lambda text: text[:37], lambda text: b"\0" * 9999,
    lambda text: b"/ " * 5000, lambda text: text.replace(b"\n", b"x" * 300)],
    ids=["empty", "cut", "zeroes", "one line", "long lines"])
def test_damaged_map(start, compiled, damage):
    """The mistakes are told all the same."""
    compiled["g.dtb.map"] = damage(compiled["g.dtb.map"])
    machine = start(compiled)
    said = machine.command("guest create g --tree /g.dtb")
    for _, words in PLACES:
        assert words in said, said
    assert machine.command("echo alive") == "alive\n"
