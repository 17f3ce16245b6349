"""Every number in this repository that could be a person's is a published test identity, or of a birth to come."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.domain.person_number import PersonNumberRefused, parse_person_number

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "kaa_bridge" / "testing" / "population" / "published_numbers.txt"
SERIES = ROOT.parent / "shared" / "reference" / "specs" / "test-identities"
FULL = re.compile(r"(?<![\w.-])((?:19|20)\d{6}-?\d{4})(?![\w.])")
ENDINGS = {".py", ".toml", ".md", ".txt", ".j2", ".wsdl", ".tmpl", ".json", ".csv", ".xml"}


def published() -> set[str]:
    texts = [PUBLISHED.read_text(encoding="utf-8")]
    texts += [path.read_text(encoding="ascii") for path in sorted(SERIES.glob("*.txt"))]
    return {number for text in texts for number in re.findall(r"\b\d{12}\b", text)}


def test_no_number_could_belong_to_somebody() -> None:
    if not SERIES.is_dir():
        pytest.skip("the published series is not beside this checkout, so nobody can say which numbers are in it")
    known = published()
    suspicious = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if path.suffix not in ENDINGS or any(
            part.startswith(".") or part in {"venv", "build", "dist"} for part in inside
        ):
            continue
        if path.name == "locked.txt" or not path.is_file():
            continue
        for written in FULL.findall(path.read_text(encoding="utf-8", errors="replace")):
            number = written.replace("-", "")
            try:
                parse_person_number(number, as_of=date(2026, 1, 1))
            except PersonNumberRefused:
                continue
            if number not in known and number[:4] < "2026":
                suspicious.append(f"{path.relative_to(ROOT)} holds a valid number of nobody in the series")
    assert not suspicious, "\n".join(sorted(set(suspicious)))
