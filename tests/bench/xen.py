# SPDX-License-Identifier: GPL-2.0-or-later
"""Xen of the distribution, with guests that it starts itself (its
docs/features/dom0less.pandoc)."""
import os
import struct
from glob import glob

from common import figures_in
from counter import Counter
from peer import RAM, Absent, fetch, machine_of
from rows import MIB

# Where kernels of its guests and the initramfs of one are before.
XEN_GUESTS, XEN_INITRD = (0x50000000, 0x54000000), 0x58000000
XEN_KERNEL = 0x80000            # what a raw one's offset in RAM is
# Timers are not put together, which lets them be 50 us late by default.
XEN_TREE = """
/ {{
	aliases {{ serial0 = "/pl011@9000000"; }};
	chosen {{
		xen,xen-bootargs =
		    "console=dtuart dtuart=serial0 bootscrub=0 timer_slop=0";
		{}
	}};
}};
"""
XEN_DOMAIN = """
domU{at:x} {{
	compatible = "xen,domain";
	#address-cells = <2>;
	#size-cells = <2>;
	memory = <0 {memory:#x}>;
	cpus = <{cpus}>;
	vpl011;
	module@{at:x} {{
		compatible = "multiboot,kernel", "multiboot,module";
		reg = <0 {at:#x} 0 {size:#x}>;
		bootargs = "{words}";
	}};
	{ramdisk}
}};
"""
XEN_RAMDISK = f"""
	module@{XEN_INITRD:x} {{{{
		compatible = "multiboot,ramdisk", "multiboot,module";
		reg = <0 {XEN_INITRD:#x} 0 {{size:#x}}>;
	}}}};
"""
XEN_RAM = 256 * MIB             # of all its guests
ARM64_WAIT = struct.pack("<2I", 0xd503207f, 0x17ffffff)         # wfi, again
SWITCH_INPUT = "\x01" * 3


def image_of(raw):
    """A raw kernel behind a header (Linux's Documentation/arm64/booting.rst)
    that puts it where a raw one goes."""
    size = 4096
    header = struct.pack(
        "<2I6Q4sI", 0x14000000 | size // 4, 0, XEN_KERNEL - size,
        size + len(raw) + MIB, 0xa, 0, 0, 0, b"ARM\x64", 0)
    return header + bytes(size - len(header)) + raw


def xen_binary(bench):
    found = glob(bench.parts.pinned("xen-arm64") + "/boot/xen-*[0-9m]64")
    if not found:
        raise Absent("its package has no boot/xen-*")
    return found[0]


def loaded(bench, name, at, data):
    """QEMU's arguments that have DATA there."""
    path = bench.path(name)
    with open(path, "wb") as file:
        file.write(data)
    return ["-device", f"loader,file={path},addr={at:#x},force-raw=on"]


def xen_machine(bench, name, image, words=("",), **options):
    """With one guest of this kernel for each string of WORDS, the arguments.
    OPTIONS: initrd, vcpus of each guest, options of the machine."""
    extra, domains = list(options.pop("extra", ())), ""
    initrd, vcpus = options.pop("initrd", b""), options.pop("vcpus", 1)
    for at, said in zip(XEN_GUESTS, words):
        ramdisk = XEN_RAMDISK.format(size=len(initrd)) if initrd else ""
        domains += XEN_DOMAIN.format(
            at=at, size=len(image), words=said, ramdisk=ramdisk,
            cpus=vcpus, memory=XEN_RAM // len(words) >> 10)
        extra += loaded(bench, f"{name}.image", at, image)
    if initrd:
        extra += loaded(bench, f"{name}.initrd", XEN_INITRD, initrd)
    return machine_of(bench, name, XEN_TREE.format(domains),
                      image=xen_binary(bench), extra=extra, **options)


def xen_said(machine):
    """What a guest of the running machine prints until it passes."""
    match = machine.expect(r"DOM\d: (PASS|FAIL[^\n]*)", 120)
    if match[1] != "PASS":
        raise Absent(f"the guest did not pass: see {machine.log_path}")
    return machine.tail(200)


def xen_measure(bench, machine):
    return figures_in(xen_said(machine), bench.facts["tick"])


def xen_free(machine):
    """Bytes that are free, as its debug key m says."""
    for _ in range(2):
        machine.send(SWITCH_INPUT)
        machine.expect("Serial input to", 20)
    machine.send("m")
    return int(machine.expect(r"heap\[.*?\]: *(\d+)kB free", 20)[1]) << 10


def xen_boot(bench, name, image, **options):
    """Until its guest sleeps, which it does first of all."""
    counter = Counter(bench, name)
    with xen_machine(bench, name, image, extra=counter.arguments,
                     **options) as machine:
        machine.expect("no active timers", 60)
        return counter.read()


def xen_switches(bench, image):
    """Of two guests that yield to each other."""
    for name, more in ("switch", ""), ("switch-fp", " bench-fp"):
        with xen_machine(bench, "xen-" + name, image,
                         ("bench-partner" + more,
                          "bench-switch" + more)) as machine:
            yield name, xen_measure(bench, machine)["yield-round"]


def xen_pingpong(bench, name, words, **options):
    """What a guest with two VCPUs prints."""
    image = image_of(bench.parts.guest("pingpong", "arm64"))
    with xen_machine(bench, name, image, (words,), vcpus=2,
                     **options) as machine:
        return xen_said(machine)


def xen_times(bench, name, _):
    """The same, where each of the two has a host CPU."""
    fetch("peers-arm64")
    return xen_pingpong(bench, name + "-times", "", is_counted=False)


def xen_linux(bench):
    """Linux's boot as a guest, in millionths of its native one.  What the
    machine executes before is that with a kernel that only sleeps."""
    image = bench.parts.linux("arm64")
    options = {"words": (bench.arguments,), "initrd": bench.native["initrd"]}
    base = xen_boot(bench, "xen-dry", ARM64_WAIT + image[len(ARM64_WAIT):],
                    **options)
    counter = Counter(bench, "xen-linux")
    with xen_machine(bench, "xen-linux", image, extra=counter.arguments,
                     **options) as machine:
        machine.expect("reboot: Power down", 200)
        machine.expect("no active timers", 60)
        return (counter.read() - base) * 1000000 / bench.native["count"]


def xen(bench, name, _):
    fetch("peers-arm64")
    image = image_of(bench.parts.guest("bench", "arm64"))
    with xen_machine(bench, name, image) as machine:
        figures = xen_measure(bench, machine)
        figures["memory"] = RAM - xen_free(machine) - XEN_RAM
        figures["image"] = os.path.getsize(machine.image)
    del figures["kick"]
    figures["prompt"] = xen_boot(bench, "xen-boot", image_of(ARM64_WAIT))
    figures |= figures_in(
        xen_pingpong(bench, "xen-ping-pong", "one-cpu"), bench.facts["tick"])
    if bench.native:
        figures["linux"] = xen_linux(bench)
    return figures | dict(xen_switches(bench, image))
