"""What case officers have recorded comes back as facts, once for each event, corrections included."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import pytest

from kaa_bridge.contract import Journal, Page, Proof
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Occupation
from kaa_bridge.errors import RecordProblem
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.population import build
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from tests.plugins.treserva_support import facts_of, treserva

NUMBER = "209001010009"
CALL = Event(
    kind=EventKind.CONTACT, on=date(2026, 1, 20), channel=ContactChannel.PHONE, outcome=ContactOutcome.NO_ANSWER
)


def read(journal: Journal, since: date) -> tuple[list[bytes], Proof]:
    """Return the records and the proof of a reading."""
    items = list(journal.read_events(since))
    proof = items[-1]
    assert isinstance(proof, Proof)
    return [record for item in items if isinstance(item, Page) for record in item.records], proof


def test_the_whole_population_comes_back_as_it_was_recorded() -> None:
    people = build(seed=3, as_of=date(2026, 2, 1))
    assert people.case_events_in == "journal"
    expected = {
        f"H-{person.ref}-{index}": (person.number, (event,))
        for person in people
        for index, event in enumerate(person.case_events, start=1)
    }
    assert len(expected) > 20
    with SimulatedTreserva(people, page_size=7) as server, closing(treserva(server.url)) as journal:
        records, proof = read(journal, date(2000, 1, 1))
        facts = facts_of(journal, records)
    assert proof.whole
    assert proof.total == len(expected)
    assert {key: (fact.number, fact.events) for key, fact in facts} == expected


def test_since_is_inclusive_and_goes_by_the_day_of_recording() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        server.record("H-1", NUMBER, CALL, recorded_on=date(2026, 1, 25))
        assert len(read(journal, date(2026, 1, 25))[0]) == 1
        assert read(journal, date(2026, 1, 26))[0] == []


def test_a_re_read_is_the_same_bytes_and_a_correction_is_not() -> None:
    with SimulatedTreserva() as server, closing(treserva(server.url)) as journal:
        server.record("H-1", NUMBER, CALL)
        (first,), _ = read(journal, CALL.on)
        (again,), _ = read(journal, CALL.on)
        server.record("H-1", NUMBER, Event(kind=EventKind.OCCUPATION, on=CALL.on, what=Occupation.WORK))
        (corrected,), _ = read(journal, CALL.on)
        keys = [key for key, _ in facts_of(journal, [first, corrected])]
    assert first == again
    assert first != corrected
    assert keys == ["H-1", "H-1"]


def test_the_mapping_has_a_word_for_every_word_of_ours() -> None:
    codes = load_mapping("treserva").codes
    assert set(codes["handelse"].values()) == {kind.value for kind in EventKind}
    assert set(codes["kanal"].values()) == {channel.value for channel in ContactChannel}
    assert set(codes["utfall"].values()) == {outcome.value for outcome in ContactOutcome}
    assert set(codes["sysselsattning"].values()) == {what.value for what in Occupation}


@pytest.mark.parametrize("record", [b"", b"<a", b"<a/>", b"text", b"<!DOCTYPE a><a><b/></a>"])
def test_a_record_that_cannot_be_read_is_quarantined(record: bytes) -> None:
    with closing(treserva("http://127.0.0.1:9/")) as journal, pytest.raises(RecordProblem):
        journal.parse_event(record)


def test_no_event_is_read_twice_over_pages() -> None:
    with SimulatedTreserva(page_size=3) as server, closing(treserva(server.url)) as journal:
        for index in range(10):
            server.record(f"H-{index}", NUMBER, Event(kind=EventKind.DECLINED, on=CALL.on + timedelta(days=index)))
        records, proof = read(journal, CALL.on)
    assert len(set(records)) == len(records) == proof.total == 10
