"""Says which facts a record gave, without saying whose: names of facts and code values, never a number or a name."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.person_number import NumberKind
from kaa_bridge.domain.record import AbsenceTold, RecordFacts

_CODES = frozenset({"municipality", "school_form", "study_path"})
_GROUPS = ("residence", "placements", "qualifications", "events")


def describe(facts: RecordFacts, absences: tuple[AbsenceTold, ...] | None = None) -> dict[str, Any]:
    """Return fact name to what may be shown of it; a fact that the record does not give is left out.

    Codes are shown as they are. Of a number the kind is shown, of a text or a date that it is there. Absences are shown
    though they are no facts: whoever writes the mapping must see that they are read.
    """
    shown: dict[str, Any] = {}
    for name in facts.__struct_fields__:
        value = getattr(facts, name)
        if value is None or value == ():
            if value == () and name in _GROUPS:
                shown[name] = "none"
            continue
        shown[name] = _shown(name, value)
    if absences:
        shown["absences"] = [_parts(one) for one in absences]
    return shown


def _shown(name: str, value: Any) -> Any:
    if name == "number":
        return f"{number_kind(value)} (ok)"
    if name == "replaces":
        return [f"{number_kind(number)} (ok)" for number in value]
    if name in _GROUPS:
        return [_parts(entry) for entry in value]
    if name in ("identity", "compulsory_schooling"):
        return _parts(value)
    return _plain(name, value)


def _parts(entry: Fact) -> dict[str, str]:
    given = ((name, getattr(entry, name)) for name in entry.__struct_fields__)
    return {name: _plain(name, value) for name, value in given if value is not None}


def _plain(name: str, value: Any) -> str:
    if isinstance(value, StrEnum) or name in _CODES:
        return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "date (ok)" if isinstance(value, date) else "text (ok)"


def number_kind(number: str) -> NumberKind:
    """Return the kind of a canonical number."""
    if not number.isdigit():
        return NumberKind.INTERIM
    return NumberKind.SAMORDNINGSNUMMER if number[6:8] > "31" else NumberKind.PERSONNUMMER
