"""Numbers that belong to nobody: the published test series, and numbers with birth dates in the future."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from kaa_bridge.domain.person_number import NumberKind, PersonNumber, parse_person_number

FIRST_FUTURE_BIRTH = date(2090, 1, 1)
FUTURE_DAYS = 1461
"""Days from the first to the last future birth date (2093-12-31), both included."""
MOST_FUTURE_NUMBERS = FUTURE_DAYS * 1000

_FUTURE_DATES = tuple((FIRST_FUTURE_BIRTH + timedelta(days=day)).strftime("%Y%m%d") for day in range(FUTURE_DAYS))
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


@cache
def published_numbers() -> tuple[PersonNumber, ...]:
    """Return the embedded part of Skatteverket's published test series, births 2003 to 2012, in file order."""
    text = files(__package__).joinpath("published_numbers.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(parse_person_number(line, as_of=date(2026, 1, 1)) for line in lines)


def future_number(index: int) -> tuple[str, date]:
    """Return number ``index`` (from 0) with a birth date in 2090-2093, and that date.

    Raises:
        ValueError: there are ``MOST_FUTURE_NUMBERS`` of them and the index lies outside.
    """
    serial, day = divmod(index, FUTURE_DAYS)
    if not 0 <= serial < 1000:
        raise ValueError(
            f"There are {MOST_FUTURE_NUMBERS} numbers with birth dates 2090-2093; {index} is none of them."
        )
    written = f"{_FUTURE_DATES[day]}{serial:03d}"
    total = sum(_DOUBLED[ord(digit) - 48] for digit in written[2::2]) + sum(map(int, written[3::2]))
    return f"{written}{-total % 10}", date.fromordinal(FIRST_FUTURE_BIRTH.toordinal() + day)


class NumberBook:
    """Hands out published numbers, each once, nearest to the birth date that is asked for."""

    def __init__(self) -> None:
        """Start with every embedded number unused."""
        numbers = published_numbers()
        self._full = [item for item in numbers if item.kind is NumberKind.PERSONNUMMER]
        self._coordination = [item for item in numbers if item.kind is NumberKind.SAMORDNINGSNUMMER]

    def nearest(self, birth_date: date, *, earliest: date = date.min, latest: date = date.max) -> PersonNumber:
        """Take the personnummer born nearest the date, within the two dates (both inclusive)."""
        return _take(self._full, birth_date, earliest, latest)

    def coordination(self, birth_date: date) -> PersonNumber:
        """Take the samordningsnummer born nearest the date."""
        return _take(self._coordination, birth_date, date.min, date.max)

    def without_birth_date(self, year: int) -> PersonNumber:
        """Take a samordningsnummer whose month of birth is unknown, the year nearest the one asked for."""
        unknown = [item for item in self._coordination if item.birth_date is None]
        found = min(unknown, key=lambda item: (abs(int(item.value[:4]) - year), item.value))
        self._coordination.remove(found)
        return found


def _take(numbers: list[PersonNumber], wanted: date, earliest: date, latest: date) -> PersonNumber:
    dated = [(item.birth_date, item) for item in numbers if item.birth_date is not None]
    fitting = [(abs((born - wanted).days), item.value, item) for born, item in dated if earliest <= born <= latest]
    if not fitting or min(fitting)[0] > 120:
        raise ValueError("The embedded test series has no unused number near that birth date; use build_large.")
    found = min(fitting)[2]
    numbers.remove(found)
    return found
