"""Damages a rendered record the way its planted kind says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kaa_bridge.testing.population import Person, Poison, PoisonKind


def damaged(
    text: str,
    poison: Poison,
    *,
    number: Callable[[str], str],
    day: Callable[[date], str],
    code: str,
) -> str:
    """Return the rendered record with its damage.

    Args:
        text: the sound record of ``poison.person``.
        number: how this system writes a person number.
        day: how it writes a date.
        code: a code in the record that is replaced by one that nobody knows.

    Raises:
        AssertionError: the damage would not change the record, so a test that plants it could not fail.
    """
    person = poison.person
    written = number(person.number)
    match poison.kind:
        case PoisonKind.BAD_CHECK_DIGIT:
            made = text.replace(written, written[:-1] + str((int(written[-1]) + 1) % 10))
        case PoisonKind.SHORTENED_NUMBER:
            made = text.replace(written, person.number[3:])
        case PoisonKind.BAD_DATE:
            made = text.replace(day(_first_start(person)), "2025-13-41")
        case PoisonKind.UNKNOWN_CODE:
            made = text.replace(code, "ZZ9")
    assert made != text, "the planted damage does not show"
    return made


def _first_start(person: Person) -> date:
    return next(place.start for place in person.placements if place.start)
