# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that attack, under lock-order checks."""
import pytest

import attacks


@pytest.mark.parametrize("cpus", [4])
@pytest.mark.parametrize("attack", attacks.NAMES)
def test_survives(boot, arch, tmp_path, attack, cpus):
    path = attacks.archive(tmp_path / "archive.cpio", arch, attack)
    attacks.survive(boot(debug=True, archive=path, cpus=cpus))
