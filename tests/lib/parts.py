# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests on the emulator are made of: images, kernels, archives.

tests/run builds the images and says in $MONOVISOR_TEST_OUT where things are.
"""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
OUT = os.path.abspath(os.environ.get("MONOVISOR_TEST_OUT",
                                     os.path.join(TOP, "build", "test")))

sys.path.insert(0, os.path.join(TOP, "tools"))
import newc  # noqa: E402  (a module of tools)


def image(arch="arm64", debug=False):
    """vmm.bin in its default or debug configuration."""
    return os.path.join(OUT, arch + ("-debug" if debug else ""), "vmm.bin")


def pinned(name):
    """The folder of what tools/deps fetched under NAME."""
    done = subprocess.run([os.path.join(TOP, "tools", "deps"), "--path", name],
                          check=True, capture_output=True, text=True)
    return done.stdout.strip()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def linux(arch="arm64"):
    """The bytes of the distribution's kernel."""
    return read(os.path.join(pinned(f"linux-{arch}"), "Image"))


def initrd(path, arch="arm64", script=""):
    """Write a guest's initramfs to PATH, with SCRIPT as /test.sh; its bytes."""
    command = [os.path.join(TOP, "tools", "mkinitrd"), arch, str(path)]
    if script:
        with open(f"{path}.sh", "w", encoding="utf-8") as file:
            file.write(script)
        command.append(f"test.sh={path}.sh")
    subprocess.run([sys.executable] + command, check=True)
    return read(path)


def archive(path, files):
    """Write a boot archive: FILES maps names to bytes or text."""
    made = newc.Archive()
    for name, data in files.items():
        made.file(name, data.encode() if isinstance(data, str) else data)
    with open(path, "wb") as file:
        file.write(made.bytes())
    return str(path)


def guest(name, arch="arm64"):
    """The bytes of our bare-metal guest NAME (tests/guest)."""
    return read(os.path.join(OUT, f"guest-{arch}", name + ".bin"))


def edited_tree(machine, path, edit):
    """The tree of such a machine, changed as text by EDIT; its path."""
    arguments = machine.arguments()
    arguments[1] += f",dumpdtb={path}"
    subprocess.run([machine.qemu, *arguments], check=True,
                   capture_output=True)
    text = subprocess.run(["dtc", "-I", "dtb", "-O", "dts", str(path)],
                          check=True, capture_output=True, text=True).stdout
    subprocess.run(["dtc", "-I", "dts", "-O", "dtb", "-o", str(path), "-"],
                   input=edit(text), check=True, capture_output=True,
                   text=True)
    return str(path)
