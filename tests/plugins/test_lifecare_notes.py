"""Clients, times, headlines and doubts of Lifecare that the conformance does not know."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.contract import CaseNote, Journal, JournalContext, NoteKind, Receipt
from kaa_bridge.domain.values import Protection
from kaa_bridge.errors import ConfigurationInvalid, NoteInDoubt, NoteNotSent, NoteRefused
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.journal_notes import SimulatedNote
from kaa_bridge.testing.simulators.journal_server import Answer, SeenRequest
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from kaa_plugin_lifecare import LifecareJournal
from tests.plugins.lifecare_support import lifecare

NUMBER = "209001010009"


def write(
    journal: Journal, kind: NoteKind = NoteKind.REGISTERED, *, day: str = "2026-02-01", text: str = "Text"
) -> Receipt:
    """Write one note about ``NUMBER``."""
    note = CaseNote(
        reference="KAA-LIFECARE-1",
        person_number=NUMBER,
        kind=kind,
        heading="Rubrik",
        text=text,
        occurred_on=date.fromisoformat(day),
    )
    return journal.create_note(note, deadline=time.monotonic() + 5)


def bodies(server: SimulatedLifecare) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in server.requests if request.method == "POST"]


def test_unknown_ambiguous_and_protected_clients_are_for_a_person() -> None:
    with SimulatedLifecare() as server:
        server.add_client("209001020008")
        for code in ("client_unknown", "", "client_ambiguous"):
            with closing(lifecare(server.url)) as journal:
                if code:
                    with pytest.raises(NoteRefused) as caught:
                        write(journal)
                    assert caught.value.code == code
                    assert code in journal.describe().refusals
                    assert NUMBER not in str(caught.value)
                server.add_client(NUMBER)
        assert bodies(server) == []


@pytest.mark.parametrize("mark", ["ProtectedRegistration", "IsConfidential"])
def test_a_client_that_lifecare_marks_as_protected_gets_no_note(mark: str) -> None:
    with SimulatedLifecare() as server, closing(lifecare(server.url)) as journal:
        server.add_client(NUMBER, protected=mark == "ProtectedRegistration")
        server._clients[0][mark] = True
        with pytest.raises(NoteRefused) as caught:
            write(journal)
        assert caught.value.code == "client_protected"
        assert bodies(server) == []


def test_the_client_list_is_read_once_and_only_when_needed() -> None:
    with SimulatedLifecare(page_size=1) as server, closing(lifecare(server.url)) as journal:
        server.add_client("209001020008")
        server.add_client(NUMBER)
        assert journal.check().ok
        assert len(server.requests) == 1
        write(journal)
        write(journal)
        assert len([request for request in server.requests if "/clients" in request.path]) == 3
        assert [body["clientId"] for body in bodies(server)] == [1002, 1002]


class StuckList(SimulatedLifecare):
    """Gives the first page whatever offset is asked for."""

    def perform(self, operation: str, request: SeenRequest) -> Answer:
        path = request.path.split("?")[0]
        if operation == "clients":
            request = SeenRequest(request.method, f"{path}?domain=kommun&limit=1", request.headers, b"")
        return super().perform(operation, request)


def test_a_list_that_never_ends_stops_the_note_before_it_leaves() -> None:
    with StuckList() as server, closing(lifecare(server.url)) as journal:
        server.add_client(NUMBER)
        with pytest.raises(NoteNotSent, match="a page came twice"):
            write(journal)
        assert bodies(server) == []


def test_a_list_that_takes_too_long_goes_on_with_the_next_note() -> None:
    with SimulatedLifecare(page_size=1) as server, closing(lifecare(server.url)) as journal:
        for number in ("209001020008", "209001030007", NUMBER):
            server.add_client(number)
        server.delay_seconds = 0.2
        note = CaseNote(
            reference="KAA-SLOW-1",
            person_number=NUMBER,
            kind=NoteKind.ENDED,
            heading="Rubrik",
            text="Text",
            occurred_on=date(2026, 2, 1),
        )
        with pytest.raises(NoteNotSent, match="no time left"):
            journal.create_note(note, deadline=time.monotonic() + 0.3)
        read = len(server.requests)
        assert 1 <= read < 4
        journal.create_note(note, deadline=time.monotonic() + 5)
        assert len(server.requests) == 5
        assert [stored.person_number for stored in server.notes()] == [NUMBER]


def test_a_list_that_fails_is_not_an_empty_list() -> None:
    with SimulatedLifecare() as server, closing(lifecare(server.url)) as journal:
        server.add_client(NUMBER)
        server.fault(FaultKind.STATUS, operation="clients", code="500", times=9)
        with pytest.raises(NoteNotSent):
            write(journal)
        server.faults.clear()
        assert write(journal).journal_id == "500001"


class WrongClient(SimulatedLifecare):
    """Answers with the note of somebody else, although the text is ours."""

    def _shown(self, note: SimulatedNote, body: dict[str, Any]) -> dict[str, Any]:
        return {**super()._shown(note, body), "clientId": 4711}


def test_a_note_on_another_client_is_doubt() -> None:
    with WrongClient() as server, closing(lifecare(server.url)) as journal:
        server.add_client(NUMBER)
        with pytest.raises(NoteInDoubt, match="another client"):
            write(journal)


@pytest.mark.parametrize(
    ("day", "utc"),
    [("2026-02-01", "2026-02-01T11:00:00Z"), ("2026-07-01", "2026-07-01T10:00:00Z")],
)
def test_the_day_is_noon_in_sweden(day: str, utc: str) -> None:
    with SimulatedLifecare() as server, closing(lifecare(server.url)) as journal:
        server.add_client(NUMBER)
        write(journal, day=day)
        assert bodies(server)[0]["occurrenceTimeUtc"] == utc
        assert server.notes()[0].occurred_on == date.fromisoformat(day)


def test_the_reference_ends_the_text_once() -> None:
    with SimulatedLifecare() as server, closing(lifecare(server.url)) as journal:
        server.add_client(NUMBER)
        write(journal, text="Utan referens")
        write(journal, text="Rättar KAA-OTHER-1. Referens: KAA-LIFECARE-1")
        write(journal, text="Referens: KAA-LIFECARE-1, rättar KAA-OTHER-1")
        assert [body["text"] for body in bodies(server)] == [
            "Rubrik\n\nUtan referens\n\nReferens: KAA-LIFECARE-1",
            "Rubrik\n\nRättar KAA-OTHER-1. Referens: KAA-LIFECARE-1",
            "Rubrik\n\nReferens: KAA-LIFECARE-1, rättar KAA-OTHER-1\n\nReferens: KAA-LIFECARE-1",
        ]
        assert {note.reference for note in server.notes()} == {"KAA-LIFECARE-1"}


def test_a_kind_may_have_a_headline_of_its_own() -> None:
    with SimulatedLifecare() as server, closing(lifecare(server.url, headlines={"ended": 13})) as journal:
        server.add_client(NUMBER)
        write(journal)
        with pytest.raises(NoteRefused) as caught:
            write(journal, kind=NoteKind.ENDED)
        assert caught.value.code == "http_400"
        assert [body["headlineId"] for body in bodies(server)] == [12, 13]


def test_a_clients_file_needs_no_call(tmp_path: Path) -> None:
    _clients_file(tmp_path, f"person_number;client_id\n20900102-0008;1\n{NUMBER};1001\n")
    with SimulatedLifecare() as server:
        server.add_client(NUMBER)
        with closing(lifecare(server.url, base_dir=str(tmp_path), **FILE)) as journal:
            assert journal.check().ok
            write(journal)
        assert [request.path.split("?")[0].rpartition("/")[2] for request in server.requests] == [
            "provider_units",
            "provider_notes",
        ]


FILE = {"clients_file": "clients.csv", "clients_list": False}


def _clients_file(folder: Path, text: str, mode: int = 0o600) -> None:
    path = folder / "clients.csv"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        (f"person_number;client_id\n{NUMBER};7\n", 0o644, "0600"),
        (f"number;id\n{NUMBER};7\n", 0o600, "first line"),
        ("", 0o600, "first line"),
        (f"person_number;client_id\n{NUMBER};sju\n", 0o600, "line 2"),
        (f"person_number;client_id\n{NUMBER};0\n", 0o600, "line 2"),
        (f"person_number;client_id\n{NUMBER}\n", 0o600, "line 2"),
        (f"person_number;client_id\n{NUMBER};7\n{NUMBER[2:]};8\n", 0o600, "line 3"),
        (f"person_number;client_id\n{NUMBER[:-1]};7\n", 0o600, "line 2"),
    ],
)
def test_a_clients_file_is_read_strictly(tmp_path: Path, text: str, mode: int, why: str) -> None:
    _clients_file(tmp_path, text, mode)
    with closing(lifecare("http://127.0.0.1:9", base_dir=str(tmp_path), **FILE)) as journal:
        with pytest.raises(NoteNotSent, match=why) as caught:
            write(journal)
        assert NUMBER[2:] not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"clients_list": False}, "exactly one of clients_file"),
        ({"clients_file": "a.csv"}, "exactly one of clients_file"),
        ({"provider_unit_id": 0}, "provider_unit_id"),
        ({"headline_id": "12"}, "headline_id"),
        ({"created_personnel_id": 2**31}, "created_personnel_id"),
        ({"headlines": {"closed": 3}}, "headlines"),
        ({"refusals": ["http_409"]}, "http_409"),
        ({"refusals": ["http_500"]}, "refusals"),
        ({"key_in": "cookie"}, "key_in"),
        ({"api_key": ""}, "api_key"),
    ],
)
def test_settings_that_do_not_hold_are_refused(settings: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        lifecare("http://127.0.0.1:9", **settings)
    assert place in caught.value.message
    assert "hemlig-nyckel" not in str(caught.value)


def test_a_wrong_key_shows_in_check_and_as_a_refusal(tmp_path: Path) -> None:
    _clients_file(tmp_path, f"person_number;client_id\n{NUMBER};1001\n")
    with (
        SimulatedLifecare(key="en annan") as server,
        closing(lifecare(server.url, base_dir=str(tmp_path), **FILE)) as journal,
    ):
        result = journal.check()
        with pytest.raises(NoteRefused) as caught:
            write(journal)
    assert not result.ok
    assert caught.value.code == "http_401"
    assert "hemlig-nyckel" not in result.text + result.remedy + str(caught.value)


@pytest.mark.parametrize(("key_in", "told"), [("header", 'set key_in = "query"'), ("query", 'key_in = "header"')])
def test_a_refused_key_names_its_other_place(tmp_path: Path, key_in: str, told: str) -> None:
    _clients_file(tmp_path, f"person_number;client_id\n{NUMBER};1001\n")
    wrong = {"api_key": "fel", "key_in": key_in}
    with SimulatedLifecare() as server:
        with closing(lifecare(server.url, **wrong)) as journal:
            assert told in journal.check().remedy
        with (
            closing(lifecare(server.url, base_dir=str(tmp_path), **FILE, **wrong)) as journal,
            pytest.raises(NoteRefused, match="http_401") as caught,
        ):
            write(journal)
    assert told in caught.value.remedy
    assert "fel" not in caught.value.remedy.split()


def test_a_mapping_that_would_have_no_effect_is_refused() -> None:
    context = JournalContext(name="journal", municipality="2303", settings={}, profile={"refusals": []})
    with pytest.raises(ConfigurationInvalid, match="names a mapping"):
        LifecareJournal(context)


def test_the_whole_population_can_be_written_to_but_for_the_protected() -> None:
    people = build(seed=2, as_of=date(2026, 2, 1))
    with SimulatedLifecare(people, page_size=10) as server, closing(lifecare(server.url)) as journal:
        for person in people:
            note = CaseNote(
                reference=f"KAA-{person.ref.upper()}",
                person_number=person.number,
                kind=NoteKind.REGISTERED,
                heading="Rubrik",
                text="Text",
                occurred_on=date(2026, 2, 1),
            )
            if person.protection in (Protection.NONE, Protection.UNKNOWN):
                journal.create_note(note, deadline=time.monotonic() + 5)
            else:
                with pytest.raises(NoteRefused, match="protected"):
                    journal.create_note(note, deadline=time.monotonic() + 5)
        written = {note.person_number for note in server.notes()}
        assert written == {p.number for p in people if p.protection in (Protection.NONE, Protection.UNKNOWN)}
        outside = "".join(request.outside_body for request in server.requests)
        assert not [text for text in people.canaries() if text in outside]
