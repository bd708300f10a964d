# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest's clock stands while it is paused; what others take is counted."""
import re

import pytest

import scripted
from machine import ARCH

SHIFT = 5               # 32 ns for an instruction: seconds do not take minutes

IN_PAUSE = """\
guest create web --kernel /ptimer.bin --memory 64M
guest kick web
sleep 100ms
echo == armed
guest log web
guest pause web
sleep 2500ms
guest resume web
sleep 3s
echo == end
guest log web
guest list
shutdown
"""
WITHOUT_A_CPU = """\
guest create web --kernel /ptimer.bin --memory 64M
guest kick web
sleep 100ms
guest create busy --kernel /spin.bin --memory 16M --priority 140
guest kick busy
sleep 2500ms
echo == armed
guest log web
guest destroy busy
sleep 1s
echo == end
guest log web
guest list
shutdown
"""


@pytest.mark.parametrize("script", [IN_PAUSE, WITHOUT_A_CPU],
                         ids=["paused", "no_cpu"])
def test_physical_timer(log_path, tmp_path, script):
    """It is due while its guest is paused, whose clock stands; or while others
    have the only CPU, then it rings as soon as the guest runs."""
    said = scripted.run(log_path, tmp_path, script, ["ptimer", "spin"],
                        shift=SHIFT)
    assert "armed" in said["armed"] and "PASS" not in said["armed"], said
    assert "\nPASS" in said["end"], said
    assert re.search(r"^web .* halted\b", said["end"], re.M), said


STEAL = """\
guest create web --kernel /steal.bin --memory 16M
guest kick web
sleep 3s
echo == alone
guest log web
guest create busy --kernel /spin.bin --memory 16M
guest kick busy
sleep 4s
echo == shared
guest log web
guest destroy busy
sleep 3s
echo == again
guest log web
shutdown
"""


@pytest.mark.skipif(ARCH != "riscv", reason="steal time is told by the SBI")
def test_steal_time(log_path, tmp_path):
    """Nothing is stolen from a guest alone; half of each second from one of
    two that share a CPU, and nothing again when the other has gone.  A second
    in which that changed counts for neither."""
    said = scripted.run(log_path, tmp_path, STEAL, ["steal", "spin"],
                        shift=SHIFT)
    stolen = {part: [int(ms) for ms in re.findall(r"stolen (\d+) ms", text)]
              for part, text in said.items()}
    shared = stolen["shared"][len(stolen["alone"]) + 1:]
    again = stolen["again"][len(stolen["shared"]) + 1:]
    assert len(stolen["alone"]) >= 2 and max(stolen["alone"]) < 50, stolen
    assert len(shared) >= 2 and all(450 < ms < 550 for ms in shared), stolen
    assert again and max(again) < 50, stolen
