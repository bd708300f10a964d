# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the tests on the emulator."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
import machine as machines  # noqa: E402  (modules of tests/lib)
import parts  # noqa: E402


@pytest.fixture(scope="session")
def arch():
    return machines.ARCH


@pytest.fixture
def log_path(request):
    """Where the serial log of this test is kept."""
    name = request.node.name.replace("/", "_")
    family = os.path.basename(os.path.dirname(request.node.path))
    folder = os.path.join(parts.OUT, "log", family)
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name + ".log")


@pytest.fixture
def boot(arch, log_path):
    """boot(**options): start a machine and wait for its prompt; debug=True
    takes the debug configuration, which some families build."""
    running = []

    def start(debug=False, **options):
        log = log_path if not running else f"{log_path}.{len(running)}"
        machine = machines.Machine(log, parts.image(arch, debug), arch=arch,
                                   **options)
        running.append(machine.__enter__())
        machine.start()
        return machine

    yield start
    for machine in running:
        machine.__exit__()
