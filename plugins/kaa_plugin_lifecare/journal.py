"""Case notes in Lifecare EC (Tietoevry): ``POST /api/v2/provider_notes`` to the letter of its public description.

"Lifecare Welfare API Services / Elderly care" V1, Swagger 2.0. The description has no external reference, no
idempotency key and no way to read a provider note back: hence level 0 (docs/reference/journals/lifecare.md).
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from kaa_bridge.contract import (
    CaseNote,
    CheckResult,
    Journal,
    JournalContext,
    JournalDescription,
    JournalLevel,
    Receipt,
)
from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteInDoubt, NoteRefused, Unreachable
from kaa_bridge.transport.http import HttpClient, HttpResponse, expect_ok
from kaa_bridge.transport.problems import not_sent
from kaa_plugin_lifecare.clients import LOCAL_REFUSALS, ClientList, ClientTable, read_clients_file
from kaa_plugin_lifecare.settings import split_settings

NOTES, CLIENTS, UNITS = "api/v2/provider_notes", "api/v1/clients", "api/v1/provider_units"
_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_REFERENCE = re.compile(r"KAA-[0-9A-Za-z_-]+")
_INT32 = 2**31 - 1


class LifecareJournal(Journal):
    """Provider notes of one installation. Safe to use from several threads."""

    def __init__(self, context: JournalContext) -> None:
        """Read the settings; nothing is sent and no file is opened yet.

        Raises:
            ConfigurationInvalid: a setting is missing or wrong, or a mapping is set, which would have no effect.
        """
        if context.profile:
            raise ConfigurationInvalid(
                "mapping_without_effect",
                f"The journal '{context.name}' names a mapping, but Lifecare follows its own document and reads none.",
                remedy="Remove 'mapping' from the journal's table.",
                system=context.name,
            )
        self._name = context.name
        self._base_dir = Path(context.base_dir)
        self._settings, http = split_settings(context.settings, system=context.name)
        self._http = HttpClient(system=context.name, base_dir=context.base_dir, **http)
        given = self._settings
        self._query = {"domain": given.domain}
        self._headers = {"Accept": "application/json"}
        if given.key_in == "query":
            self._query["key"] = given.api_key
        else:
            self._headers["X-API-Key"] = given.api_key
        self._clients: ClientTable | None = None
        self._list = ClientList(self._client_page, system=context.name)
        self._lock = Lock()

    def describe(self) -> JournalDescription:
        """Return level 0: the description lets nobody look a provider note up."""
        return JournalDescription(
            name=self._name,
            system="lifecare",
            level=JournalLevel.NOTHING,
            lateness_seconds=self._settings.lateness_seconds,
            refusals=LOCAL_REFUSALS | frozenset(self._settings.refusals),
        )

    def check(self) -> CheckResult:
        """Read one provider unit, and the clients file where one is set."""
        try:
            self._get(UNITS, limit=1)
            if self._settings.clients_file is not None:
                self._table(math.inf)
        except (Unreachable, ConfigurationInvalid) as error:
            return CheckResult.failed(error)
        return CheckResult(ok=True, text=f"{self._name} answers; level 0 (nothing): every doubt goes to a person")

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Write one note; see ``Journal.create_note``. The client is resolved before anything of the note is sent."""
        try:
            client_id = self._table(deadline).client_id(note.person_number)
        except (Unreachable, ConfigurationInvalid) as error:
            raise not_sent(error) from None
        body = self._body(note, client_id)
        answer = self._http.send_once(
            "POST",
            f"{NOTES}?{urlencode(self._query)}",
            body=msgspec.json.encode(body),
            headers={**self._headers, "Content-Type": "application/json"},
            deadline=deadline,
        )
        if answer.status != 200:
            raise self._refusal(answer.status)
        return self._receipt(answer, body, note.reference)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _body(self, note: CaseNote, client_id: int) -> dict[str, Any]:
        given = self._settings
        body: dict[str, Any] = {
            "occurrenceTimeUtc": _noon_utc(note.occurred_on),
            "text": with_reference(note),
            "clientId": client_id,
            "providerUnitId": given.provider_unit_id,
            "headlineId": given.headlines.get(note.kind, given.headline_id),
            "createdPersonnelId": given.created_personnel_id,
            "createdPersonnelTitle": given.created_personnel_title,
        }
        if given.execution_id is not None:
            body["executionId"] = given.execution_id
        if given.signed is not None:
            body["isSigned"] = given.signed
        return body

    def _receipt(self, answer: HttpResponse, body: dict[str, Any], reference: str) -> Receipt:
        """Take id, text, client and unit out of the answer, and nothing else: it names the person."""
        try:
            shown = answer.json()
        except KaaError:
            raise self._doubt("it is not JSON") from None
        if not isinstance(shown, dict):
            raise self._doubt("it is not a note")
        journal_id, text = shown.get("id"), shown.get("text")
        if type(journal_id) is not int or not 0 < journal_id <= _INT32:
            raise self._doubt("the note's id is missing")
        echoed = _REFERENCE.findall(text) if isinstance(text, str) else []
        if not echoed or echoed[-1] != reference:
            raise self._doubt("it does not repeat the note's reference")
        if shown.get("clientId") != body["clientId"] or shown.get("unitId") != body["providerUnitId"]:
            raise self._doubt("it is about another client or unit")
        return Receipt(str(journal_id), reference, _stored_at(shown.get("createdBy")))

    def _refusal(self, status: int) -> KaaError:
        code = f"http_{status}"
        if code not in self._settings.refusals:
            return self._doubt(f"the status is {status}")
        check = "Check the ids, the key and the rights of the connection"
        remedy = self._settings.credentials_remedy() if status == 401 else check
        return NoteRefused(
            code,
            f"The journal '{self._name}' refused the note with status {status}; it was not stored.",
            remedy=f"{remedy}, then run 'kaa-bridge outbox retry'.",
            system=self._name,
        )

    def _doubt(self, why: str) -> NoteInDoubt:
        return NoteInDoubt(
            "answer_unexpected",
            f"The answer of the journal '{self._name}' is no receipt: {why}. The note may or may not have been stored; "
            "it is not sent again by itself.",
            remedy="kaa-bridge outbox list",
            system=self._name,
        )

    def _table(self, deadline: float) -> ClientTable:
        """Return the clients, read once: from the file, or page by page without a person in any address."""
        with self._lock:
            if self._clients is None:
                if self._settings.clients_file is not None:
                    path = self._base_dir / self._settings.clients_file
                    self._clients = read_clients_file(path, system=self._name)
                else:
                    self._clients = self._list.table(deadline)
            return self._clients

    def _client_page(self, limit: int, offset: int) -> Any:
        return self._get(CLIENTS, limit=limit, offset=offset)

    def _get(self, path: str, **numbers: int) -> Any:
        params = {**self._query, **{name: str(number) for name, number in numbers.items()}}
        try:
            return expect_ok(self._http.get(path, headers=self._headers, params=params)).json()
        except ConfigurationInvalid as error:
            if error.code == "credentials_refused":
                error.remedy = f"{self._settings.credentials_remedy()}."
            raise


def with_reference(note: CaseNote) -> str:
    """Return heading and text as one text whose last reference is the note's own: the API has no field for either."""
    text = f"{note.heading}\n\n{note.text}"
    found = _REFERENCE.findall(text)
    return text if found and found[-1] == note.reference else f"{text}\n\nReferens: {note.reference}"


def _noon_utc(day: date) -> str:
    """Return noon in Sweden in UTC: the calendar day stays the same whoever shows it in which zone of Europe."""
    return datetime.combine(day, time(12), _STOCKHOLM).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stored_at(created: object) -> datetime | None:
    text = created.get("dateTimeUtc") if isinstance(created, dict) else None
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
