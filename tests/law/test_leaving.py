"""When a pupil counts as having left: gymnasieförordningen 12 kap. 3, 4 and 4 a §§."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kaa_bridge.domain.facts import Absence, Event, Placement
from kaa_bridge.domain.values import AbsenceReason, EventKind
from kaa_bridge.law import Departure, LawSettings, considered_left, departure_lines
from kaa_bridge.law.leaving import first_day_left
from tests.law.youths import PLAIN

BORN = date(2008, 3, 15)
PUPIL = replace(
    PLAIN,
    birth_date=BORN,
    placements=(Placement(school_form="GY", study_path="NA", start=date(2024, 8, 19)),),
)
LATER = date(2026, 6, 1)
INVALID, SICK, UNKNOWN = AbsenceReason.INVALID, AbsenceReason.SICKNESS, AbsenceReason.UNKNOWN


def away(start: date, end: date | None = None, reason: AbsenceReason = INVALID) -> Absence:
    return Absence(start=start, end=end, reason=reason)


def left(*absences: Absence, as_of: date = LATER, events: tuple[Event, ...] = ()) -> tuple[Departure, ...]:
    return considered_left(replace(PUPIL, absences=absences, events=events), as_of=as_of)


def test_more_than_a_month_ends_the_education_on_the_day_after_the_month() -> None:
    absence = Absence(start=date(2026, 1, 7), reason=INVALID, last_attended=date(2025, 12, 19))
    assert left(absence, as_of=date(2026, 2, 7)) == ()
    (found,) = left(absence, as_of=date(2026, 2, 8))
    assert found.considered_ended == date(2026, 2, 8)
    assert found.last_attended == date(2025, 12, 19)
    assert found.provision == "gymnasieförordningen 12:4 a"
    assert found.act == "förordning (2015:291)"
    assert found.certain
    assert found.placement == 0
    assert "mer än en månad" in found.text


def test_the_month_is_a_calendar_month() -> None:
    assert left(away(date(2026, 1, 31)))[0].considered_ended == date(2026, 3, 1)
    assert left(away(date(2025, 11, 30)))[0].considered_ended == date(2025, 12, 31)


def test_who_came_back_in_time_has_not_left() -> None:
    assert left(away(date(2026, 1, 7), date(2026, 2, 7))) == ()
    assert len(left(away(date(2026, 1, 7), date(2026, 2, 8)))) == 1


def test_sickness_and_leave_never_count_and_break_the_month() -> None:
    assert left(away(date(2026, 1, 7), reason=SICK)) == ()
    assert left(away(date(2026, 1, 7), reason=AbsenceReason.LEAVE)) == ()
    parts = (
        away(date(2026, 1, 7), date(2026, 1, 23)),
        away(date(2026, 1, 26), date(2026, 1, 30), SICK),
        away(date(2026, 2, 2), date(2026, 2, 20)),
    )
    assert left(*parts) == ()


def test_absences_on_both_sides_of_a_weekend_are_one() -> None:
    friday, monday = date(2026, 1, 23), date(2026, 1, 26)
    (found,) = left(away(monday, date(2026, 2, 20)), away(date(2026, 1, 7), friday))
    assert found.considered_ended == date(2026, 2, 8)
    tuesday = date(2026, 1, 27)
    assert left(away(date(2026, 1, 7), friday), away(tuesday, date(2026, 2, 20))) == ()


def test_overlapping_absences_are_one_and_the_longest_counts() -> None:
    (found,) = left(away(date(2026, 1, 7), date(2026, 2, 20)), away(date(2026, 1, 10), date(2026, 1, 12)))
    assert found.considered_ended == date(2026, 2, 8)
    (open_end,) = left(away(date(2026, 1, 7)), away(date(2026, 1, 10), date(2026, 1, 12)))
    assert open_end.considered_ended == date(2026, 2, 8)


def test_an_unknown_reason_is_not_certain() -> None:
    (found,) = left(away(date(2026, 1, 7), reason=UNKNOWN))
    assert not found.certain
    (mixed,) = left(away(date(2026, 1, 7), date(2026, 1, 23)), away(date(2026, 1, 26), reason=UNKNOWN))
    assert not mixed.certain


def test_the_head_teachers_exception_holds_for_the_absence_it_was_made_for() -> None:
    made = Event(kind=EventKind.LEAVING_EXCEPTION, on=date(2026, 1, 20))
    assert left(away(date(2026, 1, 7)), events=(made,)) == ()
    assert len(left(away(date(2026, 2, 2)), events=(made,))) == 1
    assert left(away(date(2026, 1, 20)), events=(made,)) == ()


def test_an_absence_from_before_the_placement_counts_from_its_start() -> None:
    later = replace(PUPIL.placements[0], start=date(2026, 1, 8), first_term_start=date(2024, 8, 19))
    youth = replace(PUPIL, placements=(later,), absences=(away(date(2025, 12, 1)),))
    assert considered_left(youth, as_of=LATER)[0].considered_ended == date(2026, 2, 9)


def form(on: date, consent: bool | None = None) -> Event:
    return Event(kind=EventKind.WITHDRAWAL_FORM, on=on, consent=consent)


def test_a_minors_own_withdrawal_has_not_happened_without_consent() -> None:
    assert left(events=(form(date(2026, 3, 14)),)) == ()
    assert left(events=(form(date(2026, 3, 14), False),)) == ()


def test_with_consent_or_of_age_the_withdrawal_counts_from_its_day() -> None:
    (found,) = left(events=(form(date(2026, 3, 14), True),))
    assert (found.considered_ended, found.provision, found.certain) == (
        *(date(2026, 3, 14), "gymnasieförordningen 12:4", True),
    )
    assert found.last_attended is None
    (own,) = left(events=(form(date(2026, 3, 15)),))
    assert own.considered_ended == date(2026, 3, 15)
    assert left(events=(form(date(2026, 3, 15)),), as_of=date(2026, 3, 14)) == ()


def test_without_a_birth_date_the_withdrawal_is_not_certain() -> None:
    youth = replace(PUPIL, birth_date=None, events=(form(date(2026, 3, 14)),))
    assert [one.certain for one in considered_left(youth, as_of=LATER)] == [False]
    agreed = replace(youth, events=(form(date(2026, 3, 14), True),))
    assert [one.certain for one in considered_left(agreed, as_of=LATER)] == [True]


def test_a_withdrawal_from_before_the_placement_is_another_ones() -> None:
    assert left(events=(form(date(2024, 8, 18), True),)) == ()
    assert len(left(events=(form(date(2024, 8, 19), True),))) == 1


def test_who_has_withdrawn_is_not_also_absent() -> None:
    found = left(away(date(2026, 1, 7)), events=(form(date(2026, 3, 20)),))
    assert [one.provision for one in found] == ["gymnasieförordningen 12:4"]


NEW = Placement(school_form="GY", study_path="NA", start=date(2025, 8, 18), first_term_start=date(2025, 8, 18))


def no_show(place: Placement, *absences: Absence, chosen: LawSettings | None = None) -> tuple[Departure, ...]:
    youth = replace(PUPIL, placements=(place,), absences=absences)
    return considered_left(youth, as_of=LATER, settings=chosen or LawSettings())


def test_not_coming_within_three_days_of_the_first_term_ends_the_education() -> None:
    (found,) = no_show(NEW, away(date(2025, 8, 18), date(2025, 8, 21)))
    assert found.considered_ended == date(2025, 8, 22)
    assert found.provision == "gymnasieförordningen 12:3"
    assert found.last_attended is None
    assert found.certain
    assert no_show(NEW, away(date(2025, 8, 18), date(2025, 8, 20))) == ()


def test_who_came_the_first_day_is_no_no_show() -> None:
    (found,) = no_show(NEW, away(date(2025, 8, 19)))
    assert found.provision == "gymnasieförordningen 12:4 a"


def test_a_valid_reason_stops_the_three_day_rule() -> None:
    assert no_show(NEW, away(date(2025, 8, 18), date(2025, 9, 10), SICK)) == ()


def test_the_days_may_be_counted_as_weekdays() -> None:
    start = date(2025, 8, 20)
    place = replace(NEW, start=start, first_term_start=start)
    weekdays = LawSettings(no_show_count="weekdays")
    assert no_show(place, away(start), chosen=weekdays)[0].considered_ended == date(2025, 8, 26)
    assert no_show(place, away(start))[0].considered_ended == date(2025, 8, 24)
    assert no_show(place, away(start), chosen=LawSettings(no_show_days=5))[0].considered_ended == date(2025, 8, 26)


def test_an_unknown_first_term_is_not_certain_and_a_later_place_begins_none() -> None:
    unknown = replace(NEW, first_term_start=None)
    assert [one.certain for one in no_show(unknown, away(date(2025, 8, 18), date(2025, 8, 29)))] == [False]
    second = replace(PUPIL, placements=(PUPIL.placements[0], unknown), absences=(away(date(2025, 8, 18)),))
    assert {one.provision for one in considered_left(second, as_of=LATER)} == {"gymnasieförordningen 12:4 a"}


def test_a_closed_place_cannot_be_left_later() -> None:
    closed = replace(PUPIL.placements[0], end=date(2026, 2, 7))
    assert considered_left(replace(PUPIL, placements=(closed,), absences=(away(date(2026, 1, 7)),)), as_of=LATER) == ()


def test_only_upper_secondary_school_is_governed() -> None:
    adult = replace(PUPIL.placements[0], school_form="VUXGY")
    assert considered_left(replace(PUPIL, placements=(adult,), absences=(away(date(2026, 1, 7)),)), as_of=LATER) == ()


def test_departures_come_in_order_of_time() -> None:
    places = (PUPIL.placements[0], replace(PUPIL.placements[0], start=date(2026, 4, 1)))
    absences = (away(date(2026, 4, 1), date(2026, 5, 20)), away(date(2026, 1, 7), date(2026, 2, 20)))
    found = considered_left(replace(PUPIL, placements=places, absences=absences), as_of=LATER)
    assert [(one.placement, one.considered_ended) for one in found] == sorted(
        ((one.placement, one.considered_ended) for one in found), key=lambda pair: (pair[1], pair[0])
    )
    assert len(found) == 3


def test_joined_absences_keep_their_end_their_reason_and_the_last_attended_day() -> None:
    first = Absence(start=date(2026, 1, 7), end=date(2026, 1, 23), reason=INVALID, last_attended=date(2025, 12, 19))
    assert left(first, away(date(2026, 1, 26), date(2026, 1, 30))) == ()
    (found,) = left(first, away(date(2026, 1, 26), date(2026, 2, 20)))
    assert found.certain
    assert found.last_attended == date(2025, 12, 19)


def test_a_departure_names_its_placement() -> None:
    before = Placement(school_form="GR", start=date(2015, 8, 17), end=date(2024, 6, 12))
    for place, facts in (
        (PUPIL.placements[0], {"events": (form(date(2026, 3, 14), True),)}),
        (PUPIL.placements[0], {"absences": (away(date(2026, 1, 7)),)}),
        (NEW, {"absences": (away(date(2025, 8, 18)),)}),
    ):
        youth = replace(PUPIL, placements=(before, place), **facts)
        assert [one.placement for one in considered_left(youth, as_of=LATER)] == [1]


def test_a_place_may_be_left_on_its_last_day() -> None:
    closed = replace(PUPIL.placements[0], end=date(2026, 2, 8))
    youth = replace(PUPIL, placements=(closed,), absences=(away(date(2026, 1, 7)),))
    assert len(considered_left(youth, as_of=LATER)) == 1


def test_each_form_is_looked_at() -> None:
    forms = (form(date(2024, 1, 1), True), form(date(2026, 3, 1)), form(date(2026, 3, 20)))
    assert [one.considered_ended for one in left(events=forms)] == [date(2026, 3, 20)]


def test_only_an_earlier_place_in_upper_secondary_school_shows_that_the_first_term_is_past() -> None:
    unknown = replace(NEW, first_term_start=None)
    absent = (away(date(2025, 8, 18), date(2025, 8, 29)),)

    def with_other(other: Placement) -> int:
        return len(considered_left(replace(PUPIL, placements=(other, unknown), absences=absent), as_of=LATER))

    assert with_other(Placement(school_form="GR", start=date(2016, 8, 17), end=date(2025, 6, 12))) == 1
    assert with_other(Placement(school_form="GY", start=date(2025, 8, 18), end=date(2025, 8, 18))) == 1
    assert with_other(Placement(school_form="GY", start=date(2025, 8, 17), end=date(2025, 8, 17))) == 0
    assert with_other(Placement(school_form="GY", start=None, end=date(2025, 6, 1))) == 0
    assert with_other(Placement(school_form="GY", start=date(2026, 1, 8))) == 1


def test_a_place_without_a_start_begins_no_first_term() -> None:
    youth = replace(PUPIL, placements=(replace(NEW, start=None, first_term_start=None),))
    absent = replace(youth, absences=(away(date(2025, 8, 18), date(2025, 8, 29)),))
    assert considered_left(absent, as_of=LATER) == ()


def test_a_recorded_departure_counts_from_the_first_day_of_the_place() -> None:
    noted = Event(kind=EventKind.CONSIDERED_LEFT, on=date(2024, 8, 19))
    earlier = replace(noted, on=date(2024, 8, 18))
    assert first_day_left(replace(PUPIL, events=(noted,)), 0, LawSettings()) == date(2024, 8, 19)
    assert first_day_left(replace(PUPIL, events=(earlier,)), 0, LawSettings()) is None
    assert first_day_left(replace(PUPIL, events=(noted, form(date(2024, 8, 20), True))), 0, LawSettings()) == noted.on


def test_a_departure_is_told_with_its_paragraph_and_its_days() -> None:
    seen = Absence(start=date(2026, 1, 7), reason=INVALID, last_attended=date(2025, 12, 19))
    month = "Eleven har varit borta mer än en månad i följd utan att det beror på sjukdom eller beviljad ledighet."
    cited = "gymnasieförordningen 12:4 a, förordning (2015:291)"
    assert departure_lines(replace(PUPIL, absences=(seen,)), as_of=date(2026, 2, 7)) == []
    assert departure_lines(replace(PUPIL, absences=(seen,)), as_of=date(2026, 2, 8)) == [
        f"Räknas som att ha slutat 2026-02-08 ({cited}, senast i skolan 2025-12-19). {month}"
    ]
    unsure = replace(PUPIL, absences=(away(date(2026, 1, 7), reason=UNKNOWN),))
    assert departure_lines(unsure, as_of=LATER) == [
        f"Räknas som att ha slutat 2026-02-08 ({cited}). {month} Uppgifterna räcker inte: fråga skolan."
    ]


def test_no_shows_are_told_by_the_municipalitys_days() -> None:
    begun = replace(PUPIL.placements[0], first_term_start=date(2024, 8, 19))
    never = replace(PUPIL, placements=(begun,), absences=(away(date(2024, 8, 19)),))
    (three,) = departure_lines(never, as_of=LATER)
    (five,) = departure_lines(never, as_of=LATER, settings=LawSettings(no_show_days=5))
    assert three.startswith("Räknas som att ha slutat 2024-08-23 (gymnasieförordningen 12:3,")
    assert five.startswith("Räknas som att ha slutat 2024-08-25 (gymnasieförordningen 12:3,")


def test_what_others_have_recorded_is_told_unless_rektor_decided_otherwise() -> None:
    said = Event(kind=EventKind.CONSIDERED_LEFT, on=date(2026, 2, 8), reason="gymnasieförordningen 12:4 a")
    bare = Event(kind=EventKind.CONSIDERED_LEFT, on=date(2026, 3, 1))
    other = Event(kind=EventKind.DECLINED, on=date(2026, 2, 8))
    pupil = replace(PUPIL, events=(said, other, bare))
    assert departure_lines(pupil, as_of=date(2026, 2, 7)) == []
    first = "Räknas som att ha slutat 2026-02-08 (gymnasieförordningen 12:4 a)."
    assert departure_lines(pupil, as_of=date(2026, 2, 8)) == [first]
    assert departure_lines(pupil, as_of=LATER) == [first, "Räknas som att ha slutat 2026-03-01."]
    decided = Event(kind=EventKind.LEAVING_EXCEPTION, on=date(2026, 3, 2))
    assert departure_lines(replace(pupil, events=(said, bare, decided)), as_of=LATER) == []
