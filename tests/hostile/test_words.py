# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions by chance, one seed after the other, until MONOVISOR_WORDS of
them were run; a long run takes ten millions."""
import os
import re

import pytest

import attacks
from cases import Attack

WORDS = int(os.environ.get("MONOVISOR_WORDS", "100000"))
PARTS = 4                       # for those who run tests side by side


def tried(log):
    """What the guest told last: how many were run."""
    with open(log, encoding="utf-8") as file:
        return max(map(int, re.findall(r"^tried (\d+)\r?$", file.read(),
                                       re.M)), default=0)


@pytest.mark.parametrize("part", range(PARTS))
def test_words(arch, tmp_path, log_path, part):
    done, seed = 0, int(attacks.SEED) + part * 1000000
    while done < WORDS // PARTS:
        attack = Attack("hostile_words", vcpus=1, ends=None, duration=280,
                        word=f"seed={seed}")
        attacks.survive_counted(arch, attack, tmp_path / "archive.cpio",
                                log_path)
        done += tried(log_path)
        seed += 1
