# SPDX-License-Identifier: GPL-2.0-or-later
"""Exits, and switches between guests and VCPUs on one host CPU, as the
measuring guests count them."""
import os

from common import run

# WFE does not trap on this emulator: its handler takes HVC's place.
EXIT_WFE, EXIT_HVC = 0x01, 0x16
GUEST = "--kernel /bench.bin --memory 32M"


def exits(bench):
    bench.figures |= bench.measure(
        "exits", f"guest create one {GUEST}", "guest kick one", "sleep 1s",
        "guest log one", "guest destroy one",
        f"guest create low {GUEST} --append bench-spin",
        f"guest create high {GUEST} --append bench-wake --priority 140",
        "guest kick low", "guest kick high", "sleep 1s", "guest log high")


def traced(bench):
    """What it costs an exit to be traced: the most of a few."""
    if bench.facts["traced"][0] not in bench.figures:
        exits(bench)
    now = bench.measure(
        "traced", "trace on exits", f"guest create one {GUEST}",
        "guest kick one", "sleep 1s", "guest log one")
    bench.figures["trace-exit"] = max(
        now[name] - bench.figures[name] for name in bench.facts["traced"])


def wfe_from_hvc(bench):
    """A copy of the image that takes HVC for WFE; what needs none is None."""
    if bench.arch != "arm64":
        return None
    elf = os.path.join(bench.out, bench.arch, "vmm.elf")
    symbols = dict(
        (line.split()[2], int(line.split()[0], 16)) for line in
        run("aarch64-linux-gnu-nm", elf).splitlines()
        if len(line.split()) == 3)
    start = symbols["exit_handlers"] - symbols["image_start"]
    image = bytearray(bench.parts.read(bench.parts.image(bench.arch)))
    wfe, hvc = start + 8 * EXIT_WFE, start + 8 * EXIT_HVC
    image[hvc:hvc + 8] = image[wfe:wfe + 8]
    with open(bench.path("switch.bin"), "wb") as file:
        file.write(image)
    return bench.path("switch.bin")


def switches(bench):
    for name, word in ("switch", ""), ("switch-fp", " bench-fp"):
        found = bench.measure(
            name, f'guest create a {GUEST} --append "bench-partner{word}"',
            f'guest create b {GUEST} --append "bench-switch{word}"',
            "guest kick a", "guest kick b", "sleep 100ms", "guest log b",
            image=wfe_from_hvc(bench))
        bench.figures[name] = found["yield-round"]


def pingpong(bench):
    """Two VCPUs that wake each other."""
    bench.figures |= bench.measure(
        "ping-pong", "guest create one --kernel /pingpong.bin --memory 32M "
        "--cpus 2 --append one-cpu", "guest kick one", "sleep 1s",
        "guest log one", guest="pingpong")
