"""Writes the generated parts of docs/reference: ``python -m tests.docs.generate``.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->`` on a page; the rest of the page is
written by hand. ``tests/docs/test_generated.py`` fails when a page no longer agrees with the code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from tests.docs import (
    parts_cli,
    parts_config,
    parts_contract,
    parts_facts,
    parts_hostile,
    parts_json,
    parts_scb,
    parts_store,
)

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "explanation/hostile-plugins.md": {"ways": parts_hostile.ways},
    "reference/cli.md": {"commands": parts_cli.commands},
    "reference/configuration.md": {"tables": parts_config.tables},
    "reference/exit-codes.md": {"codes": parts_store.exit_codes, "errors": parts_store.errors},
    "reference/facts-file.md": {
        "youth": parts_facts.youth,
        "parts": parts_facts.parts,
        "events": parts_facts.events,
        "words": parts_facts.words,
    },
    "reference/decisions-and-due.md": {
        "decisions": parts_json.decisions,
        "decide-example": parts_json.decide_example,
        "actions": parts_json.actions,
        "due-example": parts_json.due_example,
    },
    "reference/hooks.md": {
        "hooks": parts_contract.hooks,
        "types": parts_contract.types,
        "source": parts_contract.source,
        "journal": parts_contract.journal,
        "predicates": parts_contract.predicates,
    },
    "reference/scb-layout.md": {
        "tables": parts_scb.tables,
        "sources": parts_scb.sources,
        "checks": parts_scb.checks,
        "always": parts_scb.always,
    },
    "reference/state.md": {"tables": parts_store.tables},
}
_PART = re.compile(r"<!-- generated: (?P<name>[a-z-]+) -->\n.*?<!-- end -->", re.DOTALL)


def renewed(page: str) -> str:
    """Return the text of a page with every generated part as the code has it now."""
    makers = PARTS[page]

    def replacement(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- generated: {name} -->\n\n{makers[name]().strip()}\n\n<!-- end -->"

    return _PART.sub(replacement, (DOCS / page).read_text(encoding="utf-8"))


def names_on(page: str) -> list[str]:
    """Return the names of the generated parts that stand on a page."""
    return [match["name"] for match in _PART.finditer((DOCS / page).read_text(encoding="utf-8"))]


def main() -> None:
    """Renew every page and say which ones changed."""
    for page in PARTS:
        path = DOCS / page
        text = renewed(page)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"renewed {page}\n")


if __name__ == "__main__":
    main()
