# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's monitor, and its own count of instructions."""
import json
import os
import socket

from common import COUNTED


class Monitor:
    """QEMU's machine protocol."""

    def __init__(self, bench, name):
        self.socket_path = bench.path(name + ".qmp")
        if os.path.exists(self.socket_path):
            os.remove(self.socket_path)
        self.arguments = [
            "-qmp", f"unix:{self.socket_path},server=on,wait=off"]
        self.file = None

    def ask(self, command):
        if not self.file:
            link = socket.socket(socket.AF_UNIX)
            link.connect(self.socket_path)
            self.file = link.makefile("rw")
            self.file.readline()
            self.ask("qmp_capabilities")
        self.file.write(json.dumps({"execute": command}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer:
                return answer["return"]


class Counter(Monitor):
    """QEMU's count of executed instructions, idle time left out."""

    def __init__(self, bench, name):
        super().__init__(bench, name)
        self.arguments += COUNTED

    def read(self):
        return self.ask("query-replay")["icount"]
