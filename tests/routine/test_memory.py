"""A routine remembers windows, never a youth: what it said of one changes nothing for the next."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kaa_bridge.domain.facts import ContactDetails, Youth
from kaa_bridge.domain.values import Protection
from kaa_bridge.routine import Routine, due_actions, load_routine
from kaa_bridge.routine.model import Terms
from kaa_bridge.routine.terms import term_ends
from tests.routine.case_files import event, shown
from tests.routine.strategies import ROUTINES, days, youths


def youth(*events: str, born: str = "2007-06-01") -> Youth:
    return Youth(
        ref="a-1",
        protection=Protection.NONE,
        birth_date=date.fromisoformat(born),
        contact_details=ContactDetails(phone=True),
        events=tuple(event(text) for text in events),
    )


def listed(routine: Routine, who: Youth, as_of: str) -> list[str]:
    return [shown(action) for action in due_actions(routine, who, as_of=date.fromisoformat(as_of))]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(ROUTINES)), youths, days)
def test_a_used_routine_says_what_a_fresh_one_says(name: str, who: Youth, as_of: date) -> None:
    assert due_actions(ROUTINES[name], who, as_of=as_of) == due_actions(load_routine(name), who, as_of=as_of)


def test_an_agreement_after_a_youth_without_one() -> None:
    routine = load_routine("ragunda")
    reached = ("2026-01-19 registered", "2026-01-20 contact phone reached")
    assert listed(routine, youth(*reached), "2026-02-01") == ["follow_up 2026-04-20..2026-04-20 youth"]
    agreed = youth(*reached, "2026-01-20 follow_up_agreed 2026-02-20")
    assert listed(routine, agreed, "2026-02-01") == ["follow_up 2026-02-20..2026-02-20 youth"]
    assert listed(routine, youth(*reached), "2026-02-01") == ["follow_up 2026-04-20..2026-04-20 youth"]


def test_two_who_turn_19_on_the_same_day_and_20_on_different_days() -> None:
    routine = load_routine("norrkoping")
    ends = []
    for born in ("2008-02-28", "2008-02-29"):
        (action,) = due_actions(routine, youth(born=born), as_of=date(2027, 3, 1))
        ends.append((action.not_before, action.due))
    assert ends == [(date(2027, 2, 28), date(2028, 2, 27)), (date(2027, 2, 28), date(2028, 2, 28))]


def test_the_clock_has_the_name_of_what_started_it() -> None:
    lekeberg, ragunda = load_routine("lekeberg"), load_routine("ragunda")
    later = youth("2026-01-19 registered", "2026-01-20 declined", "2026-02-02 contact phone reached")
    plain = youth("2026-01-19 registered", "2026-02-02 declined")
    for who, name in ((plain, "declined"), (later, "last_contact"), (plain, "declined")):
        (action,) = due_actions(lekeberg, who, as_of=date(2026, 2, 3))
        assert (action.clock.event, action.clock.on) == (name, date(2026, 2, 2))
    limit = youth("2026-01-19 registered", "2026-01-20 declined", "2026-01-20 follow_up_agreed 2026-04-20")
    (action,) = due_actions(ragunda, limit, as_of=date(2026, 2, 3))
    assert (action.clock.event, action.clock.on) == ("agreed", date(2026, 4, 20))


def test_the_text_tells_when_age_has_changed_or_is_not_known() -> None:
    routine = load_routine("ragunda")
    facts = "2026-01-19 registered"

    def text(who: Youth, as_of: str) -> str:
        return next(a.text for a in due_actions(routine, who, as_of=date.fromisoformat(as_of)) if a.action == "phone")

    minor = youth(facts, born="2008-02-10")
    assert text(minor, "2026-02-09") == "Ring vårdnadshavaren (ungdomen är under 18 år)."
    assert text(minor, "2026-02-10").endswith("Ungdomen har fyllt 18 år sedan dess: vänd dig till ungdomen.")
    assert text(youth(facts), "2026-02-10") == "Ring ungdomen."
    unknown = Youth(
        ref="a-1", protection=Protection.NONE, contact_details=ContactDetails(phone=True), events=minor.events
    )
    assert text(unknown, "2026-02-10").endswith("kontrollera åldern innan du tar kontakt.")


def test_studies_told_on_the_last_day_of_the_term_end_with_it() -> None:
    ends = term_ends(Terms(spring_ends="06-12", autumn_ends="12-20", exact=[date(2026, 6, 10), date(2027, 12, 17)]))
    days_told = ["2026-06-10", "2026-06-11", "2026-12-20", "2026-12-21", "2027-12-17", "2027-12-18"]
    assert [ends.end_after(date.fromisoformat(day)).isoformat() for day in days_told] == [
        "2026-06-10",
        "2026-12-20",
        "2026-12-20",
        "2027-06-12",
        "2027-12-17",
        "2028-06-12",
    ]
