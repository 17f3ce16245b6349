"""The source ``ist``: organisations, programmes, then persons with enrolments, whole or only what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from kaa_adapter_ist.asking import Asker
from kaa_adapter_ist.cursor import OVERLAP, Cursor, read_cursor
from kaa_adapter_ist.paging import deleted_pages, first_page, list_pages
from kaa_adapter_ist.persons import PersonScan, is_older, person_key
from kaa_adapter_ist.problems import problem
from kaa_adapter_ist.references import References
from kaa_adapter_ist.settings import read_settings
from kaa_bridge.contract import (
    CheckResult,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Source,
    SourceContext,
    SourceDescription,
)
from kaa_bridge.errors import KaaError, RecordProblem

_decode = msgspec.json.Decoder().decode
_ENROLLED = {"relationship.entity.type": "enrolment"}


class IstSource(Source):
    """SS 12000 2.0 and 2.1 over REST. One record is one Person object, exactly the bytes that the server wrote."""

    def __init__(self, context: SourceContext) -> None:
        """Read settings and profile; nothing is asked yet.

        Raises:
            ConfigurationInvalid: ``ist_settings``, ``ist_address``, or the transport's own.
        """
        self._name = context.name
        self._settings, self._dialect = read_settings(context)
        self._asker = Asker(self._settings, self._dialect, context.name, context.base_dir)
        self._references = References(self._asker)
        self._enrich = self._references.enrich

    def describe(self) -> SourceDescription:
        """Return the capabilities: a look-up of one person only where the dialect has one."""
        kinds = {PullKind.SNAPSHOT, PullKind.DELTA} if self._settings.delta else {PullKind.SNAPSHOT}
        return SourceDescription(
            name=self._name,
            system="SS 12000",
            kinds=frozenset(kinds),
            fetches_person=bool(self._dialect.paths.persons_lookup),
            proves_completeness=True,
        )

    def check(self) -> CheckResult:
        """Ask for one organisation."""
        limit = {"limit": "1"} if self._settings.page_size else {}
        try:
            first_page(self._asker, self._dialect.paths.organisations, limit, key="organisations")
        except KaaError as error:
            return CheckResult.failed(error)
        return CheckResult(True, f"{self._asker.host} answers as SS 12000.")

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield the pupils; a delta only where the settings and the cursor allow it.

        A snapshot is a proven whole when the page without token was reached, no token and no page came twice, no person
        came twice, and the lists of organisations and programmes were read to their end. A delta never is.
        """
        self._asker.server_time = None
        self._references.load()
        context = self._references.fingerprint()
        began = (self._asker.server_time or datetime.now(UTC)) - OVERLAP
        cursor = read_cursor(request.cursor) if self._settings.delta else None
        if cursor and cursor.allows_delta(request.as_of, self._settings.full_every_days, context):
            yield from self._delta(cursor, context, began)
        else:
            yield from self._snapshot(context, began, request.as_of)

    def _snapshot(self, context: bytes, began: datetime, as_of: date) -> Iterator[Page | Proof]:
        scan = PersonScan()
        for data in list_pages(self._asker, self._dialect.paths.persons, _ENROLLED, key="persons"):
            yield Page(scan.pupils(data), context)
        if scan.answers_something_else():
            raise self._ignored("persons with an enrolment", scan.strays, scan.seen)
        whole, how = self._judge(scan)
        cursor = Cursor(began, as_of, context.hex()).written() if self._settings.delta and whole else None
        yield Proof(whole=whole, how=how, cursor=cursor)

    def _judge(self, scan: PersonScan) -> tuple[bool, str]:
        if repeated := scan.repeated():
            return (
                False,
                f"{repeated} persons came twice: the register changed under the reading, others may be missing",
            )
        if scan.seen and not self._references.units:
            return False, "the register tells no organisation at all, so that no school unit can be resolved"
        told = f"the last page (no token) was reached after {scan.seen} persons, none twice"
        if scan.dropped:
            told += f"; {scan.dropped} without enrolments were left out"
        return True, told

    def _delta(self, cursor: Cursor, context: bytes, began: datetime) -> Iterator[Page | Proof]:
        since = cursor.since.astimezone(UTC)
        asked = {**_ENROLLED, "meta.modified.after": since.isoformat(timespec="seconds").replace("+00:00", "Z")}
        scan, seen, old = PersonScan(), set[str](), 0
        for data in list_pages(self._asker, self._dialect.paths.persons, asked, key="persons"):
            fresh: list[bytes] = []
            for record in scan.pupils(data):
                key = person_key(record)
                if key is None or key not in seen:
                    fresh.append(record)
                    seen.add(key or "")
                old += is_older(record, since)
            yield Page(fresh, context)
        if scan.answers_something_else(old):
            raise self._ignored("persons modified since a time", old + scan.strays, scan.seen)
        removed = [key for key in self._deleted(asked["meta.modified.after"]) if key not in seen]
        how = (
            f"only what has changed: {len(seen)} persons, {len(removed)} deleted; the others say nothing of themselves"
        )
        left = Cursor(began, cursor.full_on, context.hex())
        yield Proof(whole=False, how=how, cursor=left.written(), removed=tuple(removed))

    def _deleted(self, after: str) -> Iterator[str]:
        path = self._dialect.paths.deleted_entities
        if not path:
            return
        asked: dict[str, str | Sequence[str]] = {"after": after, self._dialect.array("entities"): ["Person"]}
        for kinds in deleted_pages(self._asker, path, asked, key="deleted_entities"):
            yield from kinds.get("persons", [])

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return a person with each enrolment's references resolved.

        Raises:
            RecordProblem: ``ist_record_unreadable``.
        """
        try:
            person = _decode(record)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            person = None
        if not isinstance(person, dict):
            raise RecordProblem(
                "ist_record_unreadable",
                "A record is no JSON object; it was set aside.",
                remedy="kaa-bridge quarantine list",
                system=self._name,
            )
        for enrolment in _enrolments(person):
            self._enrich(enrolment)
        return person

    def plain_json(self) -> Mapping[str, Callable[[dict[str, Any]], object]]:
        """Return what ``parse`` adds to an enrolment: references are read once, before the first page."""
        return {"enrolments": self._enrich}

    def fetch_person(self, number: str) -> Sequence[bytes]:
        """Return the person's record by ``persons/lookup``; the number stands in the body of the question only.

        Raises:
            ConfigurationInvalid: ``ist_filter_ignored`` when others came than asked for.
            NotImplementedError: the dialect has no look-up; ``describe`` says so.
        """
        path = self._dialect.paths.persons_lookup
        if not path:
            raise NotImplementedError("the dialect has no look-up of persons, and no number is put into an address")
        found = [bytes(raw) for raw in self._asker.lookup(path, "civicNos", [number], key="persons_lookup")]
        persons = [self.parse(record) for record in found]
        others = sum(_number(person) != number for person in persons)
        if others:
            raise self._ignored("one person", others, len(found))
        self._references.look_up(enrolment for person in persons for enrolment in _enrolments(person))
        return found

    def context(self) -> bytes:
        """Read organisations and programmes, as a pull does, and return their fingerprint."""
        self._references.load()
        return self._references.fingerprint()

    def close(self) -> None:
        """Close the connections."""
        self._asker.close()

    def _ignored(self, asked: str, count: int, total: int) -> KaaError:
        delta = asked == "persons modified since a time"
        way_out = "`delta = false` does without this filter" if delta else "there is no way around it"
        host = self._asker.host
        return problem(
            "ist_filter_ignored", self._name, host=host, asked=asked, count=count, total=total, way_out=way_out
        )


def _enrolments(person: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    found = person.get("enrolments")
    if found.__class__ is list:
        for enrolment in found:
            if enrolment.__class__ is dict:
                yield enrolment


def _number(person: Mapping[str, Any]) -> str:
    value = person.get("civicNo")
    number = value.get("value") if isinstance(value, dict) else None
    return number.replace("-", "") if isinstance(number, str) else ""
