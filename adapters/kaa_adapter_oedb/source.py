"""The OEDB source: REST out, raw JSON records in, whatever the profile says they are called."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kaa_adapter_oedb.login import login
from kaa_adapter_oedb.profile import Connection, Profile
from kaa_adapter_oedb.raw_json import RawAnswer, decode_record
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
from kaa_bridge.transport.http import HttpClient, expect_ok
from kaa_bridge.transport.paging import Part, Position, not_as_profile, walk
from kaa_bridge.transport.placeholders import common_values, fill, person_values
from kaa_bridge.transport.profile import read_table

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class OedbSource(Source):
    """One municipality's view of OEDB over REST."""

    def __init__(self, context: SourceContext) -> None:
        """Read settings and profile; nothing is sent.

        Raises:
            ConfigurationInvalid: a key of either is wrong.
        """
        self._name = context.name
        self._municipality = context.municipality
        self._profile = read_table(Profile, context.profile, "profile", context)
        connection = read_table(Connection, context.settings, "connection", context)
        auth = login(connection, self._profile, context.name)
        self._base = connection.url.rstrip("/")
        self._http = HttpClient(connection, system=context.name, base_dir=context.base_dir, auth=auth)

    def describe(self) -> SourceDescription:
        """Return what the profile makes possible."""
        return SourceDescription(
            name=self._name,
            system="OEDB",
            kinds=frozenset({PullKind.SNAPSHOT}),
            fetches_person=self._profile.person is not None,
            proves_completeness=self._profile.search.paging.proves,
            blackouts=tuple(window.window() for window in self._profile.blackout),
        )

    def check(self) -> CheckResult:
        """Make the profile's harmless call, or ask for the first page."""
        try:
            if self._profile.check_path is not None:
                expect_ok(self._http.get(self._url(self._profile.check_path), headers=self._profile.headers))
            else:
                first = Position(self._profile.search.paging.first, 0, None)
                self._part(first, datetime.now(STOCKHOLM).date())
        except KaaError as error:
            return CheckResult.failed(error)
        return CheckResult(True, "OEDB answers.")

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield every page of the search, then the proof."""
        return walk(
            self._profile.search.paging, lambda position: self._part(position, request.as_of), system=self._name
        )

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return one record as nested mappings, strictly read."""
        try:
            made = decode_record(record, self._name)
        except KaaError:
            made = None
        if not isinstance(made, dict):
            raise RecordProblem(
                "not_a_record",
                f"A record of '{self._name}' is no JSON object, or a key stands twice in it; it was set aside.",
                remedy="Run 'kaa-bridge quarantine list'.",
                system=self._name,
            )
        return made

    def fetch_person(self, number: str) -> Sequence[bytes]:
        """Return the records of one person; the number goes in the body, never in an address."""
        lookup = self._profile.person
        if lookup is None:
            raise NotImplementedError
        values = {**common_values(self._municipality, datetime.now(STOCKHOLM).date()), **person_values(number)}
        body = json.dumps(fill(lookup.body, values)).encode()
        headers = {**self._profile.headers, "Content-Type": "application/json"}
        answer = expect_ok(self._http.read_post(self._url(lookup.path), body=body, headers=headers))
        return self._records(RawAnswer(answer), lookup.records, "person")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _url(self, path: str) -> str:
        return f"{self._base}/{path.lstrip('/')}" if path else self._base

    def _part(self, position: Position, as_of: date) -> Part:
        search = self._profile.search
        values = {**common_values(self._municipality, as_of), **position.values(search.paging)}
        query = {name: _text(value) for name, value in fill(search.query, values).items()}
        answer = expect_ok(self._http.get(self._url(search.path), params=query, headers=self._profile.headers))
        raw = RawAnswer(answer)
        return Part(self._records(raw, search.records, "search"), raw.text)

    def _records(self, answer: RawAnswer, path: str, table: str) -> list[bytes]:
        """Return the raw records, each the bytes that came; a missing list is never an empty one."""
        found = answer.records(path)
        if found is None:
            raise not_as_profile(self._name, f"no list stands at {table}.records = '{path}'")
        return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
