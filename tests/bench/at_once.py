# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine whose two CPUs run at once, each on one of this machine's."""
import contextlib
import os
import time

from counter import Monitor

NICE = -15                      # others' work does not count
OPTIONS = {"cpus": 2, "accel": "tcg,thread=multi"}


def spread(monitor):
    """Its threads: on one CPU, each would wait for its turn before it sees
    what the other one did."""
    here = sorted(os.sched_getaffinity(0))
    for cpu in monitor.ask("query-cpus-fast"):
        os.sched_setaffinity(cpu["thread-id"],
                             {here[cpu["cpu-index"] % len(here)]})


def prefer(process):
    """Let it come before others' work, where that is allowed: by itself, or
    by its session if Linux shares between those (sched(7), autogroup)."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process, NICE)
        with open(f"/proc/{process}/autogroup", "w",
                  encoding="ascii") as file:
            file.write(str(NICE))


def wait_socket(monitor):
    for _ in range(100):
        if os.path.exists(monitor.socket_path):
            return
        time.sleep(0.1)
    raise AssertionError("the emulator does not start")


def machine_of(bench, name, **options):
    """Like bench.machine.Machine(); its log goes to NAME.log."""
    monitor = Monitor(bench, name)

    class Machine(bench.machine.Machine):
        """Runs only when its threads are where they belong."""

        def __enter__(self):
            super().__enter__()
            prefer(self.child.pid)
            wait_socket(monitor)
            spread(monitor)
            monitor.ask("cont")
            return self

    extra = ["-S", *options.pop("extra", []), *monitor.arguments]
    return Machine(bench.path(name + ".log"), extra=extra,
                   **{**options, **OPTIONS})
