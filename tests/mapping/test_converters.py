"""Every converter: what it accepts, and the code with which it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.domain.person_number import PersonNumber, PersonNumberRefused, parse_person_number
from kaa_bridge.mapping.converters import CONVERTERS, MISS
from kaa_bridge.mapping.problems import PROBLEMS, Refused
from tests.mapping.support import AS_OF, NUMBER

ACCEPTED: list[tuple[str, Any, Any]] = [
    ("text", "  Anna ", "Anna"),
    ("text", 17, "17"),
    ("date", "2026-01-31", date(2026, 1, 31)),
    ("date", "20260131", date(2026, 1, 31)),
    ("date", 20260131, date(2026, 1, 31)),
    ("date", date(2026, 1, 31), date(2026, 1, 31)),
    ("date", datetime(2026, 1, 31), date(2026, 1, 31)),  # noqa: DTZ001 - as a spreadsheet gives it
    ("end_date", "9999-12-31", None),
    ("end_date", 99991231, None),
    ("end_date", "2026-01-31", date(2026, 1, 31)),
    ("local_date", "2026-06-30T22:30:00Z", date(2026, 7, 1)),
    ("local_date", "2026-01-31T22:30:00Z", date(2026, 1, 31)),
    ("local_date", "2026-01-31T23:59:59", date(2026, 1, 31)),
    ("local_date", "2026-01-31 08:00:00+01:00", date(2026, 1, 31)),
    ("local_date", datetime(2026, 6, 30, 22, 30, tzinfo=UTC), date(2026, 7, 1)),
    ("local_date", "2026-01-31", date(2026, 1, 31)),
    ("true_false", True, True),
    ("true_false", "false", False),
    ("true_false", "0", False),
    ("j_n", "J", True),
    ("j_n", " N ", False),
    ("ja_nej", "JA", True),
    ("ja_nej", "NEJ", False),
    ("present", "anything", True),
    ("integer", "007", "007"),
    ("integer", 7, "7"),
    ("municipality", 114, "0114"),
    ("municipality", "114", "0114"),
    ("municipality", "0114", "0114"),
    ("municipality", "1917", "1917"),
    ("person_number", NUMBER, NUMBER),
    ("person_number", "20100101-2382", NUMBER),
    ("person_number", "100101-2382", NUMBER),
    ("person_number", "1001012382", NUMBER),
    ("person_number", "  1001012382", NUMBER),
    ("person_number", "200700852387", "200700852387"),
    ("person_number", "20130101TF01", "20130101TF01"),
    ("birth_date_of_number", NUMBER, date(2010, 1, 1)),
    ("birth_date_of_number", "200700852387", None),
    ("study_path", "nanat00", "NANAT00"),
    ("school_unit", 12345678, "12345678"),
    ("postal_code", "840 70", "84070"),
    ("postal_code", 84070, "84070"),
    ("email", "a.b@example.org", "a.b@example.org"),
    ("phone", "+46 (0)70-174 06 05", "+46 (0)70-174 06 05"),
]
REFUSED: list[Any] = [
    ("text", 1.0, "wrong_type"),
    ("text", True, "wrong_type"),
    ("text", "x" * 201, "too_long"),
    pytest.param("text", 10**4400, "too_long", id="huge-number"),
    ("text", "a\x00b", "bad_text"),
    pytest.param("text", "a\ud800b", "bad_text", id="lone-surrogate"),
    ("date", "20070000", "incomplete_date"),
    ("date", 20070600, "incomplete_date"),
    ("date", "2026-02-30", "bad_date"),
    ("date", "0", "bad_date"),
    ("date", 0, "bad_date"),
    ("date", 46053, "bad_date"),
    ("date", 20260131.0, "wrong_type"),
    ("date", "26-01-31", "bad_date"),
    ("date", "2026-W05-1", "bad_date"),
    ("date", "9999-12-31", "bad_date"),
    ("date", "2026-01-31T00:00:00Z", "bad_date"),
    ("date", datetime(2026, 1, 31, 12), "bad_date"),  # noqa: DTZ001 - as a spreadsheet gives it
    ("date", "٢٠٢٦-01-31", "bad_date"),
    ("end_date", 99991231.0, "wrong_type"),
    ("local_date", "0001-01-01T00:00:00+14:00", "bad_date"),
    ("local_date", "yesterday at noon", "bad_date"),
    ("true_false", 1, "bad_boolean"),
    ("true_false", "ja", "bad_boolean"),
    ("j_n", "JA", "bad_boolean"),
    ("j_n", "j", "bad_boolean"),
    ("ja_nej", "J", "bad_boolean"),
    ("integer", "-1", "bad_integer"),
    ("integer", "²", "bad_integer"),
    ("municipality", "0323", "bad_municipality"),
    ("municipality", "14", "bad_municipality"),
    ("municipality", 114.0, "wrong_type"),
    ("person_number", 201001012382, "not_text"),
    ("person_number", 201001012382.0, "not_text"),
    ("person_number", "01012382", "shortened"),
    ("person_number", "201001012383", "bad_check_digit"),
    ("person_number", "001001012382", "bad_date"),
    ("person_number", "+11001012382", "no_person_number"),
    ("person_number", "1_1001012382", "no_person_number"),
    ("person_number", "٢٠١٠٠١٠١٢٣٨٢", "no_person_number"),
    ("study_path", "NA SAM", "bad_study_path"),
    ("school_unit", "1234567", "bad_school_unit"),
    ("postal_code", "8407", "bad_postal_code"),
    ("email", "anna", "bad_email"),
    ("phone", "ring skolan", "bad_phone"),
]


@pytest.mark.parametrize(("name", "raw", "value"), ACCEPTED)
def test_a_converter_accepts(name: str, raw: Any, value: Any) -> None:
    assert CONVERTERS[name].call(raw, AS_OF) == value


@pytest.mark.parametrize(("name", "raw", "code"), REFUSED)
def test_a_converter_refuses_with_a_code(name: str, raw: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        CONVERTERS[name].call(raw, AS_OF)
    assert refused.value.code == code
    assert code in PROBLEMS


def test_every_converter_is_tried_both_ways() -> None:
    assert {name for name, _, _ in ACCEPTED} == set(CONVERTERS)
    assert {case[0] for case in REFUSED if isinstance(case, tuple)} >= set(CONVERTERS) - {
        "present",
        "birth_date_of_number",
    }


def outcome(read: Any) -> Any:
    try:
        return read()
    except (Refused, PersonNumberRefused) as refused:
        return refused.code


@given(
    st.text(alphabet="0123456789", min_size=11, max_size=13)
    | st.text(alphabet="0123456789 +-_\u0661\u00a0", min_size=2, max_size=2).map(lambda first: first + NUMBER[2:])
    | st.dates(date(1900, 1, 1), date(2100, 12, 31)).flatmap(
        lambda day: st.integers(0, 9999).map(lambda serial: f"{day:%Y%m%d}{serial:04d}")
    )
    | st.integers(0, 9999).map(lambda serial: f"200700{85:02d}{serial:04d}")
)
def test_the_quick_reading_of_a_number_agrees_with_the_full_one(text: str) -> None:
    quick = CONVERTERS["person_number"].quick
    assert quick is not None
    full = outcome(lambda: parse_person_number(text, as_of=AS_OF))
    if isinstance(full, PersonNumber) and full.birth_date is not None and text == full.value:
        assert quick(text, MISS) == full.value
    else:
        assert quick(text, MISS) is MISS


@given(st.sampled_from(sorted(CONVERTERS)), st.text(max_size=30) | st.integers() | st.floats() | st.booleans())
def test_a_converter_raises_nothing_else(name: str, raw: Any) -> None:
    converter = CONVERTERS[name]
    result = outcome(lambda: converter.call(raw, AS_OF))
    if converter.quick is not None and isinstance(raw, str) and raw.strip():
        quick = converter.quick(raw, MISS)
        assert quick is MISS or quick == result
