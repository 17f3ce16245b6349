"""Every decision and every due action of the whole population becomes a note that names nobody."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.journal.compose import Composed, compose_action_due, compose_ended, compose_registered
from kaa_bridge.law import Outcome, decide
from kaa_bridge.routine import bundled_routines, due_actions, load_routine
from kaa_bridge.testing.population import build
from tests.journal.compose_support import REFERENCE

AS_OF = date(2026, 2, 1)
PEOPLE = build(seed=5, as_of=AS_OF)


def check(note: Composed) -> None:
    """Hold a note to what all have in common."""
    assert note.text.endswith(f"Referens: {REFERENCE}")
    assert "\n\n\n" not in note.text
    assert "None" not in note.text
    assert all(line == line.rstrip() for line in note.text.split("\n"))
    assert not [text for text in PEOPLE.canaries() if text in note.heading + note.text]
    assert not [unit.name for unit in PEOPLE.units if unit.name in note.text or unit.code in note.text]


def test_every_decision() -> None:
    seen = set()
    for person in PEOPLE:
        decision = decide(person.youth(), municipality=PEOPLE.municipality, as_of=AS_OF)
        seen.add(decision.outcome)
        if decision.outcome is Outcome.COVERED:
            check(compose_registered(decision, reference=REFERENCE, as_of=AS_OF, source_label=["qore", "ist"]))
        elif decision.outcome is Outcome.NOT_COVERED:
            note = compose_ended(decision, reference=REFERENCE, as_of=AS_OF, source_label="qore")
            assert "Skäl:\n- Ungdomen " in note.text
            check(note)
    assert seen == set(Outcome)


@pytest.mark.parametrize("name", bundled_routines())
def test_every_due_action(name: str) -> None:
    routine = load_routine(name)
    notes = [
        compose_action_due(action, reference=REFERENCE, as_of=AS_OF)
        for person in PEOPLE
        for action in due_actions(routine, person.youth(), as_of=AS_OF)
    ]
    assert notes
    for note in notes:
        check(note)
