"""A sample of the network cells, and proof that a believing journal plugin is caught by them."""

from __future__ import annotations

import pytest

from kaa_bridge.contract.journal import CaseNote, Receipt
from kaa_bridge.errors import NoteInDoubt
from kaa_plugin_treserva import TreservaJournal
from tests.fault.network import Cell, cells, try_cell


def test_there_are_at_least_the_cells_that_were_promised() -> None:
    assert len(cells()) >= 320
    assert len(set(cells())) == len(cells())


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
