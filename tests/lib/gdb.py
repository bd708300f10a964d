# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's gdb, connected to a machine's serial line.

    said = gdb.run(machine, ["info threads", "detach"], tmp_path)
"""
import os
import select
import socket
import subprocess
import time

from machine import HERE

SET_UP = ["set pagination off", "set confirm off", "set width 0",
          "set remotetimeout 60", f"set architecture {HERE['gdb']}"]


def relay(machine, link, process, end):
    """Bytes from the line to gdb and back, until gdb is gone."""
    line = machine.child.fileno()
    while process.poll() is None:
        assert time.monotonic() < end, "gdb does not come to its end"
        ready = select.select([line, link], [], [], 0.5)[0]
        if line in ready:
            data = os.read(line, 65536)
            machine.child.logfile_read.write(data.decode(errors="replace"))
            try:
                link.sendall(data)
            except OSError:
                break
        if link in ready:
            try:
                data = link.recv(65536)
            except ConnectionResetError:    # gone before it read all
                break
            if not data:
                break
            while data:
                data = data[os.write(line, data):]
    process.wait(20)


def run_on(path, commands, folder, seconds=240):
    """The same on a line of the machine's that is the socket at PATH."""
    script = folder / "script.gdb"
    script.write_text("\n".join(
        SET_UP + [f"target remote {path}"] + commands) + "\n")
    return subprocess.run(
        ["gdb-multiarch", "-nx", "-batch", "-x", str(script)], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=True, timeout=seconds).stdout


def run(machine, commands, folder, seconds=240):
    """Run COMMANDS once connected; what gdb printed, errors among it."""
    script, path = folder / "script.gdb", folder / "gdb.sock"
    script.write_text("\n".join(
        SET_UP + [f"target remote {path}"] + commands) + "\n")
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    server.settimeout(20)
    with open(folder / "gdb.log", "w+", encoding="utf-8",
              errors="replace") as log:
        process = subprocess.Popen(
            ["gdb-multiarch", "-nx", "-batch", "-x", str(script)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            relay(machine, server.accept()[0], process,
                  time.monotonic() + seconds)
        finally:
            process.kill()
            server.close()
        log.seek(0)
        return log.read()
