"""From person to client id, without ever writing a person number in an address.

The API's own look-ups (``GET /api/v1/clients/{id}`` and ``?q=``) take the number in the address, and it has no POST or
header way. Two ways are left: a table that the installation keeps, or the whole list of clients read page by page.
"""

from __future__ import annotations

import csv
import io
import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from kaa_bridge.domain.person_number import PersonNumberRefused, parse_person_number
from kaa_bridge.errors import ConfigurationInvalid, KaaError, NoteRefused, Unreachable
from kaa_bridge.transport.opening import open_regular

UNKNOWN, AMBIGUOUS, PROTECTED = "client_unknown", "client_ambiguous", "client_protected"
LOCAL_REFUSALS = frozenset({UNKNOWN, AMBIGUOUS, PROTECTED})
"""Refusals that are found before anything is sent: a human opens or corrects the client, then retries."""
_HEADER = ["person_number", "client_id"]
_MOST_PAGES = 10_000
_MOST_BYTES = 16 * 1024 * 1024
PAGE = 500


class ClientTable:
    """Client ids by canonical person number; shows nothing of itself."""

    def __init__(self, system: str) -> None:
        """Start empty."""
        self._system = system
        self._ids: dict[str, set[int]] = {}
        self._protected: set[str] = set()

    def __repr__(self) -> str:
        """Show the size only."""
        return f"<ClientTable of {len(self._ids)}>"

    def __len__(self) -> int:
        """Count the persons."""
        return len(self._ids)

    def add(self, number: str, client_id: int, *, protected: bool = False) -> None:
        """Note that the person has that id."""
        self._ids.setdefault(number, set()).add(client_id)
        if protected:
            self._protected.add(number)

    def client_id(self, number: str) -> int:
        """Return the one id of the person.

        Raises:
            NoteRefused: there is none, more than one, or the client is marked as protected in Lifecare.
        """
        found = self._ids.get(number, set())
        if number in self._protected:
            raise self._refused(PROTECTED, "is marked as protected or confidential")
        if len(found) != 1:
            raise self._refused(*((AMBIGUOUS, "has more than one id") if found else (UNKNOWN, "is not known")))
        return next(iter(found))

    def _refused(self, code: str, why: str) -> NoteRefused:
        return NoteRefused(
            code,
            f"The person's client in Lifecare {why}. The note was not sent.",
            remedy="Correct the client in Lifecare or the clients file, then run 'kaa-bridge outbox retry'.",
            system=self._system,
        )


def read_clients_file(path: Path, *, system: str) -> ClientTable:
    """Read ``person_number;client_id`` (UTF-8, header line, twelve digits with or without hyphen).

    Raises:
        ConfigurationInvalid: the file is missing, readable by others, or a line is wrong (named by its number).
    """
    try:
        with open_regular(path, max_bytes=_MOST_BYTES) as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read().decode("utf-8-sig")
    except (KaaError, OSError, ValueError):
        raise _bad_file(system, "it cannot be read as UTF-8") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise _bad_file(system, "others than its owner can read it; set its mode to 0600")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    table = ClientTable(system)
    try:
        if next(rows, None) != _HEADER:
            raise _bad_file(system, f"its first line is not {';'.join(_HEADER)}")
        for row in rows:
            number, client_id = row
            table.add(_canonical(number), _positive(client_id))
    except (ValueError, csv.Error, PersonNumberRefused):
        raise _bad_file(system, f"line {rows.line_num} is not a person number and a client id") from None
    return table


class ClientList:
    """Reads every client with ``page(limit, offset)`` and keeps number and id only; goes on where it was stopped."""

    def __init__(self, page: Callable[[int, int], Any], *, system: str) -> None:
        """Read nothing yet."""
        self._page, self._system = page, system
        self._table = ClientTable(system)
        self._offset, self._pages, self._done = 0, 0, False
        self._previous: object = None

    def table(self, deadline: float) -> ClientTable:
        """Return the whole table; reads what is left of it.

        Args:
            deadline: ``time.monotonic()`` value after which no further page is asked for.

        Raises:
            Unreachable: the deadline passed (what was read is kept for the next call), or the pages never end, repeat
                themselves or are no list of clients.
        """
        while not self._done:
            if time.monotonic() >= deadline:
                raise _bad_list(self._system, "there was no time left for all of them; the next note goes on from here")
            self._read_page()
        return self._table

    def _read_page(self) -> None:
        rows = self._page(PAGE, self._offset)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise _bad_list(self._system, "an answer is not a list of clients")
        if not rows:
            self._done = True
            return
        if rows[0].get("Id") == self._previous:
            raise _bad_list(self._system, "a page came twice")
        _keep(self._table, rows, self._system)
        self._previous = rows[0].get("Id")
        self._offset += len(rows)
        self._pages += 1
        if self._pages > _MOST_PAGES:
            raise _bad_list(self._system, "the pages do not end")


def _keep(table: ClientTable, rows: Iterable[Mapping[str, Any]], system: str) -> None:
    for row in rows:
        number, client_id = row.get("PersonId"), row.get("Id")
        if row.get("Deleted") or not number:
            continue
        if not isinstance(number, str) or type(client_id) is not int:
            raise _bad_list(system, "a client has no usable id")
        protected = bool(row.get("ProtectedRegistration") or row.get("IsConfidential"))
        table.add(number.replace("-", ""), client_id, protected=protected)


def _canonical(text: str) -> str:
    number = parse_person_number(text, as_of=date.max).value
    if number != text.strip().replace("-", ""):
        raise PersonNumberRefused("shortened")
    return number


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ValueError
    return int(text)


def _bad_file(system: str, why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "clients_file",
        f"The clients file of the journal '{system}' is refused: {why}. No note was sent.",
        remedy="Correct the file that the journal's connection names as clients_file.",
        system=system,
    )


def _bad_list(system: str, why: str) -> Unreachable:
    return Unreachable(
        "clients_list",
        f"The clients of the journal '{system}' could not be read: {why}. No note was sent.",
        remedy="Run 'kaa-bridge check --connect'; use a clients file if the list cannot be had.",
        system=system,
    )
