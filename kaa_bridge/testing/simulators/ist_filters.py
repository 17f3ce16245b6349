"""The query parameters of SS 12000, read strictly, and what they keep of a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

Object = dict[str, Any]
Keeps = Callable[[Object], bool]
Asked = Mapping[str, list[str]]

_TIMES = ("meta.created.before", "meta.created.after", "meta.modified.before", "meta.modified.after")
_DATES = ("startDate.onOrBefore", "startDate.onOrAfter", "endDate.onOrBefore", "endDate.onOrAfter")
_COMMON = {*_TIMES, "expandReferenceNames", "sortkey", "limit", "pageToken"}
_RELATED = {f"relationship.{name}" for name in ("entity.type", "organisation", *_DATES)}
PARAMETERS: Mapping[str, frozenset[str]] = {
    "organisations": frozenset(
        {*_COMMON, *_DATES, "parent", "schoolUnitCode", "organisationCode", "municipalityCode", "type", "schoolTypes"}
    ),
    "programmes": frozenset({*_COMMON, "schoolType", "code", "parentProgramme"}),
    "persons": frozenset(
        {*_COMMON, *_RELATED, "nameContains", "civicNo", "eduPersonPrincipalName", "identifier.value"}
        | {"identifier.context", "expand"}
    ),
    "groups": frozenset({*_COMMON, *_DATES, "groupType", "schoolTypes", "organisation", "expand"}),
    "duties": frozenset({*_COMMON, *_DATES, "organisation", "dutyRole", "person", "expand"}),
    "deletedEntities": frozenset({"after", "entities", "limit", "pageToken"}),
}
"""What each list may be asked, as the official documents name it."""
_ARRAYS = frozenset(
    {"parent", "schoolUnitCode", "organisationCode", "type", "schoolTypes", "schoolType", "nameContains", "expand"}
    | {"groupType", "entities"}
)
_FIELDS: Mapping[str, Callable[[Object], Iterable[str]]] = {
    "parent": lambda item: [item.get("parentOrganisation", {}).get("id", "")],
    "schoolUnitCode": lambda item: [item.get("schoolUnitCode", "")],
    "organisationCode": lambda item: [item.get("organisationCode", "")],
    "municipalityCode": lambda item: [item.get("municipalityCode", "")],
    "type": lambda item: [item.get("organisationType", "")],
    "schoolTypes": lambda item: item.get("schoolTypes", []) or [item.get("schoolType", "")],
    "schoolType": lambda item: [item.get("schoolType", "")],
    "code": lambda item: [item.get("code", "")],
    "parentProgramme": lambda item: [item.get("parentProgramme", {}).get("id", "")],
    "civicNo": lambda item: [item.get("civicNo", {}).get("value", "")],
    "eduPersonPrincipalName": lambda item: item.get("eduPersonPrincipalNames", []),
    "identifier.value": lambda item: [entry["value"] for entry in item.get("externalIdentifiers", [])],
    "identifier.context": lambda item: [entry["context"] for entry in item.get("externalIdentifiers", [])],
    "groupType": lambda item: [item.get("groupType", "")],
    "organisation": lambda item: [(item.get("organisation") or item.get("dutyAt") or {}).get("id", "")],
    "dutyRole": lambda item: [item.get("dutyRole", "")],
    "person": lambda item: [item.get("person", {}).get("id", "")],
}


class BadQuestion(ValueError):
    """The question breaks the standard; ``code`` says how."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


def check_names(collection: str, asked: Asked) -> None:
    """Refuse parameters that the standard does not name, repeats, and a token that comes with other filters."""
    if set(asked) - PARAMETERS[collection]:
        raise BadQuestion("unknown_parameter")
    if any(len(values) > 1 and name not in _ARRAYS for name, values in asked.items()):
        raise BadQuestion("repeated_parameter")
    if "pageToken" in asked and set(asked) - {"pageToken", "limit"}:
        raise BadQuestion("token_with_filters")


def filters(asked: Asked, relations: Mapping[str, Callable[[Object], list[Object]]]) -> list[Keeps]:
    """Return what the parameters demand of an item.

    Args:
        relations: per ``relationship.entity.type`` how to find an item's relations: objects with ``unit``,
            ``startDate`` and ``endDate``.

    Raises:
        BadQuestion: a value is not what the standard says.
    """
    found: list[Keeps] = []
    for name, values in asked.items():
        if name in _TIMES:
            found.append(_time_filter(name, moment(values[0])))
        elif name in _DATES:
            found.append(_date_filter(name, day(values[0])))
        elif name in _FIELDS:
            found.append(_field_filter(name, values))
        elif name == "nameContains":
            found.append(_name_filter(values))
    if any(name in _RELATED for name in asked):
        found.append(_relation_filter(asked, relations))
    return found


def moment(text: str) -> datetime:
    """Read an RFC 3339 time with its zone."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuestion("bad_time") from None
    if read.tzinfo is None:
        raise BadQuestion("bad_time")
    return read.astimezone(UTC)


def day(text: str) -> date:
    """Read a full date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion("bad_date") from None


def _time_filter(name: str, limit: datetime) -> Keeps:
    _, field, side = name.split(".")
    if side == "after":
        return lambda item: moment(item["meta"][field]) > limit
    return lambda item: moment(item["meta"][field]) <= limit


def _date_filter(name: str, limit: date) -> Keeps:
    field, side = name.split(".")

    def keeps(item: Object) -> bool:
        text = item.get(field)
        return text is None or (text <= limit.isoformat() if side == "onOrBefore" else text >= limit.isoformat())

    return keeps


def _field_filter(name: str, values: list[str]) -> Keeps:
    read = _FIELDS[name]
    return lambda item: bool(set(read(item)) & set(values))


def _name_filter(values: list[str]) -> Keeps:
    def keeps(item: Object) -> bool:
        names = [item.get(name, "").casefold() for name in ("givenName", "middleName", "familyName")]
        return all(any(value.casefold() in name for name in names) for value in values)

    return keeps


def _relation_filter(asked: Asked, relations: Mapping[str, Callable[[Object], list[Object]]]) -> Keeps:
    kind = asked.get("relationship.entity.type", [""])[0]
    if kind and kind not in relations:
        raise BadQuestion("bad_value")
    sides = [
        _date_filter(name.removeprefix("relationship."), day(values[0]))
        for name, values in asked.items()
        if name.removeprefix("relationship.") in _DATES
    ]
    unit = asked.get("relationship.organisation", [""])[0]

    def keeps(item: Object) -> bool:
        related = relations[kind](item) if kind else [found for read in relations.values() for found in read(item)]
        return any((not unit or one["unit"] == unit) and all(side(one) for side in sides) for one in related)

    return keeps
