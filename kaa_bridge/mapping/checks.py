"""What must hold between the facts of one entry, and the watch for a renamed end date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kaa_bridge.domain.facts import EVENT_FIELDS
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.mapping.model import EntryRules, RuleModel
from kaa_bridge.mapping.paths import parse_path, scalar
from kaa_bridge.mapping.problems import Finding, RecordRefused, Refused
from kaa_bridge.mapping.rules import Convert, conversion

Check = Callable[[list[Any], str, list[Finding]], None]
Watch = Callable[[dict[str, Any], list[Any], list[Finding]], None]


def check_of(group: str, at: dict[str, int], defaults: Mapping[str, Any]) -> Check | None:
    """Return what must hold between the facts of an entry.

    ``at`` tells where each fact stands in its values, ``defaults`` what an event gets that needs a fact it lacks.
    The check raises when the entry cannot be used; it may add findings and take out what does not belong.
    """
    if group == "events":
        return _event(at, defaults)
    if "end" not in at:
        return None
    period = _period(at, group)
    return _placement(at, period) if "ended_as" in at else period


def _period(at: dict[str, int], group: str) -> Check:
    start_at, end_at = at.get("start"), at["end"]

    def check(values: list[Any], place: str, found: list[Finding]) -> None:
        end = values[end_at]
        if end is not None and start_at is not None and values[start_at] is not None and end < values[start_at]:
            raise RecordRefused("end_before_start", place, f"{group}.end")

    return check


def _placement(at: dict[str, int], period: Check) -> Check:
    end_at, ended_at = at["end"], at["ended_as"]

    def check(values: list[Any], place: str, found: list[Finding]) -> None:
        if values[end_at] is not None:
            period(values, place, found)
        elif values[ended_at] is not None:
            found.append(Finding("ended_without_date", place, "placements.end"))

    return check


def _event(at: dict[str, int], defaults: Mapping[str, Any]) -> Check:
    extras = [name for name in at if name not in ("kind", "on")]

    def check(values: list[Any], place: str, found: list[Finding]) -> None:
        needed, allowed = EVENT_FIELDS[values[at["kind"]]]
        for name in needed:
            if name in at and values[at[name]] is None:
                values[at[name]] = defaults.get(name)
            if name not in at or values[at[name]] is None:
                raise RecordRefused("incomplete_event", place, f"events.{name}")
        for name in extras:
            if values[at[name]] is not None and name not in needed and name not in allowed:
                found.append(Finding("field_not_of_kind", place, f"events.{name}"))
                values[at[name]] = None

    return check


def watches(
    group: str,
    rules: EntryRules,
    at: dict[str, int],
    known: frozenset[str],
    codes: Mapping[str, Mapping[str, str]],
    as_of: date,
) -> Watch | None:
    """Return the watch of a group whose missing end date would mean that the period goes on.

    When the end is missing altogether and the entry holds a name that no rule knows whose value *would be* an end, the
    record is quarantined: it may be the end under a new name. The same for how a placement ended, as a finding.
    """
    end: RuleModel | None = getattr(rules, "end", None)
    if end is None or not end.path or not known:
        return None
    end_at = at["end"]
    end_seen = _seen(f"{group}.end", end, known, codes, as_of)
    ended: RuleModel | None = getattr(rules, "ended_as", None)
    ended_at = at.get("ended_as", 0)
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
    convert = conversion(fact, rule, codes)

    def seen(entry: dict[str, Any]) -> bool:
        if not firsts.isdisjoint(entry):
            return False
        return any(_fits(convert, value, as_of) for name, value in entry.items() if name not in known)

    return seen


def _fits(convert: Convert, value: Any, as_of: date) -> bool:
    try:
        plain = scalar(value)
        return plain is not None and plain != "" and convert(plain, as_of) is not None
    except Refused as refused:
        return refused.code == "incomplete_date"
