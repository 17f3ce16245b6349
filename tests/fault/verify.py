"""The independent verifier: it reads the journal's own file and the export of the outbox, and nothing of the bridge."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True)
class Verdict:
    """What is wrong after one trial.

    Attributes:
        duplicates: notes in the journal beyond the first with their reference.
        lost: references that a run without a fault delivers and that are neither in the journal nor with a person.
        in_doubt: notes that a person must look for.
        other: invariants that do not hold, in words.
    """

    duplicates: int = 0
    lost: int = 0
    in_doubt: int = 0
    other: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong; a doubt that waits for a person is not wrong."""
        return not (self.duplicates or self.lost or self.other)


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the notes of the journal's file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def verify(notes: Path, export: Path, expected: Mapping[str, str], *, undated: bool = False) -> Verdict:
    """Judge a trial.

    Args:
        notes: the journal's file.
        export: what ``state export`` wrote.
        expected: reference to text, as a run without a fault delivers them.
        undated: compare texts without their dates: another night may have written them.
    """
    verdict = Verdict()
    stored = read_journal(notes)
    lines = [json.loads(line) for line in export.read_text(encoding="ascii").splitlines()]
    outbox = {line["reference"]: line for line in lines if line["line"] == "note"}
    counts = Counter(note["reference"] for note in stored)
    verdict.duplicates = sum(count - 1 for count in counts.values())
    waiting = {name for name, line in outbox.items() if line["state"] in {"IN_DOUBT", "REFUSED", "QUARANTINED", "HELD"}}
    verdict.lost = len(expected.keys() - counts.keys() - waiting)
    verdict.in_doubt = sum(line["state"] == "IN_DOUBT" for line in outbox.values())
    if extra := counts.keys() - expected.keys():
        verdict.other.append(f"{len(extra)} notes that no run without a fault writes")
    told = [(note["text"], expected.get(note["reference"], note["text"])) for note in stored]
    if changed := sum(_plain(text, undated) != _plain(other, undated) for text, other in told):
        verdict.other.append(f"{changed} notes with another text")
    verdict.other += _outbox(outbox, counts)
    verdict.other += _books(outbox, [line for line in lines if line["line"] == "change"])
    return verdict


def _plain(text: str, undated: bool) -> str:
    return _DATE.sub("DATE", text) if undated else text


def _outbox(outbox: Mapping[str, Mapping[str, Any]], counts: Counter[str]) -> list[str]:
    wrong = []
    confirmed = {name for name, line in outbox.items() if line["state"] == "CONFIRMED"}
    if missing := confirmed - counts.keys():
        wrong.append(f"{len(missing)} confirmed notes that the journal does not hold")
    if unknown := counts.keys() - outbox.keys():
        wrong.append(f"{len(unknown)} notes in the journal that the outbox does not know")
    unsent = {name for name, line in outbox.items() if line["state"] in {"PLANNED", "INTENT"}}
    if unsent:
        wrong.append(f"{len(unsent)} notes neither settled nor with a person after the recovery")
    return wrong


def _books(outbox: Mapping[str, Mapping[str, Any]], changes: list[dict[str, Any]]) -> list[str]:
    """Each note begins once, each change starts where the last ended, and nothing was stored without an intent."""
    wrong = []
    at: dict[str, str] = {}
    intents: set[str] = set()
    for line in changes:
        reference, before, after = line["reference"], line["before"], line["after"]
        if at.get(reference) != before:
            wrong.append(f"a broken chain from {before} to {after}")
        at[reference] = after
        if after == "INTENT":
            intents.add(reference)
    if at != {name: line["state"] for name, line in outbox.items()}:
        wrong.append("the books do not end where the outbox stands")
    if bare := {name for name, line in outbox.items() if line["state"] == "CONFIRMED"} - intents:
        wrong.append(f"{len(bare)} notes confirmed without an intent")
    return wrong
