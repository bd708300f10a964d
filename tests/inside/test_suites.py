# SPDX-License-Identifier: GPL-2.0-or-later
"""The suites inside the hypervisor, on one host CPU and on several.

The debug configuration verifies the order of locks all the while: a mistake
is a panic, which ends the wait for the prompt.
"""
import re

import pytest

from machine import VARIANTS

SUITES = {"emulator", "guest_starved", "live", "memory", "pagetable"}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("cpus", [1, 4])
def test_all_suites(boot, cpus, variant):
    machine = boot(debug=True, cpus=cpus, variant=variant)
    text = machine.command("test run", timeout=50)
    assert machine.status() == 0, text
    total = re.search(r"^(\d+) passed, (\d+) failed$", text, re.M)
    assert total, text
    ran = re.findall(r"^(\w+): (\d+) passed, 0 failed$", text, re.M)
    assert SUITES <= {name for name, _ in ran}
    assert sum(int(count) for _, count in ran) == int(total[1]) > 200
    assert total[2] == "0"


def test_unknown_suite(boot):
    machine = boot(debug=True)
    assert "no_such_suite" in machine.command("test run no_such_suite")
    assert machine.status() != 0
