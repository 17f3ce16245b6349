"""Treserva, level 1 by default and level 2 as an installation may declare it, through the journal conformance."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from kaa_bridge.contract import Journal, JournalLevel
from kaa_bridge.testing.conformance import JournalConformance
from kaa_bridge.testing.simulators.journal_server import JournalServer
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from tests.plugins.treserva_support import treserva


class TestTreserva(JournalConformance):
    refusal: ClassVar[tuple[str, str]] = ("PERSON_SAKNAS", "PERSON_SAKNAS")

    def start(self, folder: Path) -> JournalServer:
        return SimulatedTreserva(page_size=2)

    def make(self, url: str) -> Journal:
        return treserva(url)

    def test_level_is_one_until_an_installation_says_otherwise(self, journal: Journal) -> None:
        assert journal.describe().level is JournalLevel.LOOKUP_MAY_LAG


class TestTreservaDeclaredAuthoritative(TestTreserva):
    def make(self, url: str) -> Journal:
        return treserva(url, level=2, lateness_seconds=2.0)

    def test_level_is_one_until_an_installation_says_otherwise(self, journal: Journal) -> None:
        assert journal.describe().level is JournalLevel.AUTHORITATIVE_LOOKUP
        assert journal.describe().lateness_seconds == 2.0
