# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that attack, on one host CPU and on two."""
import pytest

import attacks


@pytest.mark.parametrize("cpus", [1, 2])
@pytest.mark.parametrize("attack", attacks.NAMES)
def test_survives(boot, arch, tmp_path, attack, cpus):
    path = attacks.archive(tmp_path / "archive.cpio", arch, attack)
    attacks.survive(boot(archive=path, cpus=cpus))
