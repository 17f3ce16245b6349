"""Another journal over SOAP is met by another mapping and its WSDL: the plugin's code is the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import ClassVar

from kaa_bridge.contract import Journal, Page, Proof
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Occupation
from kaa_bridge.testing.conformance import JournalConformance
from kaa_bridge.testing.simulators.journal_server import JournalServer
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from tests.plugins.other_treserva import OtherDialect
from tests.plugins.treserva_support import facts_of, treserva

DATA = Path(__file__).parent / "data"
NUMBER = "209001010009"


def other(url: str) -> Journal:
    return treserva(url, mapping="annan.toml", base_dir=str(DATA))


class TestOtherShape(JournalConformance):
    refusal: ClassVar[tuple[str, str]] = ("INGEN_AKT", "INGEN_AKT")

    def start(self, folder: Path) -> JournalServer:
        return SimulatedTreserva(dialect=OtherDialect(), page_size=1000)

    def make(self, url: str) -> Journal:
        return other(url)


def test_the_wire_is_really_another() -> None:
    with SimulatedTreserva(dialect=OtherDialect()) as server:
        journal = other(server.url)
        TestOtherShape().send(journal, TestOtherShape().note())
        journal.close()
        body = server.requests[-1].body.decode()
    assert "<person>20900101-0009</person>" in body
    assert 'typ="A"' in body
    assert "<datum>20260201</datum>" in body
    assert "ExternReferens" not in body


def test_events_become_the_same_facts() -> None:
    contact = Event(
        kind=EventKind.CONTACT, on=date(2026, 1, 20), channel=ContactChannel.PHONE, outcome=ContactOutcome.REACHED
    )
    works = Event(kind=EventKind.OCCUPATION, on=date(2026, 1, 21), what=Occupation.WORK)
    declined = Event(kind=EventKind.DECLINED, on=date(2026, 1, 22))
    with SimulatedTreserva(dialect=OtherDialect(), page_size=2) as server:
        for index, event in enumerate((contact, works, declined)):
            server.record(f"K-{index}", NUMBER, event)
        journal = other(server.url)
        items = list(journal.read_events(date(2026, 1, 1)))
        records = [record for item in items if isinstance(item, Page) for record in item.records]
        facts = facts_of(journal, records, "annan.toml", str(DATA))
        journal.close()
    assert isinstance(items[-1], Proof)
    assert items[-1].whole
    assert [(key, fact.number, fact.events) for key, fact in facts] == [
        ("K-0", NUMBER, (contact,)),
        ("K-1", NUMBER, (works,)),
        ("K-2", NUMBER, (declined,)),
    ]
