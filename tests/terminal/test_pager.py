# SPDX-License-Identifier: GPL-2.0-or-later
"""Long answers come page by page where a terminal told its size, and as a
whole where nobody answers."""
import re

import guests

QUESTION = r"\x1b7\x1b\[999;999H\x1b\[6n\x1b8\x1b\[c"
MORE = "-- space, Enter, q, G --"
PROMPT = r"\x1b\[1mmonovisor# \x1b\[m"


def test_pages(boot):
    machine = boot(cpus=2)
    # Nobody answers: asked once, and only by an answer that is long.
    machine.command("version")
    machine.send("host devices\r")
    machine.expect(QUESTION)
    machine.start()
    whole = machine.command("host devices")
    assert "\x1b" not in whole and whole.count("\n") > 23
    assert not guests.document(machine, "terminal info")["rows"]
    assert "no answer" in machine.command("terminal ask")

    # Somebody does, while more is typed.
    machine.send("terminal ask\r")
    machine.expect(QUESTION)
    machine.send("ec\x1b[12;80Rho ty\x1b[?62cped\r")
    machine.expect(PROMPT + r"echo typed\s+typed\s+")
    machine.expect(PROMPT)
    machine.send("host devices\r")
    machine.expect(r"host devices[\r\n]+")
    machine.expect(MORE)
    page = machine.child.before.replace("\r", "")
    assert page.count("\n") == 11 and whole.startswith(page)
    machine.send("\r")
    machine.expect(r"\r\x1b\[K[^\r\n]+[\r\n]+" + MORE)
    machine.send(" ")
    machine.expect(MORE)
    assert machine.child.before.count("\n") == 11
    machine.send("q")
    machine.expect(r"^\r\x1b\[K\s*" + PROMPT)
    machine.send("host devices\r")
    machine.expect(MORE)
    machine.send("G")
    machine.expect(r"\r\x1b\[K")
    machine.expect(PROMPT)
    assert machine.child.before.count("\n") == whole.count("\n") - 11

    # Errors have a colour; documents and typed-ahead input no pages.
    machine.send("nosuch\r")
    machine.expect(r"\x1b\[31merror:\x1b\[m nosuch")
    machine.expect(PROMPT)
    machine.send("host devices --json\r")
    machine.expect(r'"devices": \[[^\x1b]*\]\}\s+' + PROMPT)
    machine.send("terminal rows 0\r")
    machine.expect(PROMPT)
    machine.send("host devices\r")
    machine.expect(r"host devices[\r\n]+")
    machine.expect(PROMPT)
    assert not re.search(MORE, machine.child.before)
