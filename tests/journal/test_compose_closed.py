"""Nothing but our own words gets into a note (reliability S17), and each kind refuses what is not its own."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaa_bridge.contract import NoteKind
from kaa_bridge.journal.compose import (
    compose_action_due,
    compose_correction,
    compose_ended,
    compose_registered,
    render,
)
from kaa_bridge.journal.vocabulary import CorrectionCause, label_phrase, reference_phrase, step_phrase
from kaa_bridge.routine import ClockStart, DueAction
from tests.journal.compose_support import AS_OF, REFERENCE, decided

HOSTILE = ["", " ", "Qore\n", "a\u202eb", "Qore\x00", "x" * 61, "\u2028", "\ud800", "\t"]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_strange_label_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        compose_registered(decided(), reference=REFERENCE, as_of=AS_OF, source_label=label)


@pytest.mark.parametrize("reference", ["", "KAA-", "kaa-abcdef", "KAA-ABC DEF", "KAA-ÅÄÖÅÄÖ", "KAA-ABCDEF\n"])
def test_a_strange_reference_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        compose_registered(decided(), reference=reference, as_of=AS_OF, source_label="Qore")


@pytest.mark.parametrize("label", ["]]>", "<b>", "{{ 7*7 }}", "{% raw %}", "=1+1", "Qore & Co"])
def test_a_label_is_printed_and_never_run(label: str) -> None:
    note = compose_registered(decided(), reference=REFERENCE, as_of=AS_OF, source_label=label)
    assert f"efter uppgifter från {label}. Ungdomen" in note.text


def test_no_label_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="label"):
        compose_registered(decided(), reference=REFERENCE, as_of=AS_OF, source_label=[])


def test_each_kind_needs_its_outcome() -> None:
    with pytest.raises(ValueError, match="covered"):
        compose_ended(decided(), reference=REFERENCE, as_of=AS_OF, source_label="Qore")
    for facts in ({"birth_date": "2000-01-01"}, {"life_status": "unknown"}):
        with pytest.raises(ValueError, match="the note is for covered"):
            compose_registered(decided(**facts), reference=REFERENCE, as_of=AS_OF, source_label="Qore")


def test_a_note_cannot_correct_itself() -> None:
    with pytest.raises(ValueError, match="itself"):
        compose_correction(
            reference=REFERENCE,
            as_of=AS_OF,
            corrected_reference=REFERENCE,
            corrected_kind=NoteKind.ENDED,
            corrected_on=AS_OF,
            cause=CorrectionCause.FACT_CHANGED,
        )


def test_a_template_prints_phrases_and_dates_only() -> None:
    with pytest.raises(TypeError):
        render(
            NoteKind.ENDED, REFERENCE, as_of=AS_OF, sources="fri text", ended_on=None, reasons=[label_phrase("Qore")]
        )


def test_a_missing_fact_is_an_error_not_a_gap() -> None:
    with pytest.raises(Exception, match="'reasons' is undefined"):
        render(NoteKind.ENDED, REFERENCE, as_of=AS_OF, sources=label_phrase("Qore"), ended_on=None)


def test_what_a_source_wrote_does_not_reach_the_note() -> None:
    planted = "Planterad Fritext"
    decision = decided(
        placements=[
            {
                "source": planted,
                "school_form": planted,
                "study_path": planted,
                "school_unit": planted,
                "from": "2024-08-19",
                "to": "2026-01-15",
            }
        ],
        events=[{"kind": "measure_started", "on": "2026-01-20", "measure": planted, "reason": planted}],
    )
    note = compose_registered(decision, reference=REFERENCE, as_of=AS_OF, source_label="Qore")
    assert planted not in note.heading + note.text


@given(st.text(min_size=1, max_size=400))
def test_step_text_never_brings_control_characters(text: str) -> None:
    action = DueAction(
        "a", "x", AS_OF, date(2026, 3, 1), False, ClockStart("reg", AS_OF), "case_officer", None, "r", text
    )
    try:
        note = compose_action_due(action, reference=REFERENCE, as_of=AS_OF)
    except ValueError:
        return
    odd = [char for char in note.text if unicodedata.category(char)[0] == "C" and char != "\n"]
    assert odd == []
    assert text.strip() in note.text


@given(st.text(max_size=80))
def test_phrases_are_exactly_what_was_given_or_refused(text: str) -> None:
    for make in (reference_phrase, label_phrase, step_phrase):
        try:
            made = make(text)
        except ValueError:
            continue
        assert made == text.strip()
        assert "\n" not in made
