"""Reads the cases that a lawyer can read: TOML, one file a paragraph, facts as changes of one plain youth."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.facts_file import read_facts
from kaa_bridge.law import CRITERIA, LawSettings, TermEnd

FOLDER = Path(__file__).parent
MUNICIPALITY = "2303"
AS_OF = date(2026, 2, 1)
PLAIN_YOUTH: dict[str, Any] = {
    "ref": "a-1",
    "birth_date": "2008-03-15",
    "protection": "none",
    "life_status": "alive",
    "residence": [{"municipality": MUNICIPALITY, "from": "2008-03-15", "to": None, "basis": "registered"}],
    "first_registered": "2008-03-15",
    "compulsory_schooling": {"status": "ended", "on": "2024-06-12"},
    "placements": [],
    "placements_complete": True,
    "qualifications": [],
    "qualifications_complete": True,
}
"""Seventeen on the usual day, registered here, done with skolplikt, attends nothing, holds nothing: covered."""
KEYS = {
    *("name", "as_of", "municipality", "facts", "unknown", "settings", "term_ends", "frozen"),
    *("outcome", "criteria", "remarks", "covered_since", "next_review", "mark", "rows", "traps"),
}


@dataclass(frozen=True)
class Case:
    """One case: what is asked, and what the answer must be."""

    file: str
    raw: dict[str, Any]
    base: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.raw['name']}"

    @property
    def document(self) -> dict[str, Any]:
        youth = {**PLAIN_YOUTH, **self.base, **self.raw.get("facts", {})}
        for name in self.raw.get("unknown", []):
            del youth[name]
        plain: dict[str, Any] = json.loads(json.dumps({"format": "kaa-facts/1", "youths": [youth]}, default=str))
        return plain

    @property
    def youth(self) -> Youth:
        return read_facts(json.dumps(self.document))[0]

    @property
    def as_of(self) -> date:
        day: date = self.raw.get("as_of", AS_OF)
        return day

    @property
    def municipality(self) -> str:
        return str(self.raw.get("municipality", MUNICIPALITY))

    @property
    def frozen(self) -> bool:
        return bool(self.raw.get("frozen", False))

    @property
    def asks_with_defaults(self) -> bool:
        return not {"settings", "term_ends", "frozen"} & set(self.raw)

    @property
    def settings(self) -> LawSettings:
        chosen = dict(self.raw.get("settings", {}))
        if "equivalent_school_forms" in chosen:
            chosen["equivalent_school_forms"] = frozenset(chosen["equivalent_school_forms"])
        ends = tuple(TermEnd(self.municipality, day) for day in self.raw.get("term_ends", []))
        return LawSettings(term_ends=ends, **chosen)

    @property
    def criteria(self) -> dict[str, str]:
        return {name: self.raw.get("criteria", {}).get(name, "met") for name in CRITERIA}


def read_cases() -> list[Case]:
    """Return every case of every file, in file order."""
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.toml")):
        document = tomllib.loads(path.read_text("utf-8"))
        base = document.get("base", {})
        found += [Case(path.stem, raw, base) for raw in document.get("case", [])]
    return found
