"""The closed list of converters: a raw value in, a typed value out, or a refusal with a code.

Strict on purpose: what a converter does not know it refuses, and nothing is trimmed away but surrounding blanks. Floats
are refused everywhere, because a spreadsheet that turned a code into a number has lost its zeros.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from unicodedata import category

from msgspec import Struct

from kaa_bridge.domain.dates import swedish_date
from kaa_bridge.domain.person_number import BIRTH_YEARS, PersonNumberRefused, parse_person_number
from kaa_bridge.mapping.municipalities import FORMER, MUNICIPALITIES
from kaa_bridge.mapping.problems import Refused

TEXT_LIMIT = 200
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_BASIC_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_POSTAL = re.compile(r"(\d{3}) ?(\d{2})", re.ASCII)
_UNIT = re.compile(r"\d{8}", re.ASCII)
_STUDY_PATH = re.compile(r"[A-ZÅÄÖ0-9]{2,20}")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{3,190}")
_PLAIN_EMAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{3,190}")
"""The common case: printable ASCII without a blank, and one ``@``."""
_PHONE = re.compile(r"\+?[0-9(][0-9 ()/.-]{3,29}", re.ASCII)
MISS: Any = object()
"""Stands for *no result yet* where ``None`` is one."""
_PAIRS = {f"{n:02d}": (n // 10 * 2 // 10 + n // 10 * 2 % 10 + n % 10) for n in range(100)}
_FOURS: dict[str, int] = {}
"""What four digits add to a check sum; filled for the first number, since a night without change reads none."""
_DAYS: dict[str, int] = {}
_DAYS_KEPT = 20_000
_LARGEST = 10**18
_YEARS = range(1900, 2200)


class Kind(StrEnum):
    """What a converter gives and a fact takes."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "person number"
    BOOLEAN = "yes or no"


class Converter(Struct, frozen=True):
    """One converter.

    Attributes:
        kind: what it gives.
        call: raw value and the night's date in, typed value out; raises ``Refused``.
        memo: whether its values are few enough, and impersonal enough, to be remembered during a run.
        text: what it accepts, for the reference.
        quick: the common case of text in one step; returns its second argument when it is not sure.
        matches: in its place, whether text is taken as it stands; not sure when it says no.
    """

    kind: Kind
    call: Callable[[Any, date], Any]
    memo: bool
    text: str
    quick: Callable[[str, Any], Any] | None = None
    matches: Callable[[str], object] | None = None


def _plain(value: Any) -> str:
    """Return text, or a whole number as text; refuse truth values, floats and structures."""
    if value.__class__ is str:
        return value.strip()
    if value.__class__ is int:
        if abs(value) > _LARGEST:
            raise Refused("too_long")
        return str(value)
    raise Refused("wrong_type")


def plain_text(value: Any, _: date | None = None) -> str:
    """Return text without control characters, at most ``TEXT_LIMIT`` long; raises ``Refused``."""
    text = _plain(value)
    if len(text) > TEXT_LIMIT:
        raise Refused("too_long")
    if not text.isprintable() and any(category(sign) in ("Cc", "Cs") for sign in text):
        raise Refused("bad_text")
    return text


def _quick_text(value: str, miss: Any) -> Any:
    if len(value) <= TEXT_LIMIT and value.isprintable():
        return value.strip() or miss
    return miss


def _date(value: Any, _: date) -> date:
    return _in_range(_date_or_open(value, _))


def _date_or_open(value: Any, _: date) -> date:
    if value.__class__ is date:
        return value
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.time() != value.time().min:
            raise Refused("bad_date")
        return value.date()
    text = _plain(value)
    match = _ISO_DATE.fullmatch(text) or _BASIC_DATE.fullmatch(text)
    if match is None:
        raise Refused("bad_date")
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if year in _YEARS and (month == 0 or day == 0):
        raise Refused("incomplete_date")
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused("bad_date") from None


def _in_range(day: date) -> date:
    if day.year not in _YEARS:
        raise Refused("bad_date")
    return day


def _end_date(value: Any, as_of: date) -> date | None:
    converted = _date_or_open(value, as_of)
    return None if converted == date.max else _in_range(converted)


def _local_date(value: Any, as_of: date) -> date:
    if isinstance(value, datetime):
        moment = value
    else:
        text = _plain(value)
        if len(text) <= 10:
            return _date(text, as_of)
        if not _ISO_DATE.match(text) or text[10] not in "T ":
            raise Refused("bad_date")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Refused("bad_date") from None
    _in_range(moment.date())
    return _in_range(moment.date() if moment.tzinfo is None else swedish_date(moment))


def _two_words(yes: str, no: str) -> Callable[[Any, date], bool]:
    def convert(value: Any, _: date) -> bool:
        text = value.strip() if isinstance(value, str) else value
        if text == yes:
            return True
        if text == no:
            return False
        raise Refused("bad_boolean")

    return convert


def _boolean(value: Any, _: date) -> bool:
    if value is True or value in ("true", "1"):
        return True
    if value is False or value in ("false", "0"):
        return False
    raise Refused("bad_boolean")


def _present(value: Any, _: date) -> bool:
    return True


def _integer(value: Any, _: date) -> str:
    text = _plain(value)
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Refused("bad_integer")
    return text


def _municipality(value: Any, _: date) -> str:
    text = _plain(value)
    if text.isascii() and text.isdigit() and len(text) == 3:
        text = "0" + text
    if text not in MUNICIPALITIES and text not in FORMER:
        raise Refused("bad_municipality")
    return text


def _person_number(value: Any, as_of: date) -> str:
    try:
        return parse_person_number(value, as_of=as_of).value
    except PersonNumberRefused as refused:
        raise Refused(refused.code) from None


def _quick_number(digits: str, miss: Any) -> Any:
    """Return twelve digits that are a valid number, without the work of the full reading."""
    try:
        return miss if (_DAYS[digits[:8]] + _FOURS[digits[8:]]) % 10 else digits
    except KeyError:
        day, serial = _day(digits[:8]), _FOURS.get(digits[8:], -1)
    return digits if serial >= 0 and day >= 0 and (day + serial) % 10 == 0 else miss


def _day(digits: str) -> int:
    """Return what the eight digits of a day add to the check sum of a number, -1 where they are no day; remember it."""
    if not _FOURS:
        _FOURS.update({first + second: a + b for first, a in _PAIRS.items() for second, b in _PAIRS.items()})
    if not (digits.isascii() and digits.isdecimal()) or digits[6:] == "60" or int(digits[:4]) not in BIRTH_YEARS:
        return -1
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]) % 60)
        found = _FOURS[digits[2:6]] + _PAIRS[digits[6:]]
    except (ValueError, KeyError):
        return -1
    if len(_DAYS) < _DAYS_KEPT:
        _DAYS[digits] = found
    return found


def _birth_date_of_number(value: Any, as_of: date) -> date | None:
    try:
        return parse_person_number(value, as_of=as_of).birth_date
    except PersonNumberRefused as refused:
        raise Refused(refused.code) from None


def _matching(pattern: re.Pattern[str], code: str, *, upper: bool = False) -> Callable[[Any, date], str]:
    def convert(value: Any, _: date) -> str:
        text = _plain(value).upper() if upper else _plain(value)
        if not pattern.fullmatch(text):
            raise Refused(code)
        return text

    return convert


def _postal_code(value: Any, _: date) -> str:
    match = _POSTAL.fullmatch(_plain(value))
    if match is None:
        raise Refused("bad_postal_code")
    return match[1] + match[2]


CONVERTERS: dict[str, Converter] = {
    "text": Converter(
        Kind.TEXT, plain_text, False, f"text or a whole number, at most {TEXT_LIMIT} characters", _quick_text
    ),
    "date": Converter(
        Kind.DATE,
        _date,
        True,
        "`2026-01-31`, `20260131` (text or number) or a spreadsheet's date, years 1900-2199; a date without month or "
        "day (`20070000`) is unknown, with a finding",
    ),
    "end_date": Converter(Kind.DATE, _end_date, True, "as `date`; `9999-12-31` means that no end is set"),
    "local_date": Converter(
        Kind.DATE,
        _local_date,
        True,
        "a point in time (RFC 3339) as its date in Sweden; without zone it is Swedish time",
    ),
    "true_false": Converter(Kind.BOOLEAN, _boolean, False, "`true`/`false` (JSON or text), `1`/`0` (text)"),
    "j_n": Converter(Kind.BOOLEAN, _two_words("J", "N"), True, "`J` or `N`"),
    "ja_nej": Converter(Kind.BOOLEAN, _two_words("JA", "NEJ"), True, "`JA` or `NEJ`"),
    "present": Converter(Kind.BOOLEAN, _present, False, "any value: yes; the value itself is not kept"),
    "integer": Converter(Kind.TEXT, _integer, True, "a whole number without sign, as text"),
    "municipality": Converter(
        Kind.TEXT, _municipality, True, "`0114`, `114` (text or number), or `LanKod` and `KommunKod` through `parts`"
    ),
    "person_number": Converter(
        Kind.NUMBER,
        _person_number,
        False,
        "12 or 10 digits with or without hyphen, or an interim number, years of birth 1800-2199; text only",
        _quick_number,
    ),
    "birth_date_of_number": Converter(
        Kind.DATE, _birth_date_of_number, False, "a person number, as the birth date it tells"
    ),
    "study_path": Converter(
        Kind.TEXT,
        _matching(_STUDY_PATH, "bad_study_path", upper=True),
        True,
        "a study path code (studievägskod), 2-20 letters and digits, made upper-case",
    ),
    "school_unit": Converter(
        Kind.TEXT, _matching(_UNIT, "bad_school_unit"), True, "a school unit code (skolenhetskod), eight digits"
    ),
    "postal_code": Converter(Kind.TEXT, _postal_code, True, "`12345` or `123 45`"),
    "email": Converter(
        Kind.TEXT, _matching(_EMAIL, "bad_email"), False, "an e-mail address", matches=_PLAIN_EMAIL.fullmatch
    ),
    "phone": Converter(
        Kind.TEXT, _matching(_PHONE, "bad_phone"), False, "a telephone number", matches=_PHONE.fullmatch
    ),
}
"""Every converter, by the name that a mapping file uses."""
