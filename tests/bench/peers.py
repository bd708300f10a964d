# SPDX-License-Identifier: GPL-2.0-or-later
"""Other hypervisors on the same emulated machine, with the same guest.

A peer that can't be had or does not run is no error: its column says why.
"""
import subprocess

from kvm import kvm, kvm_times
from peer import Absent
from xen import xen, xen_times

# What there is on each architecture: functions that give its figures, and what
# its guest prints that looks at the time; the CPU if that matters.
KVM, XEN = (kvm, kvm_times), (xen, xen_times)
PEERS = {
    "arm64": {"KVM nVHE": (*KVM, "cortex-a57"),
              "KVM VHE": (*KVM, "neoverse-n1"), "Xen": (*XEN, None)},
    "riscv": {"KVM": (*KVM, "rv64")},
}
KERNEL = "the distribution's kernel and a small user of ours; prompt: to that " \
         "user's first\n  instruction, by the machine's clock; create: no " \
         "memory is mapped before its first touch;\n  switches by an exit to " \
         "the user and its sched_yield(), as a guest has no other way to\n" \
         "  leave the CPU to another one, two threads of SCHED_FIFO"
NOTES = {
    "KVM nVHE": KERNEL + "; on cortex-a57 as all else",
    "KVM VHE": KERNEL + "; on neoverse-n1, which has VHE",
    "KVM": KERNEL,
    "Xen": "guests that it starts itself; prompt: to its only guest's first\n  "
           "instruction; switches by SCHEDOP_yield, scheduler credit2; "
           "timer_slop=0, or\n  each wake-up is 50 us late",
}
# Why a figure is not there, by what its name begins with.
MISSING = {
    "wfi-wake-busy": "its guests have no priorities",
    "jitter": "only ours was run", "neighbour": "only ours was run",
    "masked": "only ours was looked at",
    "trace-exit": "ours only",
    "kick": "it starts its guest by itself",
    "create": "it creates its guest by itself",
    "linux": "only the measuring guest was run",
    "image": "a part of Linux",
    "guest-memory": "not told apart", "vcpu-memory": "not told apart",
}


def missing(rows, figures):
    """Why there is none of these, by name."""
    return {row: next((why for name, why in MISSING.items()
                       if row.startswith(name)), "its guest has no such thing")
            for row in rows if row not in figures}


def attempt(function, bench, name, cpu):
    """What that gives, or None; why it gives nothing, or None."""
    try:
        return function(bench, name.lower().replace(" ", "-"), cpu), None
    except (Absent, AssertionError, OSError, KeyError, ValueError,
            subprocess.CalledProcessError) as why:
        said = str(why).splitlines() or [repr(why)]
        return None, said[0]


def peer(bench, name, function, cpu):
    """What came of one, or why nothing did."""
    figures, why = attempt(function, bench, name, cpu)
    if why:
        return {"why": why, "note": NOTES[name]}
    return {"figures": figures, "note": NOTES[name],
            "missing": missing(bench.facts["rows"], figures)}


def peers(bench):
    for name, (function, _, cpu) in PEERS[bench.arch].items():
        bench.peers[name] = peer(bench, name, function, cpu)
