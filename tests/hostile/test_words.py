# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions by chance, one seed after the other, until MONOVISOR_WORDS of
them were run; a long run takes ten millions."""
import os
import re

import pytest

import attacks
from cases import Attack

WORDS = int(os.environ.get("MONOVISOR_WORDS", "100000"))
TOLD_EVERY = 4000               # of them, about, the guest tells its count
PARTS = 4                       # for those who run tests side by side


def tried(log):
    """How many were run, as the guest told; but not what it told once they had
    written over its count."""
    last = 0
    with open(log, encoding="utf-8") as file:
        for n in map(int, re.findall(r"^tried (\d+)\r?$", file.read(), re.M)):
            if last < n <= last + TOLD_EVERY:
                last = n
    return last


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
