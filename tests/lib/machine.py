# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor on an emulated machine, for tests that talk to its terminal.

    with Machine(log="boot.log", archive=path, cpus=4) as m:
        m.start()
        assert "web" in m.command("guest list")

The serial log is kept.  Every wait has a limit; what did not come is an
AssertionError that shows the end of the log.
"""
import os
import re

import pexpect

import parts

PROMPT = "monovisor# "
QUESTION = "\x1b7\x1b[999;999H\x1b[6n\x1b8\x1b[c"  # asked by a long answer
MESSAGE = r"\[ *\d+\.\d{6}\] [^\n]*\n"  # of the log, in the middle of all else
ESCAPE = "\x1d"                         # Ctrl-] leaves a guest's console

ARCH = os.environ.get("ARCH", "arm64")

# cpu: the usual one first; variants: what else there is to choose, by name;
# rare: the same, for single tests.
# Facts for the tests: the consoles of Linux and the hypervisor, the options
# of guests for their interrupt controllers, where RAM begins and a raw kernel is
# entered, the guest of ours that turns VCPUs on and off; what gdb calls the
# architecture, where Linux is entered.
MACHINES = {
    "arm64": {
        "qemu": "qemu-system-aarch64",
        "machine": "virt,virtualization=on",
        "cpus": ["cortex-a57", "cortex-a72", "max,pauth-impdef=on"],
        "variants": {
            "gic3": {"machine": "gic-version=3"},
            "gic2": {"machine": "gic-version=2"},
        },
        "rare": {}, "counted": "gic3",
        "console": "ttyAMA0", "serial": "pl011",
        "ram": 0x40000000, "entry": 0x40080000, "power": "psci",
        "gdb": "aarch64", "gdb_entry": 0x40200000,
    },
    "riscv": {
        "qemu": "qemu-system-riscv64",
        "machine": "virt",
        "cpus": ["rv64"],
        "variants": {
            "plic": {},
            "aplic": {"machine": "aia=aplic"},
            "plic-10": {"new": True},
            "imsic-10": {"new": True,
                         "machine": "aia=aplic-imsic,aia-guests=3"},
        },
        "rare": {"aplic-10": {"new": True, "machine": "aia=aplic"}},
        "counted": "plic-10",
        "console": "ttyS0", "serial": "ns16550",
        "ram": 0x80000000, "entry": 0x80200000, "power": "hsm",
        "gdb": "riscv:rv64", "gdb_entry": 0x80200000,
    },
}
HERE = MACHINES[ARCH]
VARIANTS = list(HERE["variants"])
# Times are given as on an idle machine; what a busy one may take instead.
PATIENCE = 4
NEW_QEMU = os.path.join(parts.TOP, "tools", "qemu-10")


class Machine:
    """One run of QEMU; a context manager that ends it."""

    def __init__(self, log, image=None, archive=None, arch=ARCH, **options):
        """OPTIONS: cpus, memory, cpu, variant, append, machine (more properties
        of -M), accel, extra (a list of QEMU arguments), kernel (False: EXTRA
        has what starts)."""
        self.arch = MACHINES[arch]
        self.image = image or parts.image(arch)
        self.archive = archive
        variants = {**self.arch["variants"], **self.arch["rare"]}
        self.options = {"cpus": 1, "memory": "1G", "append": "",
                        "variant": next(iter(variants)), "machine": "",
                        "cpu": self.arch["cpus"][0], "extra": [],
                        "accel": "tcg,thread=multi", "kernel": True}
        unknown = set(options) - set(self.options)
        assert not unknown, f"no such options: {unknown}"
        self.options.update(options)
        self.variant = variants[self.options["variant"]]
        self.qemu = NEW_QEMU if self.variant.get("new") else self.arch["qemu"]
        self.log_path = str(log)
        self.child = None

    def arguments(self):
        o = self.options
        machine = ",".join(filter(None, (
            self.arch["machine"], self.variant.get("machine"), o["machine"])))
        args = ["-M", machine, "-cpu", o["cpu"], "-smp", str(o["cpus"]),
                "-m", o["memory"], "-accel", o["accel"], "-display", "none",
                "-nic", "none", "-monitor", "none", "-serial", "chardev:line",
                "-chardev", "stdio,id=line,signal=off"]
        if o["kernel"]:
            args += ["-kernel", str(self.image)]
        if self.archive:
            args += ["-initrd", str(self.archive)]
        if o["append"]:
            args += ["-append", o["append"]]
        return args + list(o["extra"])

    def __enter__(self):
        os.makedirs(os.path.dirname(os.path.abspath(self.log_path)),
                    exist_ok=True)
        log = open(self.log_path, "w", encoding="utf-8", errors="replace",
                   newline="")
        self.child = pexpect.spawn(
            self.qemu, self.arguments(), encoding="utf-8",
            codec_errors="replace", echo=False, timeout=10,
            dimensions=(50, 200))
        self.child.delaybeforesend = None
        self.child.logfile_read = log
        return self

    def __exit__(self, *_):
        try:
            self.child.close(force=True)
        except pexpect.ExceptionPexpect:    # killed, but not gone yet
            os.waitpid(self.child.pid, 0)
        self.child.logfile_read.close()

    def tail(self, lines=30):
        """The end of what came over the serial line."""
        self.child.logfile_read.flush()
        with open(self.log_path, encoding="utf-8") as log:
            return "".join(log.readlines()[-lines:])

    def expect(self, pattern, timeout=10):
        """Wait for the regular expression; gives the match."""
        timeout *= PATIENCE
        try:
            self.child.expect(pattern, timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            what = "end" if isinstance(error, pexpect.EOF) else "nothing"
            raise AssertionError(
                f"{what} instead of {pattern!r} within {timeout} s; "
                f"{self.log_path} ends:\n{self.tail()}") from None
        return self.child.match

    def start(self, timeout=20):
        """Wait for the first prompt; gives what was printed before it."""
        self.expect(r"(?:^|[\r\n])" + PROMPT, timeout)
        return self.child.before.replace("\r", "")

    def send(self, text):
        """Type TEXT as it is."""
        self.child.send(text)

    def command(self, line, timeout=10):
        """Type a command; gives what it printed, without its echo."""
        self.send(line + "\r")
        # Messages may come while the line is echoed.
        self.expect(f"(?:[\r\n]*{MESSAGE})*".join(
            map(re.escape, line)) + r"[^\n]*\n", timeout)
        self.expect(r"(?:^|(?<=[\r\n]))" + PROMPT, timeout)
        return self.child.before.replace("\r", "").replace(QUESTION, "")

    def status(self):
        """$? of the last command, as an integer."""
        return int(re.sub(MESSAGE, "", self.command("echo $?")).strip())

    def wait_end(self, timeout=10):
        """Wait until the machine was switched off; gives QEMU's status."""
        self.expect(pexpect.EOF, timeout)
        self.child.wait()
        return self.child.exitstatus
