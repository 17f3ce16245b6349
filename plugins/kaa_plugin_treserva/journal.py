"""Case notes in Treserva over SOAP, by the profile of a mapping file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from lxml import etree

from kaa_bridge.contract import (
    CaseNote,
    CheckResult,
    Found,
    Journal,
    JournalContext,
    JournalDescription,
    JournalLevel,
    Page,
    Proof,
    Receipt,
)
from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteInDoubt, NoteRefused, RecordProblem, Unreachable
from kaa_bridge.transport.http import BasicAuth, HttpClient
from kaa_bridge.transport.paging import Part, Position, walk
from kaa_bridge.transport.placeholders import fill, person_values
from kaa_bridge.transport.problems import in_doubt
from kaa_bridge.transport.soap import SoapClient, SoapFault
from kaa_bridge.transport.xml import element_to_mapping, parse_xml, record_bytes
from kaa_plugin_treserva.answers import checked, mark_at, receipt_of, rows_of, strange, text_at
from kaa_plugin_treserva.profile import Operation, Profile, Rows, read_profile
from kaa_plugin_treserva.settings import DEFAULT_LATENESS, split_settings

PREFIX = "KAA-"
_BY_STATUS = {"credentials_refused": "http_401", "access_refused": "http_403"}


class TreservaJournal(Journal):
    """A Treserva installation, or any journal over SOAP that a profile can describe."""

    def __init__(self, context: JournalContext) -> None:
        """Read profile and settings; nothing is sent.

        Raises:
            ConfigurationInvalid: either is wrong, or no module is set.
        """
        self._name = context.name
        self._profile = read_profile(context.profile, system=context.name)
        self._settings, http = split_settings(context.settings, self._profile, system=context.name)
        self._common = {"module": self._settings.module, "municipality": context.municipality}
        given = self._settings
        account = (given.username, given.password) if given.username and given.password else None
        basic = given.authentication == "basic"
        auth = BasicAuth(*account) if account and basic else None
        self._http = HttpClient(system=context.name, base_dir=context.base_dir, auth=auth, **http)
        self._soap = SoapClient(
            wsdl=_wsdl_path(self._profile, context.base_dir),
            endpoint=self._http.settings.url,
            http=self._http,
            service=self._profile.service,
            port=self._profile.port,
            username_token=None if basic else account,
            digest=given.authentication == "username_token_digest",
            known_faults=frozenset(self._profile.refusals),
            fault_element=self._profile.fault_element,
        )

    def describe(self) -> JournalDescription:
        """Return level 1 unless the installation declares another; see ``settings.TreservaSettings``."""
        given, profile = self._settings, self._profile
        normal = JournalLevel.LOOKUP_MAY_LAG if profile.find else JournalLevel.NOTHING
        return JournalDescription(
            name=self._name,
            system="treserva",
            level=normal if given.level is None else JournalLevel(given.level),
            lateness_seconds=DEFAULT_LATENESS if given.lateness_seconds is None else given.lateness_seconds,
            refusals=frozenset(profile.refusals),
            reads_events=profile.events is not None,
            lists_notes=profile.listing is not None,
        )

    def check(self) -> CheckResult:
        """Call the profile's harmless operation."""
        try:
            self._call(self._profile.check, {})
        except (Unreachable, ConfigurationInvalid) as error:
            return CheckResult.failed(error)
        level = self.describe().level
        return CheckResult(ok=True, text=f"{self._name} answers; level {level.value} ({level.name.lower()})")

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Write one note; see ``Journal.create_note``."""
        create = self._profile.create
        values = {
            **self._common,
            **person_values(note.person_number),
            "reference": note.reference,
            "kind": self._profile.kinds.get(note.kind, ""),
            "heading": note.heading,
            "text": note.text,
            **_dates("occurred_on", note.occurred_on),
        }
        try:
            answer = self._soap.send_once(create.operation, fill(create.request, values), deadline=deadline)
            return self._receipt(checked(answer, create, self._name), note)
        except SoapFault as fault:
            raise self._judged(fault.fault, fault) from None
        except NoteInDoubt as doubt:
            raise self._judged(_BY_STATUS.get(doubt.code, ""), doubt) from None
        except Unreachable as error:
            raise in_doubt(error) from None

    def find_note(self, reference: str) -> Found:
        """Look a note up; rows with another reference than the one asked for prove that the answer is no answer."""
        find = self._profile.find
        if find is None:
            raise NotImplementedError
        answer = self._call(find, {"reference": reference})
        receipts = tuple(receipt_of(row, find, self._name) for row in rows_of(answer, find.each))
        if any(receipt.reference != reference for receipt in receipts):
            raise strange(self._name, "it holds notes that were not asked for")
        return Found(receipts)

    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        """List the notes with our prefix that were stored on the days; an unproven whole raises ``Unreachable``."""
        listing = self._profile.listing
        if listing is None:
            raise NotImplementedError
        values = {"prefix": PREFIX, **_dates("first", first), **_dates("last", last)}
        for item in self._pages(listing, values):
            if isinstance(item, Proof):
                if not item.whole:
                    raise strange(self._name, f"the listing is not proven whole: {item.how}")
                return
            for record in item.records:
                receipt = receipt_of(parse_xml(record, self._name), listing, self._name)
                if receipt.reference.startswith(PREFIX):
                    yield receipt

    def read_events(self, since: date) -> Iterator[Page | Proof]:
        """Yield what case officers have recorded or changed since the date, one record an event."""
        if self._profile.events is None:
            raise NotImplementedError
        yield from self._pages(self._profile.events, _dates("since", since))

    def parse_event(self, record: bytes) -> Mapping[str, Any]:
        """Return one event by local element names."""
        try:
            found = element_to_mapping(parse_xml(record, self._name))
        except Unreachable:
            found = None
        if not isinstance(found, dict):
            raise RecordProblem("record_unreadable", "An event of the journal cannot be read.", system=self._name)
        return found

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, operation: Operation, values: Mapping[str, str | None]) -> etree._Element:
        arguments = fill(operation.request, {**self._common, **values})
        return checked(self._soap.call(operation.operation, arguments), operation, self._name)

    def _pages(self, rows: Rows, values: Mapping[str, str]) -> Iterator[Page | Proof]:
        def fetch(position: Position) -> Part:
            answer = self._call(rows, {**values, **position.values(rows.paging)})
            found = [record_bytes(row) for row in rows_of(answer, rows.each)]
            marks = element_to_mapping(answer)
            return Part(found, lambda path: mark_at(marks, path))

        return walk(rows.paging, fetch, system=self._name)

    def _receipt(self, answer: etree._Element, note: CaseNote) -> Receipt:
        create, marks = self._profile.create, element_to_mapping(answer)
        if create.status is not None and text_at(marks, create.status) not in create.stored:
            raise self._judged(text_at(marks, create.code) or "", strange(self._name, "it does not say that it stored"))
        receipt = receipt_of(answer, create, self._name)
        if receipt.reference != note.reference:
            raise strange(self._name, "it is about another note")
        if create.module is not None and text_at(marks, create.module) != self._settings.module:
            raise strange(self._name, "it is about another module")
        return receipt

    def _judged(self, code: str, error: KaaError) -> KaaError:
        """Return a refusal when the profile lists the code, else the doubt."""
        if code not in self._profile.refusals:
            return error if isinstance(error, NoteInDoubt) else in_doubt(error)
        account = code in _BY_STATUS.values()
        wrong = "user, password or the account's rights" if account else "the cause in the journal or the mapping"
        return NoteRefused(
            code,
            f"The journal '{self._name}' refused the note with {code}; it was not stored.",
            remedy=f"Correct {wrong}, then run 'kaa-bridge outbox retry'.",
            system=self._name,
        )


def _dates(name: str, day: date) -> dict[str, str]:
    return {name: day.isoformat(), f"{name}_basic": day.strftime("%Y%m%d")}


def _wsdl_path(profile: Profile, base_dir: str) -> Path:
    """Return the WSDL's file: one of this package when it is a bare name of one, else relative to the configuration."""
    bundled = files("kaa_plugin_treserva").joinpath(profile.wsdl)
    if "/" not in profile.wsdl and "\\" not in profile.wsdl and bundled.is_file():
        with as_file(bundled) as path:
            return path
    return Path(base_dir) / profile.wsdl
