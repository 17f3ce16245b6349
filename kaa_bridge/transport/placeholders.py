"""What a profile may write into a request: a closed list of names between braces, filled in by the adapter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import date
from typing import Any

_NAME = re.compile(r"\{([a-z0-9_]+)\}")
_OMIT = object()

COMMON: Mapping[str, str] = {
    "municipality": "the municipality's code, four digits with leading zero",
    "municipality_number": "the same as a whole number without leading zero",
    "county": "the first two digits of the code (länskod)",
    "municipality_in_county": "the last two digits of the code",
    "as_of": "the night's date, `2026-01-31`",
    "as_of_basic": "the night's date, `20260131`",
}
"""Placeholders of every request, with their meaning."""
PAGING: Mapping[str, str] = {
    "page": "the number of the page",
    "offset": "how many records come before the page",
    "size": "how many records a page holds",
    "token": "the token that the page before gave; the parameter is left out on the first page",
}
"""Placeholders of a request that is paged."""
PERSON: Mapping[str, str] = {
    "number": "the person number, twelve digits",
    "number_hyphen": "the person number, `YYYYMMDD-NNNN`",
    "number_ten": "the person number, `YYMMDD-NNNN`",
}
"""Placeholders of a look-up of one person; never part of an address."""

Template = Any
"""Text with placeholders, a number, a truth value, or tables and arrays of them."""


def check_template(template: Template, allowed: Set[str], where: str) -> None:
    """Refuse a placeholder that does not exist or is not allowed here.

    Raises:
        ValueError: names the place and what is allowed.
    """
    if isinstance(template, Mapping):
        for key, value in template.items():
            check_template(value, allowed, f"{where}.{key}")
    elif isinstance(template, list):
        for index, value in enumerate(template):
            check_template(value, allowed, f"{where}[{index}]")
    elif isinstance(template, str):
        for name in _NAME.findall(template):
            if name not in allowed:
                raise ValueError(f"'{{{name}}}' is not known in {where}; known there: {', '.join(sorted(allowed))}")


def fill(template: Template, values: Mapping[str, str | None]) -> Any:
    """Return the template with its placeholders filled.

    A parameter whose whole value is one placeholder without value (the token of the first page) is left out.
    """
    filled = _fill(template, values)
    return {} if filled is _OMIT else filled


def _fill(template: Template, values: Mapping[str, str | None]) -> Any:
    if isinstance(template, Mapping):
        made = {key: _fill(value, values) for key, value in template.items()}
        return {key: value for key, value in made.items() if value is not _OMIT}
    if isinstance(template, list):
        return [value for value in (_fill(item, values) for item in template) if value is not _OMIT]
    if not isinstance(template, str):
        return template
    whole = _NAME.fullmatch(template)
    if whole and values.get(whole[1]) is None:
        return _OMIT
    return _NAME.sub(lambda match: values.get(match[1]) or "", template)


def common_values(municipality: str, as_of: date) -> dict[str, str | None]:
    """Return the values of ``COMMON``."""
    return {
        "municipality": municipality,
        "municipality_number": str(int(municipality)),
        "county": municipality[:2],
        "municipality_in_county": municipality[2:],
        "as_of": as_of.isoformat(),
        "as_of_basic": as_of.strftime("%Y%m%d"),
    }


def person_values(number: str) -> dict[str, str | None]:
    """Return the values of ``PERSON`` for a canonical number."""
    return {
        "number": number,
        "number_hyphen": f"{number[:8]}-{number[8:]}",
        "number_ten": f"{number[2:8]}-{number[8:]}",
    }
