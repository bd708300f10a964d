# SPDX-License-Identifier: GPL-2.0-or-later
"""What came out: a table beside goals and budgets, and a JSON document.

The document, schema 1: `arch`; `unit`; `rows`, a list of objects with `name`,
`what`, `value`, `budget` (null: none), `goal`; `classes`, by the row's name: its
`limit` and `values` by name; `peers`, by name: `note`, and either `figures` by
the rows' names and `missing`, why there is no such figure, or `why` there are
none at all.  Other parts of the bench add members.
"""
import json
import os
import re

from common import TOP

BUDGETS = os.path.join(TOP, "tests", "bench", "budgets")
CLASS_PERCENT = 120
PEER_WIDTH = 19


def budgets(arch):
    """The figures that may not be exceeded, by name: the part of the file
    behind [ARCH]."""
    with open(BUDGETS, encoding="utf-8") as file:
        text = file.read().split(f"\n[{arch}]\n")[1].split("\n[")[0]
    lines = (line.split() for line in text.splitlines() if line)
    return {name: int(value) for name, value in lines}


def rows_of(bench, limits):
    return [{"name": name, "what": what, "value": round(bench.figures[name]),
             "budget": limits.get(name), "goal": goal}
            for name, (what, goal) in bench.facts["rows"].items()
            if name in bench.figures]


def classes_of(bench):
    """Others that must not be much dearer than the row they are of."""
    classes = {}
    for row, pattern in bench.facts["classes"].items():
        values = {name: round(value) for name, value in bench.figures.items()
                  if re.match(pattern, name)}
        if row in values:
            classes[row] = {"limit": values[row] * CLASS_PERCENT // 100,
                            "values": values}
    return classes


def document(bench, limits):
    return {"schema": 1, "arch": bench.arch,
            "unit": "instructions, or bytes where the row says so",
            "rows": rows_of(bench, limits), "classes": classes_of(bench),
            "peers": bench.peers,
            **bench.results}


def too_high(made):
    """Names of what is above its budget, or its goal if it has none."""
    names = [row["name"] for row in made["rows"]
             if row["value"] > (row["budget"] or row["goal"])]
    for one in made["classes"].values():
        names += [name for name, value in one["values"].items()
                  if value > one["limit"]]
    return names


def beside(row, peer):
    """A peer's figure, and how many times ours it is."""
    value = peer.get("figures", {}).get(row["name"])
    if value is None:
        return f"{'-':>{PEER_WIDTH}}"
    ratio = value / row["value"] if row["value"] else 0
    digits = 2 if ratio < 2 else 1 if ratio < 100 else 0
    times = f"x{ratio:.{digits}f}" if ratio else ""
    return f"{value:{PEER_WIDTH - 8}.0f} {times:>7}"


def show_rows(made):
    peers = made["peers"]
    print(f"{'':38} {'now':>10} {'budget':>10} {'goal':>10} " +
          "".join(f"{name:>{PEER_WIDTH}}" for name in peers))
    for row in made["rows"]:
        budget = "-" if row["budget"] is None else row["budget"]
        miss = "!" if row["value"] > row["goal"] else " "
        print(f"{row['what']:38} {row['value']:10} {budget:>10} "
              f"{row['goal']:10}{miss}" +
              "".join(beside(row, peer) for peer in peers.values()))


def show_classes(made):
    for row, one in made["classes"].items():
        print(f"\nas {row}, at most {one['limit']}:")
        print("  " + ", ".join(f"{name} {value}" for name, value in
                               one["values"].items()))


def show_peers(made):
    """What they are, and why figures of theirs are missing."""
    for name, peer in made["peers"].items():
        print(f"\n{name}: {peer['note']}")
        if "why" in peer:
            print(f"  none here: {peer['why']}")
        reasons = {}
        for row, why in peer.get("missing", {}).items():
            reasons.setdefault(why, []).append(row)
        for why, names in reasons.items():
            print(f"  no {', '.join(names)}: {why}")


def report(bench):
    """Print what there is, write results.json; names of what is too high."""
    made = document(bench, budgets(bench.arch))
    for show in show_rows, show_classes, show_peers:
        show(made)
    for line in bench.notes:
        print(line)
    with open(bench.path("results.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
    return too_high(made) + bench.above
