"""What must hold between the facts of one entry, and the watch for a renamed end date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from kaa_bridge.domain.facts import EVENT_FIELDS, Event, Placement, Residence
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.mapping.model import EntryRules, RuleModel
from kaa_bridge.mapping.paths import parse_path, scalar
from kaa_bridge.mapping.problems import Finding, RecordRefused, Refused
from kaa_bridge.mapping.rules import conversion

Check = Callable[[list[Any], str, list[Finding]], None]
Watch = Callable[[dict[str, Any], list[Any], list[Finding]], None]

_PLACEMENT = {field.name: index for index, field in enumerate(fields(Placement))}
_RESIDENCE = {field.name: index for index, field in enumerate(fields(Residence))}
_EVENT = {field.name: index for index, field in enumerate(fields(Event))}


def _period(names: dict[str, int], group: str) -> Check:
    start_at, end_at = names["start"], names["end"]

    def check(values: list[Any], place: str, found: list[Finding]) -> None:
        start, end = values[start_at], values[end_at]
        if end is not None and start is not None and end < start:
            raise RecordRefused("end_before_start", place, f"{group}.end")

    return check


def _placement() -> Check:
    period = _period(_PLACEMENT, "placements")
    end_at, ended_at = _PLACEMENT["end"], _PLACEMENT["ended_as"]

    def check(values: list[Any], place: str, found: list[Finding]) -> None:
        if values[end_at] is not None:
            period(values, place, found)
        elif values[ended_at] is not None:
            found.append(Finding("ended_without_date", place, "placements.end"))

    return check


def _event(values: list[Any], place: str, found: list[Finding]) -> None:
    needed, allowed = EVENT_FIELDS[values[_EVENT["kind"]]]
    for name, index in _EVENT.items():
        if name in ("kind", "on"):
            continue
        if name in needed:
            if values[index] is None:
                raise RecordRefused("incomplete_event", place, f"events.{name}")
        elif values[index] is not None and name not in allowed:
            found.append(Finding("field_not_of_kind", place, f"events.{name}"))
            values[index] = None


def _free(values: list[Any], place: str, found: list[Finding]) -> None:
    return


CHECKS: dict[str, Check] = {
    "residence": _period(_RESIDENCE, "residence"),
    "placements": _placement(),
    "qualifications": _free,
    "events": _event,
}
"""Per group: raises when the entry cannot be used; may add findings and take out what does not belong."""


def watches(
    group: str, rules: EntryRules, known: frozenset[str], codes: Mapping[str, Mapping[str, str]], as_of: date
) -> Watch | None:
    """Return the watch of a group whose missing end date would mean that the period goes on.

    When the end is missing altogether and the entry holds a name that no rule knows whose value *would be* an end, the
    record is quarantined: it may be the end under a new name. The same for how a placement ended, as a finding.
    """
    end: RuleModel | None = getattr(rules, "end", None)
    if end is None or not end.path or not known:
        return None
    end_at = (_RESIDENCE if group == "residence" else _PLACEMENT)["end"]
    end_seen = _seen(f"{group}.end", end, known, codes, as_of)
    ended: RuleModel | None = getattr(rules, "ended_as", None)
    ended_at = _PLACEMENT["ended_as"]
    ended_seen = _seen("placements.ended_as", ended, known, codes, as_of) if ended and ended.path else None
    place = f"{rules.each or '.'}/{end.path[0]}"

    def watch(entry: dict[str, Any], values: list[Any], found: list[Finding]) -> None:
        if values[end_at] is not None or known.issuperset(entry):
            return
        if end_seen(entry):
            raise RecordRefused("maybe_renamed", place, f"{group}.end")
        if ended_seen is not None and values[ended_at] is None and ended_seen(entry):
            found.append(Finding("maybe_renamed", place, "placements.ended_as"))
            values[ended_at] = PlacementEnd.UNKNOWN

    return watch


def _seen(
    fact: str, rule: RuleModel, known: frozenset[str], codes: Mapping[str, Mapping[str, str]], as_of: date
) -> Callable[[dict[str, Any]], bool]:
    firsts = {steps[0].name for path in rule.path or () if (steps := parse_path(path))}
    convert = conversion(fact, rule, codes, as_of)

    def seen(entry: dict[str, Any]) -> bool:
        if not firsts.isdisjoint(entry):
            return False
        return any(_fits(convert, value) for name, value in entry.items() if name not in known)

    return seen


def _fits(convert: Callable[[Any], Any], value: Any) -> bool:
    try:
        plain = scalar(value)
        return plain is not None and plain != "" and convert(plain) is not None
    except Refused as refused:
        return refused.code == "incomplete_date"
