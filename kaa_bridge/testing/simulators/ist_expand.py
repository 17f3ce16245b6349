"""What ``expand`` and ``expandReferenceNames`` add to an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kaa_bridge.testing.simulators.ist_filters import BadQuestion, Object

Collections = Mapping[str, list[Object]]
_EXPANDS: Mapping[str, frozenset[str]] = {
    "persons": frozenset({"duties", "responsibleFor", "placements", "ownedPlacements", "groupMemberships"}),
    "groups": frozenset({"assignmentRoles"}),
    "duties": frozenset({"person"}),
}
_REFERENCES = frozenset({"enroledAt", "programme", "parentOrganisation", "parentProgramme", "organisation", "dutyAt"})


def expanded(
    collection: str, items: Iterable[Object], asked: Mapping[str, list[str]], held: Collections
) -> list[Object]:
    """Return the items with what the question asks for beside them.

    Raises:
        BadQuestion: ``expand`` names something that the collection does not have.
    """
    wanted, found = asked.get("expand", []), list(items)
    if set(wanted) - _EXPANDS.get(collection, frozenset()):
        raise BadQuestion("bad_value")
    if wanted:
        found = [{**item, "_embedded": {name: _embedded(name, item, held) for name in wanted}} for item in found]
    if asked.get("expandReferenceNames") == ["true"]:
        names = {one["id"]: one.get("displayName") or one.get("name") for many in held.values() for one in many}
        found = [_named(item, names) for item in found]
    return found


def _embedded(name: str, item: Object, held: Collections) -> Any:
    match name:
        case "duties":
            return [duty for duty in held["duties"] if duty["person"]["id"] == item["id"]]
        case "responsibleFor":
            return [
                {"person": {"id": pupil["id"]}, "relationType": told["relationType"]}
                for pupil in held["persons"]
                for told in pupil.get("responsibles", [])
                if told["person"]["id"] == item["id"]
            ]
        case "person":
            return next(one for one in held["persons"] if one["id"] == item["person"]["id"])
    return []


def _named(value: Any, names: Mapping[str, str | None]) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _named(one, names) for name, one in value.items()}
    for name in _REFERENCES & set(made):
        if known := names.get(made[name].get("id", "")):
            made[name] = {**made[name], "displayName": known}
    return made
