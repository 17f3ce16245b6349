"""The conformance catches journals that break the contract: each is a way in which notes get lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from kaa_bridge.contract import CaseNote, Found, Journal, JournalContext, JournalDescription, JournalLevel, Receipt
from kaa_bridge.errors import NoteInDoubt, NoteNotSent, NoteRefused, Unreachable
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.conformance import JournalConformance
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.journal_server import JournalServer
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from kaa_plugin_treserva import TreservaJournal
from tests.plugins.treserva_support import QUICK


class Retries(TreservaJournal):
    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return super().create_note(note, deadline=deadline)
        except NoteInDoubt:
            return super().create_note(note, deadline=deadline)


class Trusts(TreservaJournal):
    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return super().create_note(note, deadline=deadline)
        except NoteInDoubt:
            return Receipt("1", note.reference)


class SaysNotSent(TreservaJournal):
    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return super().create_note(note, deadline=deadline)
        except NoteInDoubt:
            raise NoteNotSent("timeout", "The journal did not answer.", remedy="kaa-bridge run") from None


class Leaks(TreservaJournal):
    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return super().create_note(note, deadline=deadline)
        except NoteRefused as error:
            raise NoteRefused(error.code, f"{note.person_number} saknas", remedy=error.remedy) from None


class IgnoresTheDeadline(TreservaJournal):
    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        return super().create_note(note, deadline=deadline + 60)


class TakesSilenceForAbsent(TreservaJournal):
    def find_note(self, reference: str) -> Found:
        try:
            return super().find_note(reference)
        except Unreachable:
            return Found(())


class PicksOne(TreservaJournal):
    def find_note(self, reference: str) -> Found:
        return Found(super().find_note(reference).receipts[:1])


class FindsByBeginning(TreservaJournal):
    def find_note(self, reference: str) -> Found:
        return Found(tuple(item for item in super().list_notes(date(2020, 1, 1), date(2100, 1, 1))))


class ListsLess(TreservaJournal):
    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        yield from list(super().list_notes(first, last))[1:]


class Overclaims(TreservaJournal):
    def describe(self) -> JournalDescription:
        return replace(super().describe(), level=JournalLevel.AUTHORITATIVE_LOOKUP, lateness_seconds=0.2)


class ClaimsIdempotence(TreservaJournal):
    def describe(self) -> JournalDescription:
        return replace(super().describe(), level=JournalLevel.IDEMPOTENT_CREATE)


class Suite(JournalConformance):
    __test__ = False
    refusal: ClassVar[tuple[str, str]] = ("PERSON_SAKNAS", "PERSON_SAKNAS")

    def __init__(self, kind: type[TreservaJournal]) -> None:
        self.kind = kind

    def start(self, folder: Path) -> JournalServer:
        return SimulatedTreserva(page_size=2, lookup_lag_seconds=2.0 if self.kind is Overclaims else 0.0)

    def make(self, url: str) -> Journal:
        profile = load_mapping("treserva").profile
        settings = {"url": url, "module": "kaa", **QUICK}
        return self.kind(JournalContext(name="journal", municipality="2303", settings=settings, profile=profile))


Check = Callable[[Suite, JournalServer, Journal], None]
BROKEN: list[tuple[type[TreservaJournal], Check]] = [
    (Retries, lambda s, server, journal: s.test_everything_else_is_doubt(server, journal, FaultKind.RESET, "")),
    (Trusts, lambda s, server, journal: s.test_everything_else_is_doubt(server, journal, FaultKind.STATUS, "202")),
    (SaysNotSent, lambda s, server, journal: s.test_everything_else_is_doubt(server, journal, FaultKind.SILENCE, "")),
    (Leaks, Suite.test_a_listed_refusal_is_refused),
    (IgnoresTheDeadline, Suite.test_deadline_is_respected),
    (TakesSilenceForAbsent, lambda s, server, j: s.test_a_failed_look_up_proves_nothing(server, j, FaultKind.HTML)),
    (PicksOne, Suite.test_look_up_finds_none_one_and_two),
    (FindsByBeginning, Suite.test_look_up_finds_none_one_and_two),
    (ListsLess, Suite.test_listing_is_whole_where_declared),
    (Overclaims, Suite.test_level_is_as_declared),
    (ClaimsIdempotence, Suite.test_level_is_as_declared),
]


def run(kind: type[TreservaJournal], check: Check) -> None:
    suite = Suite(kind)
    with suite.start(Path()) as server, closing(suite.make(server.url)) as journal:
        check(suite, server, journal)


@pytest.mark.parametrize(("kind", "check"), BROKEN, ids=[kind.__name__ for kind, _ in BROKEN])
def test_a_broken_journal_is_caught(kind: type[TreservaJournal], check: Check) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, NoteNotSent)):
        run(kind, check)


@pytest.mark.parametrize("check", [check for _, check in BROKEN], ids=[kind.__name__ for kind, _ in BROKEN])
def test_the_same_check_lets_a_good_journal_through(check: Check) -> None:
    run(TreservaJournal, check)
