"""The Qore source: SOAP out, raw XML records in, whatever the profile says they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from kaa_adapter_qore.profile import WSDL_FOLDER, Connection, Profile
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
from kaa_bridge.errors import ConfigurationInvalid, KaaError, RecordProblem
from kaa_bridge.transport.http import BasicAuth, HttpClient
from kaa_bridge.transport.paging import Part, Position, not_as_profile, walk
from kaa_bridge.transport.placeholders import common_values, fill, person_values
from kaa_bridge.transport.profile import read_table
from kaa_bridge.transport.soap import SoapClient
from kaa_bridge.transport.xml import element_to_mapping, local_name, parse_xml, record_bytes

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class QoreSource(Source):
    """One municipality's view of Qore."""

    def __init__(self, context: SourceContext) -> None:
        """Read settings and profile; nothing is sent.

        Raises:
            ConfigurationInvalid: a key of either is wrong, or no WSDL is named.
        """
        self._name = context.name
        self._municipality = context.municipality
        self._profile = read_table(Profile, context.profile, "profile", context)
        connection = read_table(Connection, context.settings, "connection", context)
        auth = None
        if connection.username is not None and connection.password is not None:
            auth = BasicAuth(connection.username, connection.password)
        self._http = HttpClient(connection, system=context.name, base_dir=context.base_dir, auth=auth)
        self._soap = SoapClient(
            wsdl=_wsdl(connection, self._profile, context),
            endpoint=connection.url,
            http=self._http,
            service=self._profile.service,
            port=self._profile.port,
        )

    def describe(self) -> SourceDescription:
        """Return what the profile makes possible."""
        return SourceDescription(
            name=self._name,
            system="Qore",
            kinds=frozenset({PullKind.SNAPSHOT}),
            fetches_person=self._profile.person is not None,
            proves_completeness=self._profile.search.paging.proves,
            blackouts=tuple(window.window() for window in self._profile.blackout),
        )

    def check(self) -> CheckResult:
        """Make the profile's harmless call, or ask for the first page."""
        try:
            if self._profile.check is not None:
                self._soap.call(self._profile.check.operation, fill(self._profile.check.arguments, {}))
            else:
                search = self._profile.search
                self._part(Position(search.paging.first, 0, None), datetime.now(STOCKHOLM).date())
        except KaaError as error:
            return CheckResult.failed(error)
        return CheckResult(True, "Qore answers.")

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield every page of the search, then the proof."""
        return walk(
            self._profile.search.paging, lambda position: self._part(position, request.as_of), system=self._name
        )

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return one record as nested mappings by local names."""
        try:
            made = element_to_mapping(parse_xml(record))
        except KaaError:
            made = None
        if not isinstance(made, dict):
            raise RecordProblem(
                "not_a_record",
                f"A record of '{self._name}' is no XML element with fields; it was set aside.",
                remedy="Run 'kaa-bridge quarantine list'.",
                system=self._name,
            )
        return made

    def fetch_person(self, number: str) -> Sequence[bytes]:
        """Return the records of one person; the number goes in the message, never in an address."""
        lookup = self._profile.person
        if lookup is None:
            raise NotImplementedError
        values = {**common_values(self._municipality, datetime.now(STOCKHOLM).date()), **person_values(number)}
        answer = self._soap.call(lookup.operation, fill(lookup.arguments, values))
        return self._records(answer, lookup.records, "person")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _part(self, position: Position, as_of: date) -> Part:
        search = self._profile.search
        values = {**common_values(self._municipality, as_of), **position.values(search.paging)}
        answer = self._soap.call(search.operation, fill(search.arguments, values))
        return Part(self._records(answer, search.records, "search"), lambda path: text_at(answer, path))

    def _records(self, answer: etree._Element, path: str, table: str) -> list[bytes]:
        """Return the raw records; a list of another name, or something else in it, is never an empty list."""
        holder, _, name = path.rpartition("/")
        found = _step(answer, holder) if holder else answer
        if found is None:
            raise not_as_profile(self._name, f"nothing stands at {table}.records = '{path}'")
        if holder and any(local_name(child.tag) != name for child in found):
            raise not_as_profile(self._name, f"something else than '{name}' stands at {table}.records = '{path}'")
        return [record_bytes(child) for child in found if local_name(child.tag) == name]


def text_at(answer: etree._Element, path: str) -> str | None:
    """Return the text at a path of local names, the last of which may be ``@attribute``; ``None`` when it is absent."""
    holder, _, last = path.rpartition("/")
    if last.startswith("@"):
        found = _step(answer, holder) if holder else answer
        return None if found is None else found.get(last[1:])
    found = _step(answer, path)
    return None if found is None else (found.text or "").strip()


def _step(element: etree._Element, path: str) -> etree._Element | None:
    current: etree._Element | None = element
    for name in path.split("/"):
        current = next((child for child in current if local_name(child.tag) == name), None)  # type: ignore[union-attr]
        if current is None:
            return None
    return current


def _wsdl(connection: Connection, profile: Profile, context: SourceContext) -> Path:
    if connection.wsdl is not None:
        return Path(context.base_dir) / connection.wsdl
    if profile.wsdl is not None and (WSDL_FOLDER / profile.wsdl).is_file():
        return WSDL_FOLDER / profile.wsdl
    raise ConfigurationInvalid(
        "wsdl_missing",
        f"The source '{context.name}' has no WSDL: nothing was sent.",
        remedy="Set 'wsdl' in its connection table to the supplier's WSDL file.",
        system=context.name,
    )
