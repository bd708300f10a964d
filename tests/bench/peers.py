# SPDX-License-Identifier: GPL-2.0-or-later
"""Other hypervisors on the same emulated machine, with the same guest.

A peer that can't be had or does not run is no error: its column says why.
"""
import importlib
import lzma
import os
import re
import struct
import subprocess
from glob import glob

from common import COUNTED, TOP, figures_in, run
from counter import Counter
from life import before_entry, wait_shutdown
from rows import MIB

RAM = 1 << 30                   # of the host
# The same each time.  Without one, some kernels' system calls look for
# randomness elsewhere, which makes each many times dearer.
SEED = "rng-seed = [" + " ".join(f"{n:02x}" for n in range(1, 33)) + "];"
FIXED_DATE = ["-rtc", "base=2000-01-01,clock=vm"]
USER = os.path.join(TOP, "tests", "bench", "peers")
CROSS = {"arm64": "aarch64-linux-gnu-gcc", "riscv": "riscv64-linux-gnu-gcc"}
CFLAGS = ["-std=gnu11", "-O2", "-static", "-Wall", "-Wextra", "-Wconversion",
          "-Wshadow", "-Wmissing-prototypes", "-Wstrict-prototypes", "-Wvla",
          "-Werror"]


class Absent(Exception):
    """Why there is no such peer here."""


def fetch(group):
    """What tools/deps knows by that name."""
    done = subprocess.run([os.path.join(TOP, "tools", "deps"), group],
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["tools/deps failed"]
        raise Absent(f"{said[-1]} (tools/deps {group} gets it)")


def machine_of(bench, name, chosen, **options):
    """A machine that counts, whose tree has CHOSEN, too."""
    extra = options.pop("extra", []) + COUNTED + FIXED_DATE
    options |= {"variant": bench.facts["variant"], "arch": bench.arch,
                "machine": bench.facts["machine"], "memory": "1G",
                "accel": "tcg"}
    plain = bench.machine.Machine(bench.path(name + ".log"), **options)
    tree = bench.parts.edited_tree(plain, bench.path(name + ".dtb"),
                                   lambda text: text + chosen)
    return bench.machine.Machine(
        bench.path(name + ".log"), extra=[*extra, "-dtb", tree], **options)


# --- KVM ---------------------------------------------------------------------

def kvm_user(bench):
    """The program that uses it (tests/bench/peers), for this architecture."""
    fetch(f"cross-{bench.arch}")
    out = bench.path("kvm-user")
    run(CROSS[bench.arch], *CFLAGS, "-o", out, f"{USER}/kvm_user.c",
        f"{USER}/kvm_{bench.arch}.c")
    return bench.parts.read(out)


def kvm_kernel(bench):
    """The kernel's folder, and KVM's module if it is one."""
    if bench.arch == "arm64":
        return bench.parts.pinned("linux-arm64"), None
    fetch("peers-riscv")
    folder = bench.parts.pinned("kvm-riscv")
    found = glob(f"{folder}/**/kvm.ko.xz", recursive=True)
    if not found:
        raise Absent(f"{folder} has no kvm.ko.xz")
    return folder, lzma.decompress(bench.parts.read(found[0]))


def kvm_initramfs(bench, name, files):
    """With these FILES by name, of which init is the program."""
    made = bench.parts.newc.Archive()
    made.folder("dev")
    made.character_device("dev/console", 5, 1)
    for path, data in files.items():
        made.file(path, data, executable=True)
    with open(bench.path(name + ".cpio"), "wb") as file:
        file.write(made.bytes())
    return bench.path(name + ".cpio")


def kvm_figures(bench, text):
    """Of what the guest and its user printed."""
    figures = figures_in(text, bench.facts["tick"])
    own = {name: int(value)
           for name, value in re.findall(r"peer (\w+) (\d+)", text)}
    figures["prompt"] = own["boot"] * bench.facts["tick"] - before_entry(
        bench, memory="1G")
    figures["memory"] = RAM - own["free"]
    figures["create"] = own["create"] * bench.facts["tick"]
    return figures


def kvm_machine(bench, name, cpu, files, **more):
    """MORE: words for the kernel's command line, extra arguments."""
    kernel, module = kvm_kernel(bench)
    files = {"init": kvm_user(bench), **files}
    if module:
        files["kvm.ko"] = module
    return machine_of(
        bench, name, f"/ {{ chosen {{ {SEED} }}; }};", cpu=cpu,
        image=f"{kernel}/Image", archive=kvm_initramfs(bench, name, files),
        append=" ".join([bench.arguments, "mitigations=off",
                         *more.get("words", ())]),
        extra=more.get("extra", []))


LINUX_ENTRY, LINUX_INITRD = 0x200000, 0x44000000
LINUX_TREE = """
/ {{
	chosen {{
		bootargs = "{arguments}";
		linux,initrd-start = <0 {start:#x}>;
		linux,initrd-end = <0 {end:#x}>;
	}};
}};
"""


def kvm_linux_tree(bench):
    """The tree of our Linux guest, with the initramfs where it is here."""
    initrd = bench.native["initrd"]
    source = bench.native["tree"] + LINUX_TREE.format(
        arguments=bench.arguments, start=LINUX_INITRD,
        end=LINUX_INITRD + len(initrd))
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], check=True,
                          input=source.encode(), capture_output=True).stdout


def kvm_linux_boot(bench, name, cpu, *words):
    """Instructions of the machine, with or without (guest_dry) the guest."""
    counter = Counter(bench, name)
    files = {"guest.bin": bench.parts.linux(bench.arch),
             "guest.dtb": kvm_linux_tree(bench),
             "load": bench.native["initrd"]}
    words = (f"guest_entry={LINUX_ENTRY:#x}", *words)
    with kvm_machine(bench, name, cpu, files, words=words,
                     extra=[*counter.arguments, "-no-shutdown"]) as machine:
        machine.expect("reboot: Power down", 120)
        wait_shutdown(counter, machine.child.isalive)
        text = machine.tail(100)
        if "peer failed" in text or not words[1:] and "guest-init" not in text:
            raise Absent(f"Linux does not run: see {machine.log_path}")
        return counter.read()


def kvm_linux(bench, name, cpu):
    """Linux's boot as a guest, in millionths of its native one."""
    base = kvm_linux_boot(bench, name + "-dry", cpu, "guest_dry=1")
    boots = [kvm_linux_boot(bench, name + "-linux", cpu) for _ in range(2)]
    return (min(boots) - base) * 1000000 / bench.native["count"]


def kvm(bench, name, cpu):
    trees = importlib.import_module("trees")
    files = {"guest.bin": bench.parts.guest("bench", bench.arch),
             "guest.dtb": trees.blob({"#address-cells": 2})}
    with kvm_machine(bench, name, cpu, files) as machine:
        machine.wait_end(120)
        text = machine.tail(200)
    if "PASS" not in text:
        raise Absent(f"the guest did not pass: see {machine.log_path}")
    figures = kvm_figures(bench, text)
    if bench.native and bench.arch == "arm64":
        figures["linux"] = kvm_linux(bench, name, cpu)
    return figures


# --- Xen ---------------------------------------------------------------------

XEN_GUESTS = (0x50000000, 0x51000000)   # where kernels of its guests are before
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
	cpus = <1>;
	vpl011;
	module@{at:x} {{
		compatible = "multiboot,kernel", "multiboot,module";
		reg = <0 {at:#x} 0 {size:#x}>;
		bootargs = "{words}";
	}};
}};
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


def xen_machine(bench, name, raw, words=("",), extra=()):
    """With one guest of this raw kernel for each string of WORDS."""
    found = glob(bench.parts.pinned("xen-arm64") + "/boot/xen-*[0-9m]64")
    if not found:
        raise Absent("its package has no boot/xen-*")
    image = image_of(raw)
    with open(bench.path(name + ".image"), "wb") as file:
        file.write(image)
    extra, domains = list(extra), ""
    for at, said in zip(XEN_GUESTS, words):
        domains += XEN_DOMAIN.format(
            at=at, size=len(image), words=said,
            memory=XEN_RAM // len(words) >> 10)
        extra += ["-device", f"loader,file={bench.path(name)}.image,"
                  f"addr={at:#x},force-raw=on"]
    return machine_of(bench, name, XEN_TREE.format(domains), image=found[0],
                      extra=extra)


def xen_measure(bench, machine):
    """What a guest of the running machine prints until it passes."""
    match = machine.expect(r"DOM\d: (PASS|FAIL[^\n]*)", 120)
    if match[1] != "PASS":
        raise Absent(f"the guest did not pass: see {machine.log_path}")
    return figures_in(machine.tail(200), bench.facts["tick"])


def xen_free(machine):
    """Bytes that are free, as its debug key m says."""
    for _ in range(2):
        machine.send(SWITCH_INPUT)
        machine.expect("Serial input to", 20)
    machine.send("m")
    return int(machine.expect(r"heap\[.*?\]: *(\d+)kB free", 20)[1]) << 10


def xen_boot(bench):
    """Until its guest sleeps, which it does first of all."""
    counter = Counter(bench, "xen-boot")
    with xen_machine(bench, "xen-boot", ARM64_WAIT,
                     extra=counter.arguments) as machine:
        machine.expect("no active timers", 60)
        return counter.read()


def xen_switches(bench):
    """Of two guests that yield to each other."""
    for name, more in ("switch", ""), ("switch-fp", " bench-fp"):
        with xen_machine(bench, "xen-" + name,
                         bench.parts.guest("bench", "arm64"),
                         ("bench-partner" + more,
                          "bench-switch" + more)) as machine:
            yield name, xen_measure(bench, machine)["yield-round"]


def xen(bench, name, _):
    fetch("peers-arm64")
    with xen_machine(bench, name,
                     bench.parts.guest("bench", "arm64")) as machine:
        figures = xen_measure(bench, machine)
        figures["memory"] = RAM - xen_free(machine) - XEN_RAM
        figures["image"] = os.path.getsize(machine.image)
    del figures["kick"]
    figures["prompt"] = xen_boot(bench)
    return figures | dict(xen_switches(bench))


# --- all ---------------------------------------------------------------------

# What there is on each architecture: a function, and the CPU if that matters.
PEERS = {
    "arm64": {"KVM nVHE": (kvm, "cortex-a57"), "KVM VHE": (kvm, "neoverse-n1"),
              "Xen": (xen, None)},
    "riscv": {"KVM": (kvm, "rv64")},
}
KERNEL = "the distribution's kernel and a small user of ours; prompt: to that " \
         "user's first\n  instruction, by the machine's clock; create: no " \
         "memory is mapped before its first touch"
NOTES = {
    "KVM nVHE": KERNEL + "; on cortex-a57 as all else",
    "KVM VHE": KERNEL + "; on neoverse-n1, which has VHE",
    "KVM": KERNEL,
    "Xen": "guests that it starts itself; prompt: to its only guest's first\n  "
           "instruction; switches by SCHEDOP_yield, scheduler credit2; "
           "timer_slop=0, or\n  each wake-up is 50 us late",
}
# Why a figure is not there, by what its name begins with.
ALONE = "its guest has no neighbour"
MISSING = {
    "wfi-wake-busy": ALONE, "switch": ALONE, "trace-exit": "ours only",
    "kick": "it starts its guest by itself",
    "create": "it creates its guest by itself",
    "linux": "only the measuring guest was run",
    "image": "a part of Linux",
    "guest-memory": "not told apart", "vcpu-memory": "not told apart",
}


def missing(rows, figures):
    """Why there is none of these, by name."""
    return {row: next((why for name, why in MISSING.items()
                       if row.startswith(name)), "its guest has no such thing")
            for row in rows if row not in figures}


def peer(bench, name, function, cpu):
    """What came of one, or why nothing did."""
    try:
        figures = function(bench, name.lower().replace(" ", "-"), cpu)
    except (Absent, AssertionError, OSError, KeyError,
            subprocess.CalledProcessError) as why:
        said = str(why).splitlines() or [repr(why)]
        return {"why": said[0], "note": NOTES[name]}
    return {"figures": figures, "note": NOTES[name],
            "missing": missing(bench.facts["rows"], figures)}


def peers(bench):
    for name, (function, cpu) in PEERS[bench.arch].items():
        bench.peers[name] = peer(bench, name, function, cpu)
