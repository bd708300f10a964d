# SPDX-License-Identifier: GPL-2.0-or-later
"""The table itself: each case is there, and what it names exists."""
import os
import re

import pytest

import parts
from cases import ARCHS, CASES

TESTS = os.path.join(parts.TOP, "tests")


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_all_cases():
    assert sorted(case.number for case in CASES) == list(range(1, 54))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.number))
def test_shown_or_absent(case):
    shown = case.attacks or case.tests
    assert bool(shown) != bool(case.absent), "shown by something, or absent"
    for test in case.tests:
        path, _, name = test.partition("::")
        text = text_of(os.path.join(TESTS, path))
        assert re.search(rf"\b{name}\b", text), f"{test} does not exist"
    if case.absent:
        rows = [line for line in text_of(
            os.path.join(parts.TOP, "docs", "status.md")).splitlines()
            if line.startswith(f"| {case.absent}")]
        assert len(rows) == 1 and "absent" in rows[0], case.absent


@pytest.mark.parametrize("attack", [a for case in CASES for a in case.attacks],
                         ids=lambda attack: attack.name())
def test_guests_exist(attack):
    for arch in attack.archs:
        assert arch in ARCHS
        assert any(os.path.exists(f"{TESTS}/guest/{folder}/{attack.guest}.c")
                   for folder in ("common", arch)), (attack.guest, arch)
