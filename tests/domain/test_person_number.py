"""Person numbers in all their writings; identities from Skatteverket's published test series or from the future."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.domain.person_number import NumberKind, PersonNumberRefused, luhn_holds, parse_person_number

TODAY = date(2026, 11, 22)
NUMBER = "200301052387"
PUBLISHED = [
    line
    for line in (files("kaa_bridge.testing.population") / "published_numbers.txt").read_text("utf-8").split("\n")
    if line and not line.startswith("#")
]


def test_every_published_test_number_is_read_in_every_writing() -> None:
    assert len(PUBLISHED) > 100
    for number in PUBLISHED:
        found = parse_person_number(number, as_of=TODAY)
        assert found.value == number
        coordination = int(number[6:8]) >= 60
        assert found.kind is (NumberKind.SAMORDNINGSNUMMER if coordination else NumberKind.PERSONNUMMER)
        for writing in (f"{number[:8]}-{number[8:]}", number[2:], f"{number[2:8]}-{number[8:]}"):
            assert parse_person_number(writing, as_of=TODAY) == found


def test_the_birth_date_is_told() -> None:
    assert parse_person_number(NUMBER, as_of=TODAY).birth_date == date(2003, 1, 5)


@pytest.mark.parametrize(
    ("number", "born"),
    [("200300872389", None), ("200300802394", None), ("200301702395", date(2003, 1, 10))],
)
def test_a_samordningsnummer_tells_the_birth_date_as_far_as_it_goes(number: str, born: date | None) -> None:
    found = parse_person_number(number, as_of=TODAY)
    assert found.kind is NumberKind.SAMORDNINGSNUMMER
    assert found.birth_date == born


def with_check_digit(nine: str, century: str) -> str:
    return next(century + nine + last for last in "0123456789" if luhn_holds(nine + last))


def test_a_samordningsnummer_may_have_a_day_that_its_month_lacks() -> None:
    found = parse_person_number(with_check_digit("920291238", "20"), as_of=date(2109, 1, 1))
    assert (found.kind, found.birth_date) == (NumberKind.SAMORDNINGSNUMMER, None)
    for impossible in ("921361238", "920292238"):
        with pytest.raises(PersonNumberRefused, match="bad_date"):
            parse_person_number(with_check_digit(impossible, "20"), as_of=date(2109, 1, 1))


def test_a_samordningsnummer_with_unknown_day_is_day_60() -> None:
    number = with_check_digit("920360238", "20")
    found = parse_person_number(number, as_of=date(2109, 1, 1))
    assert (found.kind, found.birth_date) == (NumberKind.SAMORDNINGSNUMMER, None)


@pytest.mark.parametrize("century", ["18", "19", "20", "21"])
def test_four_centuries_of_birth_are_read(century: str) -> None:
    found = parse_person_number(f"{century}{NUMBER[2:]}", as_of=TODAY)
    assert found.birth_date == date(int(f"{century}03"), 1, 5)


@pytest.mark.parametrize("padding", ["  ", "\t\t", "\u00a0 "])
def test_ten_digits_in_a_field_of_twelve_belong_to_no_other_century(padding: str) -> None:
    number = with_check_digit("920315238", "20")
    assert parse_person_number(padding + number[2:], as_of=date(2109, 1, 1)).value == number


@pytest.mark.parametrize("text", ["200301052387 ", " 20030105 2387", "20030105‑2387", "20030105–2387", "20030105−2387"])
def test_blanks_and_foreign_dashes_do_not_matter(text: str) -> None:
    assert parse_person_number(text, as_of=TODAY).value == NUMBER


def test_ten_digits_belong_to_the_latest_century_that_has_been() -> None:
    number = with_check_digit("920315238", "20")
    assert parse_person_number(number[2:], as_of=date(2109, 1, 1)).value == number
    assert parse_person_number(number[2:], as_of=date(2092, 3, 14)).value == "19" + number[2:]
    assert parse_person_number(number[2:], as_of=date(2092, 3, 15)).value == number
    plus = f"{number[2:8]}+{number[8:]}"
    assert parse_person_number(plus, as_of=date(2109, 1, 1)).value == "19" + number[2:]


def test_an_interim_number_has_letters_and_no_check_digit() -> None:
    found = parse_person_number("20910101-TF01", as_of=TODAY)
    assert (found.value, found.kind, found.birth_date) == ("20910101TF01", NumberKind.INTERIM, date(2091, 1, 1))
    assert parse_person_number("20910101tf01", as_of=TODAY).value == "20910101TF01"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (200301052387, "not_text"),
        (2.00301052387e11, "not_text"),
        (None, "not_text"),
        ("", "no_person_number"),
        ("abc", "no_person_number"),
        ("20030105238", "shortened"),
        ("301052387", "shortened"),
        ("200301052387.0", "no_person_number"),
        ("２００３０１０５２３８７", "no_person_number"),
        ("200313052387", "bad_date"),
        ("200301322387", "bad_date"),
        ("200302302387", "bad_date"),
        ("200300052387", "bad_date"),
        ("200301052388", "bad_check_digit"),
        ("20911301TF01", "bad_date"),
        ("000301052387", "bad_date"),
        ("170301052387", "bad_date"),
        ("220301052387", "bad_date"),
        ("00910101TF01", "bad_date"),
        ("000300872389", "bad_date"),
    ],
)
def test_what_is_no_number_is_refused_with_a_code_and_never_repaired(text: object, code: str) -> None:
    with pytest.raises(PersonNumberRefused) as refused:
        parse_person_number(text, as_of=TODAY)
    assert refused.value.code == code
    assert str(refused.value) == code


def test_a_number_never_shows_in_a_representation() -> None:
    found = parse_person_number(NUMBER, as_of=TODAY)
    assert repr(found) == str(found) == f"{found}" == "<PersonNumber personnummer>"


@given(st.text(max_size=20) | st.text("0123456789-+ TF", max_size=16))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(PersonNumberRefused):
        found = parse_person_number(text, as_of=TODAY)
        assert len(found.value) == 12
        assert parse_person_number(found.value, as_of=TODAY) == found


@given(st.sampled_from(PUBLISHED), st.integers(2, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, more: int) -> None:
    digit = (int(number[place]) + more) % 10
    wrong = f"{number[:place]}{digit}{number[place + 1 :]}"
    with pytest.raises(PersonNumberRefused):
        parse_person_number(wrong, as_of=TODAY)
