"""Norrköping's plugin: its condition, target groups and the list for the meeting with the social services."""

from __future__ import annotations

from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.domain.facts import Event, Placement, Qualification, Residence, Youth
from kaa_bridge.domain.values import (
    ContactChannel,
    ContactOutcome,
    EventKind,
    Occupation,
    PlacementEnd,
    Protection,
    QualificationKind,
)
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.host import load_plugins
from kaa_bridge.routine import BUILT_IN, Predicate, due_actions, load_routine, next_change
from kaa_plugin_norrkoping.social_services import HEADER, social_services_meeting
from kaa_plugin_norrkoping.target_groups import GROUPS, target_group_cell, target_groups

AS_OF = date(2026, 2, 1)
PLUGIN = EntryPoint(name="norrkoping", value="kaa_plugin_norrkoping", group="kaa_bridge")
ROUTINE = Path(__file__).parents[2] / "mappings" / "kaa_mappings" / "routines" / "norrkoping.toml"


def on(text: str) -> date:
    return date.fromisoformat(text)


def youth(*events: Event, **facts: Any) -> Youth:
    registered = Event(kind=EventKind.REGISTERED, on=on("2026-01-19"))
    return Youth(**{"ref": "a-1", "protection": Protection.NONE, "events": (registered, *events), **facts})


def measure(kind: EventKind, day: str, code: str) -> Event:
    return Event(kind=kind, on=on(day), measure=code)


def occupation(what: Occupation, day: str = "2026-01-25") -> Event:
    return Event(kind=EventKind.OCCUPATION, on=on(day), what=what)


def contact(outcome: ContactOutcome, day: str) -> Event:
    return Event(kind=EventKind.CONTACT, on=on(day), channel=ContactChannel.PHONE, outcome=outcome)


def test_the_plugin_loads_and_adds_what_it_says() -> None:
    (status,) = load_plugins(found=[PLUGIN]).plugins
    assert status.error == ""
    assert status.adds == {
        "kaa_predicates": ("norrkoping_break_without_form",),
        "kaa_columns": ("Målgrupp",),
        "kaa_tables": ("norrkoping_social_services",),
        "kaa_note_templates": ("norrkoping_registered",),
        "kaa_report_sections": ("Målgrupper i handlingsplanen",),
    }


def changed_routine(tmp_path: Path) -> str:
    text = ROUTINE.read_text("utf-8").replace('"withdrawal_form_missing"', '"norrkoping_break_without_form"')
    (tmp_path / "norrkoping-egen.toml").write_text(text, encoding="utf-8")
    return str(tmp_path / "norrkoping-egen.toml")


@pytest.mark.parametrize(
    ("ended_as", "asked"),
    [(PlacementEnd.COMPLETED, False), (PlacementEnd.WITHDRAWN, True), (PlacementEnd.MOVED_SCHOOL, True), (None, True)],
)
def test_the_school_is_not_asked_about_a_completed_placement(
    tmp_path: Path, ended_as: PlacementEnd | None, asked: bool
) -> None:
    added = load_plugins(found=[PLUGIN]).added("kaa_predicates")
    routine = load_routine(changed_routine(tmp_path), predicates={**BUILT_IN, **added})
    ended = Placement(school_form="GY", start=on("2024-08-19"), end=on("2026-01-15"), ended_as=ended_as)
    found = {action.action for action in due_actions(routine, youth(placements=(ended,)), as_of=AS_OF)}
    assert ("confirm_with_school" in found) is asked
    common = {
        action.action for action in due_actions(load_routine("norrkoping"), youth(placements=(ended,)), as_of=AS_OF)
    }
    assert "confirm_with_school" in common


def test_the_condition_tells_when_it_can_change(tmp_path: Path) -> None:
    added = load_plugins(found=[PLUGIN]).added("kaa_predicates")
    routine = load_routine(changed_routine(tmp_path), predicates={**BUILT_IN, **added})
    going_on = Placement(school_form="GY", start=on("2024-08-19"), end=on("2026-03-15"))
    assert next_change(routine, youth(placements=(going_on,)), as_of=AS_OF) == on("2026-03-16")


def test_without_the_plugin_the_routine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="no condition 'norrkoping_break_without_form'"):
        load_routine(changed_routine(tmp_path))


def test_a_plugin_cannot_take_a_built_in_name() -> None:
    mine = Predicate("reached", "x", lambda _: True)
    for added in ({"reached": mine}, {"other": BUILT_IN["reached"]}):
        with pytest.raises(ConfigurationInvalid) as caught:
            load_routine("ragunda", predicates={**BUILT_IN, **added})
        assert caught.value.code == "condition_name_taken"


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        (youth(), ()),
        (youth(contact(ContactOutcome.NO_ANSWER, "2026-01-20")), ()),
        (youth(contact(ContactOutcome.NO_ANSWER, "2026-01-20"), contact(ContactOutcome.SENT, "2026-01-22")), ("E",)),
        (youth(contact(ContactOutcome.NO_ANSWER, "2026-01-20"), contact(ContactOutcome.REACHED, "2026-01-22")), ()),
        (youth(contact(ContactOutcome.NO_ANSWER, "2026-01-20"), contact(ContactOutcome.SENT, "2026-02-02")), ()),
        (youth(placements=(Placement(school_form="GYS", start=on("2024-08-19"), end=on("2025-06-12")),)), ("F",)),
        (youth(placements=(Placement(school_form="GYAN", start=on("2026-08-19")),)), ()),
        (youth(placements=(Placement(school_form="GY", start=on("2024-08-19")),)), ()),
        (youth(occupation(Occupation.WORK)), ("H",)),
        (youth(occupation(Occupation.INTERNSHIP)), ()),
        (youth(occupation(Occupation.FOLKHOGSKOLA)), ("I",)),
        (youth(occupation(Occupation.KOMVUX)), ("J",)),
        (youth(occupation(Occupation.WORK), occupation(Occupation.KOMVUX)), ("H", "J")),
        (youth(occupation(Occupation.WORK), occupation(Occupation.NONE, "2026-01-30")), ()),
        (youth(qualifications=(Qualification(kind=QualificationKind.STUDIEBEVIS, on=on("2025-06-12")),)), ("K",)),
        (youth(qualifications=(Qualification(kind=QualificationKind.STUDIEBEVIS, on=on("2026-06-12")),)), ()),
        (youth(occupation(Occupation.STUDIES, "2026-08-17")), ("D",)),
        (youth(occupation(Occupation.KOMVUX, "2026-08-17")), ("D",)),
        (youth(occupation(Occupation.INTERNSHIP, "2026-02-02")), ("C",)),
        (youth(occupation(Occupation.INTERNSHIP, "2026-03-02"), occupation(Occupation.STUDIES, "2026-08-17")), ("C",)),
        (youth(occupation(Occupation.STUDIES, "2026-08-17"), occupation(Occupation.WORK, "2026-08-17")), ("C", "D")),
        (youth(occupation(Occupation.UNKNOWN, "2026-08-17")), ()),
        (youth(occupation(Occupation.NONE, "2026-01-20"), occupation(Occupation.STUDIES, "2026-08-17")), ("D",)),
        (youth(occupation(Occupation.WORK), occupation(Occupation.STUDIES, "2026-08-17")), ("D", "H")),
        (youth(Event(kind=EventKind.WANTS_HELP, on=on("2026-01-25"))), ()),
        (youth(birth_date=on("2007-02-01")), ("L",)),
        (youth(birth_date=on("2007-02-02")), ()),
        (youth(occupation(Occupation.WORK), protection=Protection.SEKRETESSMARKERING), ("G",)),
        (youth(occupation(Occupation.WORK), protection=Protection.UNKNOWN), ("G",)),
        (youth(occupation(Occupation.STUDIES, "2026-08-17"), protection=Protection.UNKNOWN), ("G",)),
    ],
)
def test_target_groups(who: Youth, groups: tuple[str, ...]) -> None:
    assert target_groups(who, AS_OF) == groups
    assert set(groups) <= set(GROUPS)


def test_the_groups_of_ill_health_have_no_letter_here() -> None:
    assert not {"A", "B"} & set(GROUPS)


def test_the_cell_is_empty_for_another_municipality() -> None:
    works = occupation(Occupation.WORK)
    assert target_group_cell(youth(works), AS_OF) == "H"
    assert target_group_cell(youth(works, residence=(Residence(municipality="0581"),)), AS_OF) == "H"
    assert target_group_cell(youth(works, residence=(Residence(municipality="0580"),)), AS_OF) == ""


def test_the_meeting_list_shows_planned_going_on_and_soon_over() -> None:
    started, ended = EventKind.MEASURE_STARTED, EventKind.MEASURE_ENDED
    youths = [
        youth(measure(started, "2026-03-01", "HVB"), ref="planned"),
        youth(measure(started, "2025-10-01", "sis"), ref="open"),
        youth(measure(started, "2025-10-01", "hvb"), measure(ended, "2026-04-01", "hvb"), ref="soon"),
        youth(measure(started, "2025-10-01", "hvb"), measure(ended, "2026-04-02", "hvb"), ref="later"),
        youth(measure(started, "2025-10-01", "hvb"), measure(ended, "2026-02-01", "hvb"), ref="last day"),
        youth(measure(started, "2025-10-01", "hvb"), measure(ended, "2026-01-31", "hvb"), ref="over"),
        youth(measure(started, "2025-10-01", "praktik"), ref="other measure"),
        youth(
            measure(started, "2024-10-01", "hvb"), measure(ended, "2024-12-01", "hvb"),
            measure(started, "2026-01-10", "hvb"), measure(ended, "2024-12-01", "sis"), ref="again",
        ),
    ]  # fmt: skip
    header, *rows = social_services_meeting(youths[::-1], AS_OF)
    assert header == HEADER
    assert rows == [
        ("last day", "HVB", "avslutas snart", "2025-10-01", "2026-02-01"),
        ("soon", "HVB", "avslutas snart", "2025-10-01", "2026-04-01"),
        ("later", "HVB", "pågår", "2025-10-01", "2026-04-02"),
        ("again", "HVB", "pågår", "2026-01-10", ""),
        ("open", "SiS", "pågår", "2025-10-01", ""),
        ("planned", "HVB", "planerad", "2026-03-01", ""),
    ]


def test_a_stay_that_was_never_closed_ends_when_the_next_begins() -> None:
    started = EventKind.MEASURE_STARTED
    found = social_services_meeting(
        [youth(measure(started, "2025-01-01", "hvb"), measure(started, "2026-01-10", "hvb"))], AS_OF
    )
    assert found[1:] == [("a-1", "HVB", "pågår", "2026-01-10", "")]
