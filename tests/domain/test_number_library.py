"""Our reading of person numbers agrees with the ``personnummer`` library.

The library reads neither interim numbers, nor months of 00, nor birth dates to come, and it refuses the serial 000,
which has a check digit all the same; those are ours alone.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from personnummer.personnummer import Personnummer, PersonnummerException

from kaa_bridge.domain.person_number import PersonNumberRefused, parse_person_number

DAYS = st.dates(date(1950, 1, 1), date(2015, 12, 31))


def theirs(text: str) -> str | None:
    try:
        return str(Personnummer(text).format(long_format=True))
    except PersonnummerException:
        return None


def ours(text: str) -> str | None:
    try:
        return parse_person_number(text, as_of=date(2026, 1, 1)).value
    except PersonNumberRefused:
        return None


@given(DAYS, st.integers(10, 9999), st.sampled_from(["{0:%Y%m%d}{1:04d}", "{0:%Y%m%d}-{1:04d}", "{0:%y%m%d}-{1:04d}"]))
def test_both_accept_and_refuse_the_same(born: date, serial: int, writing: str) -> None:
    text = writing.format(born, serial)
    assert ours(text) == theirs(text)


@given(DAYS, st.integers(10, 9999))
def test_both_read_samordningsnummer_alike(born: date, serial: int) -> None:
    text = f"{born:%Y%m}{born.day + 60}{serial:04d}"
    assert ours(text) == theirs(text)


def test_one_in_ten_serials_is_valid() -> None:
    day = date(2008, 1, 1) + timedelta(days=30)
    valid = sum(ours(f"{day:%Y%m%d}{serial:04d}") is not None for serial in range(10, 1010))
    assert valid == 100
