"""A sample of the network cells, and proof that a believing journal plugin is caught by them."""

from __future__ import annotations

from typing import Any

import pytest

from kaa_adapter_ist.source import IstSource
from kaa_bridge.contract.journal import CaseNote, Receipt
from kaa_bridge.contract.source import Proof
from kaa_bridge.errors import KaaError, NoteInDoubt
from kaa_plugin_treserva import TreservaJournal
from tests.fault.network import Cell, cells, try_cell


def test_there_are_at_least_the_cells_that_were_promised() -> None:
    assert len(cells()) >= 320
    assert len(set(cells())) == len(cells())


def test_token_pull_send_and_lookup_are_met() -> None:
    places = {cell.place.split()[-1] for cell in cells()}
    assert places >= {"token", "pull", "send", "look-up"}


@pytest.mark.parametrize("cell", cells()[::13], ids=lambda cell: f"{cell.place}-{cell.fault}")
def test_a_cell_leaves_every_note_once(cell: Cell) -> None:
    assert try_cell(cell) == []


@pytest.mark.parametrize("fault", ["html_login", "status_503", "empty"])
def test_a_plugin_that_believes_any_answer_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = TreservaJournal.create_note

    def believing(self: TreservaJournal, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return usual(self, note, deadline=deadline)
        except NoteInDoubt:
            return Receipt("200", note.reference)

    monkeypatch.setattr(TreservaJournal, "create_note", believing)
    assert try_cell(Cell("soap send", fault)) == ["confirmed and not in the journal"]


@pytest.mark.parametrize("fault", ["close_after_commit", "reset_after_commit"])
def test_a_plugin_that_tries_again_is_caught(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = TreservaJournal.create_note

    def again(self: TreservaJournal, note: CaseNote, *, deadline: float) -> Receipt:
        try:
            return usual(self, note, deadline=deadline)
        except NoteInDoubt:
            return usual(self, note, deadline=deadline)

    monkeypatch.setattr(TreservaJournal, "create_note", again)
    assert "2 times in the journal" in try_cell(Cell("soap send", fault))


def test_an_adapter_that_calls_nothing_everything_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = IstSource.pull

    def believing(self: IstSource, *args: Any, **given: Any) -> Any:
        try:
            yield from usual(self, *args, **given)
        except KaaError:
            yield Proof(whole=True, how="believed")

    monkeypatch.setattr(IstSource, "pull", believing)
    monkeypatch.setattr("kaa_bridge.sync.pulls.source_breaches", lambda *_: [])
    assert try_cell(Cell("rest pull", "status_503")) != []
