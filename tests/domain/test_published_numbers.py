"""Every number of the published test series is read; the series is read where it lies, never copied."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kaa_bridge.domain.person_number import NumberKind, parse_person_number

SERIES = Path(__file__).parents[3] / "shared" / "reference" / "specs" / "test-identities"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("personnummer", NumberKind.PERSONNUMMER), ("samordningsnummer", NumberKind.SAMORDNINGSNUMMER)],
)
def test_the_published_series_is_read(name: str, kind: NumberKind) -> None:
    path = SERIES / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"the published series is not beside this checkout ({name})")
    numbers = path.read_text(encoding="ascii").split()
    read = [parse_person_number(number, as_of=date(2026, 1, 1)) for number in numbers]
    assert len(read) > 100
    assert {one.kind for one in read} == {kind}
    if kind is NumberKind.PERSONNUMMER:
        assert all(one.birth_date is not None for one in read)
        written = [parse_person_number(f"{one[2:8]}-{one[8:]}", as_of=date(2026, 1, 1)).value for one in numbers]
        assert written == numbers
    else:
        assert any(one.birth_date is None for one in read), "a month of 00 leaves the birth date open"
