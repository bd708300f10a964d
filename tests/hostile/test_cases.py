# SPDX-License-Identifier: GPL-2.0-or-later
"""Each attack of the table beside a witness: by the release build on one host
CPU, where the witness's share is counted, and by the debug build on four."""
import pytest

import attacks
from cases import CASES
from machine import ARCH


def here():
    """Those of this architecture, each once."""
    found = []
    for case in CASES:
        for attack in case.attacks:
            if ARCH in attack.archs and attack not in found:
                found.append(attack)
    return found


IDS = {"argnames": "attack", "argvalues": here(),
       "ids": lambda attack: attack.name()}


@pytest.mark.parametrize(**IDS)
def test_release(arch, attack, tmp_path, log_path):
    slower = attacks.survive_counted(arch, attack, tmp_path / "archive.cpio",
                                     log_path)
    with open(log_path + ".slower", "w", encoding="utf-8") as file:
        print(f"{slower:.4f}", file=file)


@pytest.mark.parametrize(**IDS)
def test_debug(boot, arch, attack, tmp_path):
    path = attacks.archive(tmp_path / "archive.cpio", arch, attack)
    attacks.survive_loose(boot(debug=True, archive=path, cpus=4), attack)
