"""Answers SS 12000 questions about a register: lists with pages, single objects, look-ups, deletions, errors."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from kaa_bridge.testing.simulators import ist_filters
from kaa_bridge.testing.simulators.base import Answer, Fault
from kaa_bridge.testing.simulators.ist_expand import expanded
from kaa_bridge.testing.simulators.ist_filters import BadQuestion, Object
from kaa_bridge.testing.simulators.ist_knobs import ErrorShape, IstKnobs
from kaa_bridge.testing.simulators.ist_register import IstRegister

JSON = "application/json; charset=utf-8"
_KINDS = {
    "persons": "Person",
    "organisations": "Organisation",
    "programmes": "Programme",
    "groups": "Group",
    "duties": "Duty",
}
_LOOKUPS: Mapping[str, Mapping[str, Callable[[Object], str | None]]] = {
    "persons": {"ids": lambda item: item["id"], "civicNos": lambda item: item.get("civicNo", {}).get("value")},
    "organisations": {
        "ids": lambda item: item["id"],
        "schoolUnitCodes": lambda item: item.get("schoolUnitCode"),
        "organisationCodes": lambda item: item.get("organisationCode"),
    },
    "programmes": {"ids": lambda item: item["id"]},
    "groups": {"ids": lambda item: item["id"]},
    "duties": {"ids": lambda item: item["id"]},
}


@dataclass(slots=True)
class _Rest:
    collection: str
    items: list[Any]
    limit: int


class Answers:
    """Reads one question and answers it; the faults are applied where they belong in the answer."""

    def __init__(
        self, register: IstRegister, knobs: IstKnobs, fault: Callable[[Fault], bool], *, page_limit: int
    ) -> None:
        """Answer from the register, at most ``page_limit`` items a page."""
        self.register = register
        self.knobs = knobs
        self._fault = fault
        self.page_limit = page_limit
        self.person_pages = 0
        self._rests: dict[str, _Rest] = {}
        self._lists = [*_KINDS, "deletedEntities"]
        if not register.style.has_programmes:
            self._lists.remove("programmes")

    def answer(self, method: str, path: str, query: str, body: bytes) -> Answer:
        """Answer a question to a path below the base path."""
        parts = [part for part in path.split("/") if part]
        known = {self._spelt(name): name for name in self._lists}
        collection = known.get(parts[0], "") if parts else ""
        if not collection or path in self.knobs.missing:
            return error(self.knobs, 404, "not_found")
        try:
            match method, parts[1:]:
                case "GET", []:
                    return self._list(collection, self._read(query))
                case "POST", ["lookup"] if collection in _LOOKUPS:
                    return self._lookup(collection, body)
                case "GET", [key] if collection in _KINDS:
                    return self._one(collection, key)
        except BadQuestion as bad:
            return error(self.knobs, 400, bad.code)
        return error(self.knobs, 405, "not_allowed")

    def forget(self) -> None:
        """Forget every page token."""
        self._rests.clear()

    def _spelt(self, name: str) -> str:
        return name.lower() if self.register.style.dialect == "edlevo" else name

    def _read(self, query: str) -> dict[str, list[str]]:
        asked = parse_qs(query, keep_blank_values=True)
        if self.register.style.dialect == "educloud":
            asked = {name.removesuffix("[]"): values for name, values in asked.items()}
        return asked

    def _list(self, collection: str, asked: dict[str, list[str]]) -> Answer:
        ist_filters.check_names(collection, asked)
        if token := asked.get("pageToken", [""])[0]:
            rest = self._rests.get(token)
            if rest is None or rest.collection != collection:
                raise BadQuestion("unknown_token")
            return self._page(collection, rest.items, asked, rest.limit)
        if collection == "deletedEntities":
            return self._page(collection, self._deleted(asked), asked, self.page_limit)
        found = expanded(collection, self._found(collection, asked), asked, self.register.collections)
        if collection == "persons":
            found = self._spoilt(found)
        return self._page(collection, found, asked, self.page_limit)

    def _found(self, collection: str, asked: dict[str, list[str]]) -> list[Object]:
        items = self.register.collections[collection]
        if self.knobs.ignores_filters:
            return items
        if self.knobs.ignores_modified:
            asked = {name: values for name, values in asked.items() if name != "meta.modified.after"}
        keeps = ist_filters.filters(asked, self._relations())
        return [item for item in items if all(keep(item) for keep in keeps)]

    def _relations(self) -> dict[str, Callable[[Object], list[Object]]]:
        duties: dict[str, list[Object]] = {}
        for duty in self.register.collections["duties"]:
            duties.setdefault(duty["person"]["id"], []).append({**duty, "unit": duty["dutyAt"]["id"]})
        wards: dict[str, list[Object]] = {}
        for pupil in self.register.collections["persons"]:
            for responsible in pupil.get("responsibles", []):
                wards.setdefault(responsible["person"]["id"], []).extend(_enrolments(pupil))
        return {
            "enrolment": _enrolments,
            "duty": lambda item: duties.get(item["id"], []),
            "responsibleFor.enrolment": lambda item: wards.get(item["id"], []),
            **dict.fromkeys(
                ("placement.child", "placement.owner", "responsibleFor.placement", "groupMembership"), _none
            ),
        }

    def _spoilt(self, items: list[Object]) -> list[Object]:
        if self._fault(Fault.EMPTIED):
            return []
        if self._fault(Fault.RENAMED_FIELD):
            old, new = self.knobs.renamed
            items = [{(new if name == old else name): value for name, value in item.items()} for item in items]
        if self._fault(Fault.NEW_CODE) and items:
            enrolments = [
                {**enrolment, "schoolType": self.knobs.new_code} for enrolment in items[0].get("enrolments", [])
            ]
            items = [{**items[0], "enrolments": enrolments}, *items[1:]]
        return [*items, items[0]] if self._fault(Fault.REPEATED_RECORD) and items else items

    def _deleted(self, asked: dict[str, list[str]]) -> list[tuple[str, str]]:
        after = ist_filters.moment(asked["after"][0]) if "after" in asked else None
        kinds = set(asked.get("entities", _KINDS.values()))
        gone = self.register.deleted
        return [(name, key) for at, name, key in gone if (after is None or at > after) and _KINDS[name] in kinds]

    def _page(self, collection: str, items: list[Any], asked: dict[str, list[str]], limit: int) -> Answer:
        if "limit" in asked:
            if not asked["limit"][0].isascii() or not asked["limit"][0].isdigit() or asked["limit"][0] == "0":
                raise BadQuestion("bad_limit")
            limit = min(int(asked["limit"][0]), self.page_limit)
        persons = collection == "persons"
        self.person_pages += persons
        if persons and self.knobs.empty_pages:
            self.knobs.empty_pages -= 1
            return self._enveloped([], self._token(collection, items, limit))
        if persons and self._fault(Fault.TRUNCATED) and "pageToken" in asked:
            return self._enveloped([], self._token(collection, items, limit))
        page, rest = items[:limit], items[limit:]
        token = self._token(collection, rest, limit) if rest else None
        if persons and self._fault(Fault.PAGE_LOOP):
            token = self._token(collection, items, limit)
        if persons and self.knobs.repeated_token:
            token = "again"  # noqa: S105 - a page token
            self._rests[token] = _Rest(collection, rest or items, limit)
        if collection == "deletedEntities":
            return self._enveloped(_grouped(page), token)
        answer = self._enveloped(page, token)
        if persons and self.knobs.broken_json:
            return Answer(200, answer.body[: len(answer.body) // 2], JSON)
        return answer

    def _token(self, collection: str, items: list[Any], limit: int) -> str:
        token = secrets.token_urlsafe(18)
        self._rests[token] = _Rest(collection, items, limit)
        return token

    def _enveloped(self, data: Any, token: str | None) -> Answer:
        name = "rader" if self._fault(Fault.MISSING_LIST) else "data"
        document = {name: data} | ({"pageToken": token} if token else {})
        return Answer(200, written(document), JSON)

    def _lookup(self, collection: str, body: bytes) -> Answer:
        try:
            asked = json.loads(body)
        except ValueError:
            raise BadQuestion("bad_json") from None
        readers = _LOOKUPS[collection]
        if not isinstance(asked, dict) or set(asked) - set(readers):
            raise BadQuestion("bad_body")
        limit = self.knobs.lookup_limit
        if limit is not None and sum(map(len, asked.values())) > limit:
            return error(self.knobs, 503, "too_much")
        wanted = [(reader, set(asked.get(name, []))) for name, reader in readers.items()]
        items = self.register.collections[collection]
        every = self.knobs.lookup_ignores_body
        found = [item for item in items if every or any(reader(item) in values for reader, values in wanted)]
        return Answer(200, written(found), JSON)

    def _one(self, collection: str, key: str) -> Answer:
        for item in self.register.collections[collection]:
            if item["id"] == key:
                return Answer(200, written(item), JSON)
        return Answer(404)


def error(knobs: IstKnobs, status: int, code: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an error in the shape that is set; its text is of a kind that must not reach a log."""
    text = "Felet gäller Vuxen Påhittad."
    match knobs.error_shape:
        case ErrorShape.STANDARD:
            return Answer(status, written({"code": code, "message": text}), JSON, headers or {})
        case ErrorShape.OAUTH:
            return Answer(status, written({"error": code, "error_description": text}), JSON, headers or {})
        case ErrorShape.PROBLEM:
            body = written({"type": "about:blank", "title": code, "status": status, "detail": text})
            return Answer(status, body, "application/problem+json", headers or {})
        case ErrorShape.TEXT:
            return Answer(status, text.encode(), "text/plain; charset=utf-8", headers or {})


def written(document: Any) -> bytes:
    """Return JSON as the servers write it: UTF-8, no spaces."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _enrolments(item: Object) -> list[Object]:
    return [{**enrolment, "unit": enrolment["enroledAt"]["id"]} for enrolment in item.get("enrolments", [])]


def _none(_item: Object) -> list[Object]:
    return []


def _grouped(page: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, key in page:
        found.setdefault(name, []).append(key)
    return found
