# SPDX-License-Identifier: GPL-2.0-or-later
"""KVM of the distribution's kernel, with the user in tests/bench/peers."""
import importlib
import lzma
import os
import re
import subprocess
from glob import glob

from common import TOP, figures_in, run
from counter import Counter
from life import before_entry, wait_shutdown
from peer import RAM, Absent, fetch, machine_of

# The same each time.  Without one, some kernels' system calls look for
# randomness elsewhere, which makes each many times dearer.
SEED = "rng-seed = [" + " ".join(f"{n:02x}" for n in range(1, 33)) + "];"
USER = os.path.join(TOP, "tests", "bench", "peers")
CROSS = {"arm64": "aarch64-linux-gnu-gcc", "riscv": "riscv64-linux-gnu-gcc"}
CFLAGS = ["-std=gnu11", "-O2", "-static", "-Wall", "-Wextra", "-Wconversion",
          "-Wshadow", "-Wmissing-prototypes", "-Wstrict-prototypes", "-Wvla",
          "-Werror"]


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
    """MORE: words for the kernel's command line, options of the machine."""
    kernel, module = kvm_kernel(bench)
    files = {"init": kvm_user(bench), **files}
    if module:
        files["kvm.ko"] = module
    words = more.pop("words", ())
    return machine_of(
        bench, name, f"/ {{ chosen {{ {SEED} }}; }};", cpu=cpu,
        image=f"{kernel}/Image", archive=kvm_initramfs(bench, name, files),
        append=" ".join([bench.arguments, "mitigations=off", *words]), **more)


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


def kvm_tree(said):
    """A guest's, which has no more than these boot arguments."""
    return importlib.import_module("trees").blob(
        {"#address-cells": 2, "chosen": {"bootargs": "bench-kvm " + said}})


def kvm_run(bench, name, cpu, guest, said="", beside=None, **options):
    """What a guest with the boot arguments SAID prints; BESIDE: those of
    another one beside it; OPTIONS: as of kvm_machine()."""
    files = {"guest.bin": bench.parts.guest(guest, bench.arch),
             "guest.dtb": kvm_tree(said)}
    if beside:
        files["beside.dtb"] = kvm_tree(beside)
    with kvm_machine(bench, name, cpu, files, **options) as machine:
        machine.wait_end(120)
        text = machine.tail(200)
    if "PASS" not in text:
        raise Absent(f"the guest did not pass: see {machine.log_path}")
    return text


# By row: the measuring guest's boot arguments, the user's environment, and the
# boot arguments of a guest beside.
KVM_TWO = {
    "switch": ("bench-switch", "guest_beside=2", "bench-partner"),
    "switch-fp": ("bench-switch bench-fp", "guest_beside=2",
                  "bench-partner bench-fp"),
    "wfi-wake-busy": ("bench-wake", "guest_beside=1", "bench-spin"),
    "ping-pong": ("one-cpu", "guest_cpus=2", None),
}


def kvm_two(bench, name, cpu):
    """Figures of two guests on a host CPU, and of one with two VCPUs."""
    for row, (said, word, beside) in KVM_TWO.items():
        guest = "pingpong" if beside is None else "bench"
        text = kvm_run(bench, f"{name}-{row}", cpu, guest, said, beside,
                       words=[word])
        [value] = figures_in(text, bench.facts["tick"]).values()
        yield row, value


def kvm(bench, name, cpu):
    figures = kvm_figures(bench, kvm_run(bench, name, cpu, "bench"))
    figures |= dict(kvm_two(bench, name, cpu))
    if bench.native and bench.arch == "arm64":
        figures["linux"] = kvm_linux(bench, name, cpu)
    return figures


def kvm_times(bench, name, cpu):
    """What the guest prints whose two VCPUs have a host CPU each."""
    return kvm_run(bench, name + "-times", cpu, "pingpong",
                   words=["guest_cpus=2"], is_counted=False)
