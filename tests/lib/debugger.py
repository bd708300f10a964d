# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's debug stub, spoken to as its gdb: stop, change a register, go on.

    machine = boot(extra=debugger.arguments(path))
    with debugger.Debugger(path) as stub: ...       # the machine stands
"""
import socket
import subprocess

PC = 32                         # number of the register on arm64


def arguments(path):
    return ["-chardev", f"socket,id=gdb,path={path},server=on,wait=off",
            "-gdb", "chardev:gdb"]


def symbols(elf, nm="aarch64-linux-gnu-nm"):
    """Addresses by name."""
    text = subprocess.run([nm, elf], check=True, capture_output=True,
                          text=True).stdout
    return {words[2]: int(words[0], 16) for words in
            map(str.split, text.splitlines()) if len(words) == 3}


class Debugger:
    """While this is open the machine only goes on by resume()."""

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(20)
        self.link.connect(str(path))
        self.stream = self.link.makefile("rb")

    def __enter__(self):
        # The stub lets who has read this write single registers.
        self.put("qXfer:features:read:target.xml:0,ffb")
        while self.answer().startswith("T"):
            pass
        return self

    def __exit__(self, *_):
        """The machine goes on by itself."""
        self.put("D")
        self.link.close()

    def put(self, text):
        data = text.encode()
        self.link.sendall(b"$%s#%02x" % (data, sum(data) % 256))

    def answer(self):
        while self.stream.read(1) != b"$":
            pass
        data = bytearray()
        while (byte := self.stream.read(1)) != b"#":
            data += byte
        self.stream.read(2)
        self.link.sendall(b"+")
        return data.decode()

    def ask(self, text):
        """A command that is answered at once; stops told before are not."""
        self.put(text)
        while (said := self.answer()).startswith("T"):
            pass
        assert said == "OK", f"{text}: {said}"

    def set_register(self, number, value):
        data = value.to_bytes(8, "little").hex()
        self.ask(f"P{number:x}={data}")

    def run_to(self, address):
        """Resume until a CPU is about to execute the address."""
        self.ask(f"Z1,{address:x},4")
        self.put("c")
        assert self.answer().startswith("T")
        self.ask(f"z1,{address:x},4")
