"""Lifecare EC through the journal conformance, with the key in the header and, as documented, in the query."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from kaa_bridge.contract import Journal, JournalLevel
from kaa_bridge.testing.conformance import JournalConformance
from kaa_bridge.testing.simulators.journal_server import JournalServer
from kaa_bridge.testing.simulators.lifecare import SimulatedLifecare
from tests.plugins.lifecare_support import lifecare


class TestLifecare(JournalConformance):
    refusal: ClassVar[tuple[str, str]] = ("400", "http_400")

    def start(self, folder: Path) -> JournalServer:
        server = SimulatedLifecare(page_size=2)
        for number in ("209001020008", "209001030007", self.person_number):
            server.add_client(number, "Åsa", "Öberg-Testsson")
        return server

    def make(self, url: str) -> Journal:
        return lifecare(url)

    def test_level_is_what_the_document_supports(self, journal: Journal) -> None:
        assert journal.describe().level is JournalLevel.NOTHING


class TestLifecareKeyInQuery(TestLifecare):
    def start(self, folder: Path) -> JournalServer:
        server = SimulatedLifecare(header_key=False)
        server.add_client(self.person_number)
        return server

    def make(self, url: str) -> Journal:
        return lifecare(url, key_in="query")
