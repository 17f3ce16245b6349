"""A municipality's own wording of a note: chosen by name, tried before a night, and no way in for free text."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.contract import NoteKind
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.journal.compose import compose_action_due
from kaa_bridge.journal.wording import wordings
from kaa_bridge.routine import ClockStart, DueAction

REFERENCE = "KAA-AAAAAAAAAAAAAAAAAAAAAAAAAA"
DAY = date(2026, 1, 26)


def test_a_chosen_wording_is_the_notes_text() -> None:
    added = {"short": "Att göra: {{ step }}{% if due %} senast {{ due }}{% endif %}."}
    chosen = wordings({NoteKind.ACTION_DUE: "short"}, added)
    action = DueAction(
        ref="a-1", action="phone", not_before=DAY, due=DAY, overdue=False, clock=ClockStart("reg", DAY),
        responsible="case_officer", recipient="youth", rule="", text="Ring ungdomen.",
    )  # fmt: skip
    made = compose_action_due(action, reference=REFERENCE, as_of=DAY, wording=chosen[NoteKind.ACTION_DUE])
    assert made.text.startswith("Att göra: Ring ungdomen")
    assert "senast 2026-01-26" in made.text
    assert REFERENCE in made.text


@pytest.mark.parametrize(
    "text",
    [
        "{{ name }}",
        "{{ 'fri text' }}",
        "Nästa prövning {{ next_review }}",
        "{% if %}",
        "{% include 'nothing.j2' %}",
        "{{ criteria }}",
    ],
)
def test_a_wording_that_cannot_be_a_note_is_refused_before_the_night(text: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        wordings({NoteKind.REGISTERED: "own"}, {"own": text})
    assert refused.value.code == "note_template_wrong"
    assert "own" in refused.value.message
    assert "note_templates" in refused.value.remedy


def test_a_name_that_no_plugin_adds_is_refused_with_those_that_are() -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        wordings({NoteKind.REGISTERED: "mistyped"}, {"own": "Text."})
    assert refused.value.code == "note_template_unknown"
    assert "own" in refused.value.message


@pytest.mark.parametrize("kind", list(NoteKind))
def test_what_a_template_may_print_is_what_the_bundled_one_prints(kind: NoteKind) -> None:
    bundled = f'{{% include "{kind.value}.j2" %}}'
    assert wordings({kind: "same"}, {"same": bundled}) == {kind: bundled}
