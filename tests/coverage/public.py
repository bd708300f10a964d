# SPDX-License-Identifier: GPL-2.0-or-later
"""Is every public function, and every register row, reached by something?"""
import glob
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

HEADERS = ("core/include/vmm/*.h", "libs/include/libs/*.h")
# What the fake machine and the native runner answer themselves.
NOT_OURS = ("core/include/vmm/arch.h", "core/include/vmm/test.h")

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
BODY = re.compile(r"\{[^{}]*\}")
ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)\)?|PRINTF\(\d+, \d+\)")
FUNCTION = re.compile(r"[\w\s*]*?\b([a-z]\w*)\s*\((?!\s*\*)")


def blank(found):
    """As many lines, without a word."""
    return "\n" * found[0].count("\n")


def declared(path):
    """name: first and last line, of what a header declares or has."""
    with open(path, encoding="utf-8") as file:
        text = COMMENT.sub(blank, file.read())
    text = ATTRIBUTE.sub(blank, DIRECTIVE.sub(blank, text))
    while (inner := BODY.sub(lambda b: blank(b) + "\0", text)) != text:
        text = inner
    names, line = {}, 1
    for part in re.split(r"[;\0]", text):
        found = FUNCTION.match(part.lstrip())
        last = line + part.count("\n")
        if found and "typedef" not in part:
            names[found[1]] = last - part.lstrip().count("\n"), last
        line = last
    return names


def renamed():
    """What C library functions of libs are called natively."""
    path = os.path.join(TOP, "tests", "host", "libs_names.h")
    with open(path, encoding="utf-8") as file:
        return dict(re.findall(r"^#define\s+(\w+)\s+(\w+)$", file.read(), re.M))


def unreached_functions(counts):
    called, native = set(), renamed()
    for (_, _, name), calls in counts.functions.items():
        if calls:
            called.add(name)
    missing = set()
    for path in sorted(sum((glob.glob(os.path.join(TOP, pattern))
                            for pattern in HEADERS), [])):
        header = os.path.relpath(path, TOP)
        lines = counts.lines.get(header, {})
        for name, (first, last) in declared(path).items():
            if header not in NOT_OURS and \
                    native.get(name, name) not in called and \
                    not any(lines.get(n) for n in range(first, last + 1)):
                missing.add(f"{name}()")
    return missing


def unreached_rows(path):
    there, reached = {}, {"r": set(), "w": set()}
    with open(path, encoding="utf-8") as file:
        for line in file:
            kind, device, number, *rest = line.split()
            if kind == "row":
                there[device, number] = rest
            else:
                reached[kind].add((device, number))
    missing = set()
    for row, (name, ways) in there.items():
        for way in ways:
            if row not in reached[way]:
                verb = "read" if way == "r" else "write"
                missing.add(f"{row[0]}.{name}:{verb}")
    return missing


def reasons():
    """name: why, of the table of what may be unreached."""
    table = {}
    with open(os.path.join(HERE, "unreached"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, why = line.split(None, 1)
                table[name] = why.strip()
    return table


def problems(counts, rows):
    missing = unreached_functions(counts) | unreached_rows(rows)
    known = reasons()
    return [f"{name}: nothing reaches it" for name in
            sorted(missing - set(known))] + \
        [f"{name}: is reached: its line in tests/coverage/unreached goes"
         for name in sorted(set(known) - missing)]
