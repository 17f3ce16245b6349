"""What holds for every youth, routine and day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kaa_bridge.domain.dates import birthday
from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Protection
from kaa_bridge.routine import Routine, due_actions, due_order, load_routine, next_change
from tests.routine.strategies import OUTREACH, days, events, routines, youths

REACHING = {
    EventKind.OCCUPATION,
    EventKind.DECLINED,
    EventKind.WANTS_HELP,
    EventKind.FIRST_MEETING,
    EventKind.MEASURE_STARTED,
}
many = settings(max_examples=300, deadline=None)
LADDER = {
    "phone": (ContactChannel.PHONE, None),
    "letter_1": (ContactChannel.LETTER, "letter_1"),
    "letter_2": (ContactChannel.LETTER, "letter_2"),
    "postcard": (ContactChannel.POSTCARD, None),
    "home_visit": (ContactChannel.HOME_VISIT, None),
}


@many
@given(routines, youths, days, st.randoms())
def test_the_order_of_the_facts_never_matters(routine: Routine, youth: Youth, as_of: date, random: object) -> None:
    shuffled = list(youth.events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = replace(youth, events=tuple(shuffled), placements=youth.placements[::-1])
    assert due_actions(routine, other, as_of=as_of) == due_actions(routine, youth, as_of=as_of)


@many
@given(routines, youths, days)
def test_windows_sorting_and_lateness(routine: Routine, youth: Youth, as_of: date) -> None:
    found = due_actions(routine, youth, as_of=as_of)
    for action in found:
        assert action.due is None or action.not_before <= action.due
        assert action.overdue == (action.due is not None and action.due < as_of)
        assert action.clock.on <= as_of or action.clock.event in ("birthday_20", "end_of_studies", "agreed")
    assert found == sorted(found, key=due_order)
    assert len({action.action for action in found}) == len(found)


reaching = st.one_of(
    st.builds(
        Event,
        kind=st.just(EventKind.CONTACT),
        on=days,
        channel=st.sampled_from(ContactChannel),
        outcome=st.just(ContactOutcome.REACHED),
    ),
    st.builds(Event, kind=st.sampled_from(sorted(REACHING)), on=days),
)


@many
@given(routines, youths, reaching, st.integers(0, 400))
def test_a_reached_youth_has_no_outreach_step(routine: Routine, youth: Youth, event: Event, later: int) -> None:
    earlier = [e for e in youth.events if e.kind is not EventKind.REGISTERED or e.on <= event.on]
    facts = replace(youth, events=(*earlier, event))
    found = due_actions(routine, facts, as_of=event.on + timedelta(days=later))
    assert not {action.action for action in found} & OUTREACH


@many
@given(youths, days, st.sampled_from(sorted(LADDER)), st.integers(0, 60), st.integers(0, 400))
def test_a_done_step_never_comes_back(youth: Youth, reg: date, name: str, after: int, later: int) -> None:
    channel, purpose = LADDER[name]
    on = reg + timedelta(days=after)
    kept = tuple(e for e in youth.events if e.kind is not EventKind.REGISTERED)
    done = Event(kind=EventKind.CONTACT, on=on, channel=channel, outcome=ContactOutcome.NO_ANSWER, purpose=purpose)
    registered = Event(kind=EventKind.REGISTERED, on=reg)
    facts = replace(youth, events=(*kept, registered, done))
    found = due_actions(load_ragunda(), facts, as_of=on + timedelta(days=later))
    assert name not in {action.action for action in found}


@many
@given(routines, youths, days)
def test_what_has_not_happened_yet_changes_nothing(routine: Routine, youth: Youth, as_of: date) -> None:
    happened = replace(youth, events=tuple(e for e in youth.events if e.on <= as_of))
    assert due_actions(routine, happened, as_of=as_of) == due_actions(routine, youth, as_of=as_of)


@many
@given(routines, youths, days, events)
def test_an_event_told_twice_counts_once(routine: Routine, youth: Youth, as_of: date, event: Event) -> None:
    once = replace(youth, events=(*youth.events, event))
    twice = replace(youth, events=(event, *youth.events, event))
    assert due_actions(routine, twice, as_of=as_of) == due_actions(routine, once, as_of=as_of)


@many
@given(routines, youths, days)
def test_only_a_minor_on_the_due_date_has_a_guardian(routine: Routine, youth: Youth, as_of: date) -> None:
    for action in due_actions(routine, youth, as_of=as_of):
        if action.recipient == "guardian":
            assert youth.birth_date is not None
            assert (action.due or as_of) < birthday(youth.birth_date, 18)


@many
@given(routines, youths, days, days)
def test_until_only_leaves_out(routine: Routine, youth: Youth, as_of: date, until: date) -> None:
    everything = due_actions(routine, youth, as_of=as_of)
    kept = due_actions(routine, youth, as_of=as_of, until=until)
    assert kept == [action for action in everything if action.not_before <= until]


@many
@given(routines, youths, days, st.sampled_from([p for p in Protection if p is not Protection.NONE]))
def test_a_protected_youth_has_one_action_that_tells_nothing(
    routine: Routine, youth: Youth, as_of: date, protection: Protection
) -> None:
    hidden = replace(youth, protection=protection)
    (action,) = due_actions(routine, hidden, as_of=as_of)
    bare = Youth(ref=youth.ref, protection=Protection.SEKRETESSMARKERING)
    assert (action,) == tuple(due_actions(load_ragunda(), bare, as_of=as_of, unknown_criteria=["under_20"]))
    assert action.action == "protected_routine"
    assert action.recipient is None
    assert next_change(routine, hidden, as_of=as_of) is None


@settings(max_examples=400, deadline=None)
@given(routines, youths, days, st.lists(st.integers(1, 900), max_size=12), st.sampled_from([(), ("under_20",)]))
def test_nothing_changes_before_next_change(
    routine: Routine, youth: Youth, as_of: date, offsets: list[int], unknown: tuple[str, ...]
) -> None:
    def state(day: date) -> list[object]:
        found = due_actions(routine, youth, as_of=day, unknown_criteria=unknown)
        return [(action, action.not_before <= day) for action in found if action.clock.event != "as_of"]

    now = state(as_of)
    change = next_change(routine, youth, as_of=as_of, unknown_criteria=unknown)
    if change is not None:
        assert change > as_of
        assert state(change) != now
    for offset in [1, 2, 3, *offsets]:
        day = as_of + timedelta(days=offset)
        if change is None or day < change:
            assert state(day) == now
    if change is not None and (eve := change - timedelta(days=1)) > as_of:
        assert state(eve) == now


def load_ragunda() -> Routine:
    return load_routine("ragunda")
