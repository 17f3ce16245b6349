"""Builds a population: every story once, then more people in the usual proportions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from kaa_bridge.testing.population import ladder, stories
from kaa_bridge.testing.population.desk import Desk
from kaa_bridge.testing.population.model import SYSTEMS, Person, Poison, PoisonKind, Population
from kaa_bridge.testing.population.names import UNITS
from kaa_bridge.testing.population.stories import Story

ESSENTIAL: tuple[Story, ...] = (
    *(ladder.dropout_new, ladder.no_answer, ladder.after_sms, ladder.after_letter_1, ladder.after_letter_2),
    *(ladder.after_postcard, ladder.reached_working, ladder.declined, ladder.minor_without_phone),
    *(stories.im_attending, stories.im_ended, stories.studiebevis, stories.gymnasieexamen),
    *(stories.national_attending, stories.newcomer, stories.mover_in, stories.mover_out),
    *(stories.sekretessmarkering, stories.skyddad_folkbokforing, stories.turning_20_soon, stories.turned_20),
    *(stories.number_change, stories.komvux, stories.in_compulsory_school, stories.awaiting_start),
)
"""The stories that a population of 25 holds."""
FURTHER: tuple[Story, ...] = (
    *(stories.fingerade_personuppgifter, stories.protection_unknown, ladder.follow_up_agreed, ladder.wants_help),
    *(ladder.in_measure, ladder.letters_returned, stories.never_started, stories.no_show),
    *(stories.absent_over_month, stories.moved_school, stories.folkhogskola, stories.anpassad_attending),
    *(stories.anpassad_done, stories.ib_diploma, stories.schooling_ongoing, stories.deceased, stories.emigrated),
    *(stories.number_without_birth_date, stories.sources_disagree),
)
"""The stories that a population of 44 holds beside the essential ones."""
ALL_STORIES = len(ESSENTIAL) + len(FURTHER)
_CROWD: tuple[tuple[Story, int], ...] = (
    (stories.national_attending, 70),
    (stories.im_attending, 8),
    (stories.anpassad_attending, 3),
    (stories.moved_school, 4),
    (stories.absent_over_month, 4),
    (ladder.reached_working, 5),
    (ladder.declined, 2),
    (ladder.after_sms, 4),
)


def build(
    seed: int, *, municipality: str = "2303", as_of: date, size: int = ALL_STORIES, poisoned: bool = True
) -> Population:
    """Build the people of a municipality on a day; the same arguments give the same population.

    Args:
        seed: decides names, paths and the crowd; the stories and their order are always the same.
        as_of: 2024-01-01 to 2027-12-31: the embedded published numbers tell the right ages then.
        size: the number of people; 25 holds the essential stories, 44 all of them, more adds the usual crowd (up to
            150; ``build_large`` beyond). A size below 25 takes the first stories.
        poisoned: also plant one record in each system that must be quarantined (these are not counted in ``size``).

    Raises:
        ValueError: the day or the size lies outside what the published numbers allow.
    """
    if not date(2024, 1, 1) <= as_of <= date(2027, 12, 31):
        raise ValueError("build knows the years 2024 to 2027; give an as_of among them.")
    desk = Desk(as_of=as_of, municipality=municipality, rng=Random(seed))  # noqa: S311 - test data, not a secret
    planned = [*ESSENTIAL, *FURTHER][:size]
    makers, weights = zip(*_CROWD, strict=True)
    planned += desk.rng.choices(makers, weights, k=max(0, size - len(planned)))
    people = tuple(story(desk) for story in planned)
    return Population(
        seed=seed,
        municipality=municipality,
        as_of=as_of,
        case_events_in="oedb" if municipality == "0581" else "journal",
        people=people,
        units=UNITS,
        poisoned=_poison(desk) if poisoned else (),
    )


def _poison(desk: Desk) -> tuple[Poison, ...]:
    kinds = list(PoisonKind)
    first = desk.rng.randrange(len(kinds))
    return tuple(
        Poison(system=system, kind=kinds[(first + index) % len(kinds)], person=_alone(ladder.dropout_new(desk), system))
        for index, system in enumerate(sorted(SYSTEMS))
    )


def _alone(person: Person, system: str) -> Person:
    return replace(person, story="poisoned", systems=frozenset({system}))
