"""Any number of youths, streamed: for benchmarks as of 2109, with birth dates 2090-2093 that belong to nobody yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Residence
from kaa_bridge.domain.values import EventKind, PlacementEnd, Protection, SchoolingStatus
from kaa_bridge.testing.population.model import Person
from kaa_bridge.testing.population.names import identity
from kaa_bridge.testing.population.numbers import future_number

LARGE_AS_OF = date(2109, 10, 1)
"""The night that the large population is made for: everybody in it is between 15 and 19."""
_PATHS = ("NA", "SA", "EE", "TE", "BA", "VO", "IMA", "IMS")


def build_large(seed: int, count: int, *, municipality: str = "2303", first: int = 0) -> Iterator[Person]:
    """Yield ``count`` youths from number ``first`` on, one at a time; memory does not grow.

    Person number ``i`` of a seed is always the same. About one in ten has left school, in line with the national share
    of youths in the responsibility (Skolverket 2022: 9-12 % of those 16-19).

    Raises:
        ValueError: more than 1 461 000 people are asked for.
    """
    for index in range(first, first + count):
        yield large_person(seed, index, municipality=municipality)


def large_person(seed: int, index: int, *, municipality: str = "2303", turn: int = 0) -> Person:
    """Return person ``index`` of the large population of that seed.

    Args:
        turn: 0 on the first night; a higher one gives the same person with something changed since (a new place, or an
            ended one, and a new phone number), for nights in which a share has changed.
    """
    number, born = future_number(index)
    dice = _mix(seed, index)
    left = (dice % 10 == 0) != bool(turn % 2)
    start = date(born.year + 16, 8, 18)
    unit = f"990000{dice % 90 + 10:02d}"
    path = _PATHS[dice // 16 % 8]
    end = date(2109, 9, 1 + dice // 256 % 25) if left and start < LARGE_AS_OF else None
    how = PlacementEnd.WITHDRAWN if end else None
    place = Placement(school_form="GY", study_path=path, school_unit=unit, start=start, end=end, ended_as=how)
    marked = dice % 400 == 1
    return Person(
        ref=f"p-{index + 1:07d}",
        story="large",
        covered=bool(end),
        number=number,
        birth_date=born,
        identity=identity(index + turn, phone=dice % 5 != 0),
        protection=Protection.SEKRETESSMARKERING if marked else Protection.NONE,
        residence=(Residence(municipality=municipality, start=born),),
        first_registered=born,
        compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(born.year + 16, 6, 12)),
        placements=(place,),
        events=(Event(kind=EventKind.REGISTERED, on=date(2109, 9, 28)),) if end else (),
    )


def _mix(seed: int, index: int) -> int:
    """Return 31 well-mixed bits: cheaper than a Random for each person, and the same on every machine."""
    value = (index * 0x9E3779B1 + seed * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF
    value = ((value ^ value >> 15) * 0x2C1B3C6D) & 0xFFFFFFFF
    return (value ^ value >> 12) & 0x7FFFFFFF
