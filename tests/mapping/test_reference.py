"""The reference page and the code cannot drift apart; the mapping named in the guide exists."""

from __future__ import annotations

import re
from pathlib import Path

from kaa_bridge.mapping import bundled_mappings
from kaa_bridge.mapping.reference import generated, renewed

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "reference" / "mapping-files.md"


def test_the_generated_parts_of_the_page_are_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run: kaa-bridge mapping reference --write docs/reference/mapping-files.md"


def test_the_page_holds_every_generated_part_once() -> None:
    names = re.findall(r"<!-- generated: (\w+) -->", PAGE.read_text(encoding="utf-8"))
    assert sorted(names) == sorted(generated())


def test_renewing_changes_only_the_generated_parts() -> None:
    page = "before\n<!-- generated: counts -->\nold\n<!-- end -->\nafter"
    new = renewed(page)
    assert new.startswith("before\n<!-- generated: counts -->\n\n| key |")
    assert new.endswith("<!-- end -->\nafter")
    assert "old" not in new


def test_the_guide_names_a_bundled_mapping() -> None:
    guide = (DOCS / "how-to" / "write-a-mapping.md").read_text(encoding="utf-8")
    named = re.findall(r"mapping show (\w+)", guide)
    assert named
    assert set(named) <= set(bundled_mappings())
