"""The note of an accepted row says why, in our words only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kaa_bridge.reconcile.model import Category, Step
from kaa_bridge.reconcile.note_text import KINDS, REASONS, compose_accepted
from tests.reconcile.reports import ROWS, report
from tests.reconcile.test_classify import STEPS

REFERENCE = "KAA-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PROPOSED = [(category, step) for category, steps in STEPS.items() for step in sorted(steps) if step is not Step.NONE]


@pytest.mark.parametrize(("category", "step"), PROPOSED)
def test_every_step_of_every_category_has_a_note(category: Category, step: Step) -> None:
    made = report()
    head = replace(made.head, right=replace(made.head.right, label="IST"))
    row = replace(ROWS[1], category=category, step=step)
    note = compose_accepted(row, head, reference=REFERENCE)
    assert "\n" not in note.heading
    assert REASONS[category] in note.text
    assert note.text.endswith(f"Referens: {REFERENCE}")
    assert "godkänt av en person" in note.text
    assert "2026-09-01" in note.text
    assert "  " not in note.text
    assert "\n\n\n" not in note.text
    assert "HYPERLINK" not in note.text, "nothing that a source has written"
    assert ("för hand" in note.text) == (step is not Step.INVESTIGATE)


def test_only_proposed_steps_have_a_kind_and_only_their_categories_a_reason() -> None:
    assert set(KINDS) == set(Step) - {Step.NONE}
    assert set(REASONS) == {category for category, _ in PROPOSED}


def test_a_label_that_does_not_belong_in_a_case_file_is_refused() -> None:
    made = report()
    head = replace(made.head, left=replace(made.head.left, label="x\u202ey"))
    with pytest.raises(ValueError, match="label"):
        compose_accepted(ROWS[0], head, reference=REFERENCE)


@pytest.mark.parametrize(
    ("step", "said"),
    [(Step.CLOSE, "Avslutet skrivs också in i OEDB."), (Step.OPEN, "Ungdomen läggs också upp i OEDB.")],
)
def test_a_step_that_the_register_takes_is_not_said_to_be_done_by_hand(step: Step, said: str) -> None:
    made = report()
    head = replace(made.head, right=replace(made.head.right, label="IST"))
    row = replace(ROWS[1], category=Category.ENDED_IN_FREEZE, step=step)
    text = compose_accepted(row, head, reference=REFERENCE, written=True).text
    assert said in text
    assert "för hand" not in text
    assert "\n\n\n" not in text
