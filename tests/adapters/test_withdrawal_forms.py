"""Avbrottsblanketter as a drop: from the file through adapter and mapping to what the law and the routine say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.facts import Event, Placement, Youth
from kaa_bridge.domain.values import EventKind, Protection
from kaa_bridge.law import judge
from kaa_bridge.mapping import Mapped, compile_mapping, load_mapping
from kaa_bridge.routine import due_actions, load_routine
from tests.adapters.test_files import pulled, source_of
from tests.law.youths import PLAIN

DAY, CAME = date(2026, 2, 1), date(2026, 1, 20)
MINOR, OF_AGE = date(2009, 5, 5), date(2007, 5, 5)
HEADER = "BlankettId;Personnummer;Inkom;VardnadshavareSamtycker;Avbrottsdatum;Skola;Plan"
PUPIL = replace(PLAIN, placements=(Placement(school_form="GY", study_path="NA", start=date(2024, 8, 19)),))


def read(folder: Path, consent: str, form: str = "1") -> Mapped:
    """Read a file of one form."""
    row = f"{form};201001012382;{CAME};{consent};2026-01-16;Skolan;vill jobba i butik"
    (folder / "blanketter.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    mapping = load_mapping("withdrawal_forms_file")
    source = source_of(folder, mapping.profile, "*.csv")
    (record,) = pulled(source)[0]
    return compile_mapping(mapping, as_of=DAY).map(source.parse(record))


@pytest.mark.parametrize(
    ("consent", "born", "attends"),
    [("JA", MINOR, "u"), ("NEJ", MINOR, "n"), ("", MINOR, "n"), ("", OF_AGE, "u"), ("NEJ", OF_AGE, "u")],
)
def test_a_minor_has_not_left_without_the_guardians_consent(
    tmp_path: Path, consent: str, born: date, attends: str
) -> None:
    (form,) = read(tmp_path, consent).facts.events or ()
    assert (form.kind, form.on) == (EventKind.WITHDRAWAL_FORM, CAME)
    youth = replace(PUPIL, birth_date=born, events=(form,))
    assert judge(youth, municipality="2303", as_of=DAY).criteria[3] == attends, "an open place is asked about"


def test_a_form_that_has_come_in_needs_no_question_to_the_school(tmp_path: Path) -> None:
    mapped = read(tmp_path, "JA")
    ended = Placement(school_form="GY", start=date(2024, 8, 19), end=date(2026, 1, 16))
    registered = Event(kind=EventKind.REGISTERED, on=date(2026, 1, 19))
    youth = Youth(ref="a-1", protection=Protection.NONE, placements=(ended,), events=(registered,))

    def asked(one: Youth) -> bool:
        actions = due_actions(load_routine("norrkoping"), one, as_of=DAY)
        return "confirm_with_school" in {action.action for action in actions}

    assert asked(youth)
    assert not asked(replace(youth, events=(registered, *(mapped.facts.events or ()))))


def test_the_plan_on_the_form_is_not_read_and_a_form_keeps_its_key(tmp_path: Path) -> None:
    first, corrected = read(tmp_path, ""), read(tmp_path, "JA")
    assert first.key == corrected.key != read(tmp_path, "JA", form="2").key
    assert "butik" not in repr(first.facts.events)
    assert first.findings == ()
