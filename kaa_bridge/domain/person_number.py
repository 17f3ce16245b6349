"""Person numbers: personnummer, samordningsnummer, and the interim numbers of school systems.

The canonical form is twelve characters without separator (SS 12000 ``civicNo.value``). A number is text from the first
byte to the last: a float, or digits that a spreadsheet has shortened, is refused and never repaired.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from msgspec import Struct

_FULL = r"(?a)(\d{4})(\d{2})(\d{2})-?(\d{4})"
_SHORT = r"(?a)(\d{2})(\d{2})(\d{2})([-+]?)(\d{4})"
_INTERIM = r"(?a)(\d{4})(\d{2})(\d{2})-?([A-Z][A-Z0-9]\d{2})"
DASHES = "\u2010\u2011\u2012\u2013\u2212"
"""Signs that are read as a hyphen."""
_TO_HYPHEN = str.maketrans(DASHES, "-" * len(DASHES))
_COORDINATION = 60
BIRTH_YEARS = range(1800, 2200)
"""Years of birth that a number may tell. No check digit covers the century, so another is a cut or padded number."""
_MONTHS, _LONGEST_MONTH = 12, 31
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


class NumberKind(StrEnum):
    """What kind of identity a number is."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    INTERIM = "interim"


class PersonNumberRefused(ValueError):
    """The text is no person number; ``code`` says why. The text itself is never kept in the error."""

    def __init__(self, code: str) -> None:
        """Keep the reason code only."""
        super().__init__(code)
        self.code = code


class PersonNumber(Struct, frozen=True):
    """A number in canonical form, its kind, and the birth date it tells (``None`` where it leaves a part open)."""

    value: str
    kind: NumberKind
    birth_date: date | None

    def __repr__(self) -> str:
        """Show the kind only: a number never stands in a log or a traceback."""
        return f"<PersonNumber {self.kind.value}>"

    __str__ = __repr__


def parse_person_number(text: object, *, as_of: date) -> PersonNumber:
    """Read one of the four writings (12 or 10 digits, with or without hyphen) or an interim number.

    Args:
        text: the value as the source wrote it; anything but text is refused (a float has lost digits).
        as_of: decides the century of a ten-digit number (a plus sign means 100 years or more).

    Raises:
        PersonNumberRefused: with the code ``not_text``, ``no_person_number``, ``shortened``, ``bad_date`` or
            ``bad_check_digit``.
    """
    if not isinstance(text, str):
        raise PersonNumberRefused("not_text")
    cleaned = text.strip().translate(_TO_HYPHEN).upper().replace(" ", "")
    if match := re.fullmatch(_FULL, cleaned):
        year, month, day, serial = match.groups()
    elif match := re.fullmatch(_SHORT, cleaned):
        short, month, day, separator, serial = match.groups()
        year = _century(short, month, day, separator, as_of) + short
    elif match := re.fullmatch(_INTERIM, cleaned):
        return _interim(*match.groups())
    else:
        digits = cleaned.replace("-", "")
        shortened = digits.replace(".", "").isdigit() and len(digits) in (8, 9, 11)
        raise PersonNumberRefused("shortened" if shortened else "no_person_number")
    return _numbered(year, month, day, serial)


def luhn_holds(ten_digits: str) -> bool:
    """Tell whether the last of ten digits is the check digit of the nine before it (modulus 10)."""
    total = 0
    double = True
    for digit in ten_digits:
        value = ord(digit) - 48
        total += _LUHN_DOUBLED[value] if double else value
        double = not double
    return total % 10 == 0


def _century(short: str, month: str, day: str, separator: str, as_of: date) -> str:
    number_day = int(day) % _COORDINATION or 1
    year = as_of.year // 100 * 100 + int(short)
    if (year, int(month), number_day) > (as_of.year, as_of.month, as_of.day):
        year -= 100
    if separator == "+":
        year -= 100
    return f"{year:04d}"[:2]


def _numbered(year: str, month: str, day: str, serial: str) -> PersonNumber:
    coordination = int(day) >= _COORDINATION
    kind = NumberKind.SAMORDNINGSNUMMER if coordination else NumberKind.PERSONNUMMER
    birth_date = _birth_date(
        year, month, int(day) - _COORDINATION if coordination else int(day), open_allowed=coordination
    )
    if not luhn_holds(year[2:] + month + day + serial):
        raise PersonNumberRefused("bad_check_digit")
    return PersonNumber(year + month + day + serial, kind, birth_date)


def _interim(year: str, month: str, day: str, serial: str) -> PersonNumber:
    birth_date = _birth_date(year, month, int(day) % _COORDINATION, open_allowed=True)
    return PersonNumber(year + month + day + serial, NumberKind.INTERIM, birth_date)


def _birth_date(year: str, month: str, day: int, *, open_allowed: bool) -> date | None:
    """Return the date; where a samordningsnummer or interim number may leave it open, what is no date is unknown."""
    if int(year) not in BIRTH_YEARS:
        raise PersonNumberRefused("bad_date")
    try:
        return date(int(year), int(month), day)
    except ValueError:
        if open_allowed and int(month) <= 12 and 0 <= day <= 31:
            return None
        raise PersonNumberRefused("bad_date") from None
