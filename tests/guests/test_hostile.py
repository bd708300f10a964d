# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that attack, on one host CPU and on two."""
import pytest

import attacks
from machine import ARCH

# Guests that get at more than the usual one.
MORE = {"riscv": [("words", {"aia": "aplic-imsic"}),
                  ("mmio", {"aia": "aplic-imsic"})]}.get(ARCH, [])


@pytest.mark.parametrize("cpus", [1, 2])
@pytest.mark.parametrize("attack", attacks.NAMES)
def test_survives(boot, arch, tmp_path, attack, cpus):
    path = attacks.archive(tmp_path / "archive.cpio", arch, attack)
    attacks.survive(boot(archive=path, cpus=cpus))


@pytest.mark.parametrize("attack, options", MORE)
def test_survives_more(boot, arch, tmp_path, attack, options):
    path = attacks.archive(tmp_path / "archive.cpio", arch, attack)
    attacks.survive(boot(archive=path, cpus=2), **options)
