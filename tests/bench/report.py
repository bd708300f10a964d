# SPDX-License-Identifier: GPL-2.0-or-later
"""What came out: a table beside goals and budgets, and a JSON document.

The document, schema 1: `arch`; `unit`; `rows`, a list of objects with `name`,
`what`, `value`, `budget` (null: none), `goal`; `classes`, by the row's name: its
`limit` and `values` by name.  Other parts of the bench add members.
"""
import json
import os
import re

from common import TOP

BUDGETS = os.path.join(TOP, "tests", "bench", "budgets")
CLASS_PERCENT = 120


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
            for name, (what, goal, _) in bench.facts["rows"].items()
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
            **bench.results}


def too_high(made):
    """Names of what is above its budget, or its goal if it has none."""
    names = [row["name"] for row in made["rows"]
             if row["value"] > (row["budget"] or row["goal"])]
    for one in made["classes"].values():
        names += [name for name, value in one["values"].items()
                  if value > one["limit"]]
    return names


def show(made, facts):
    print(f"{'':38} {'now':>10} {'budget':>10} {'goal':>10}  {facts['peers']}")
    for row in made["rows"]:
        budget = "-" if row["budget"] is None else row["budget"]
        miss = "!" if row["value"] > row["goal"] else " "
        peers = facts["rows"][row["name"]][2]
        print(f"{row['what']:38} {row['value']:10} {budget:>10} "
              f"{row['goal']:10}{miss} {peers}")
    for row, one in made["classes"].items():
        print(f"\nas {row}, at most {one['limit']}:")
        print("  " + ", ".join(f"{name} {value}" for name, value in
                               one["values"].items()))


def report(bench):
    """Print what there is, write results.json; names of what is too high."""
    made = document(bench, budgets(bench.arch))
    show(made, bench.facts)
    for line in bench.notes:
        print(line)
    with open(bench.path("results.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
    return too_high(made) + bench.above
