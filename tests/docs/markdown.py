"""Small helpers for the generated parts."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a bar in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
    )


def doc(thing: object) -> str:
    """Return a docstring in Markdown: double back-quotes become single ones."""
    return code_marks(inspect.cleandoc(getattr(thing, "__doc__", "") or ""))


def code_marks(text: str) -> str:
    """Return reStructuredText's literals as Markdown's."""
    return re.sub(r"``(.+?)``", r"`\1`", text)


def opening(text: str) -> str:
    """Return what stands before the sections of a docstring, one paragraph a line."""
    before = re.split(r"^(?:Attributes|Args|Returns|Raises):$", text, maxsplit=1, flags=re.MULTILINE)[0]
    return "\n\n".join(" ".join(part.split()) for part in before.split("\n\n") if part.strip())


def section(text: str, title: str) -> dict[str, str]:
    """Return the entries of a Google-style section of a docstring: name to meaning."""
    found = re.search(rf"^{title}:\n((?:    .*\n?|\n)+)", text, flags=re.MULTILINE)
    entries: dict[str, str] = {}
    name = ""
    for line in (found[1] if found else "").splitlines():
        start = re.match(r"    (\w+): (.*)", line)
        if start:
            name = start[1]
            entries[name] = start[2]
        elif name and line.strip():
            entries[name] += " " + line.strip()
    return entries
