"""Placeholders are a closed list, and a person's number never fits into an address."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.transport.placeholders import COMMON, PAGING, PERSON, check_template, common_values, fill, person_values

VALUES = {**common_values("0581", date(2026, 2, 1)), **person_values("200901012389"), "page": "3", "token": None}


def test_every_placeholder_has_a_value() -> None:
    template = {name: f"<{{{name}}}>" for name in [*COMMON, *PERSON]}
    filled = fill(template, VALUES)
    assert all(text != "<>" for text in filled.values())
    assert filled["municipality"] == "<0581>"
    assert filled["municipality_number"] == "<581>"
    assert filled["county"] + filled["municipality_in_county"] == "<05><81>"
    assert filled["as_of_basic"] == "<20260201>"
    assert filled["number_hyphen"] == "<20090101-2389>"
    assert filled["number_ten"] == "<090101-2389>"


def test_nested_tables_numbers_and_arrays_are_kept() -> None:
    template = {"a": {"b": ["{page}", 7, True]}, "c": "p{page}-{municipality}"}
    assert fill(template, VALUES) == {"a": {"b": ["3", 7, True]}, "c": "p3-0581"}


def test_a_parameter_without_value_is_left_out() -> None:
    assert fill({"cursor": "{token}", "page": "{page}"}, VALUES) == {"page": "3"}


@pytest.mark.parametrize("template", [{"a": "{numbr}"}, {"a": {"b": "{number}"}}, ["{size} {number}"], "{token}{x}"])
def test_an_unknown_or_forbidden_placeholder_names_its_place(template: object) -> None:
    with pytest.raises(ValueError, match=r"profile\.search"):
        check_template(template, COMMON.keys() | PAGING.keys(), "profile.search")
