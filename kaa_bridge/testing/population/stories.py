"""Stories about who is covered: school, home, age, exams, protection, numbers.

Each function makes one person; its name is the story's. ``covered`` is the law's answer (skollagen 29 kap. 9 §).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from kaa_bridge.domain.dates import add_years
from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Qualification, Residence
from kaa_bridge.domain.values import (
    EventKind,
    LifeStatus,
    Occupation,
    PlacementEnd,
    Protection,
    QualificationKind,
    ResidenceBasis,
    SchoolingStatus,
)
from kaa_bridge.testing.population.desk import Desk, began, birth_window, dropped, place, registered, with_systems
from kaa_bridge.testing.population.model import Person

Story = Callable[[Desk], Person]


def national_attending(desk: Desk) -> Person:
    """Goes to a national programme: not covered."""
    number = desk.born(17, desk.rng.randrange(1, 24))
    assert number.birth_date
    path = desk.rng.choice(["NA", "SA", "BA", "VO", "EE", "TE"])
    return desk.person("national_attending", number, False, placements=(place("GY", path, began(number.birth_date)),))


def im_attending(desk: Desk) -> Person:
    """Goes to an introductory programme: not covered since 2018-07-01."""
    number = desk.born(17, desk.rng.randrange(1, 24))
    assert number.birth_date
    return desk.person("im_attending", number, False, placements=(place("GY", "IMA", began(number.birth_date)),))


def im_ended(desk: Desk) -> Person:
    """Has left an introductory programme with gymnasieintyg: covered again."""
    number = desk.born(18, 5)
    return desk.person(
        "im_ended",
        number,
        True,
        placements=(dropped(number, desk.ago(12), "IMA", PlacementEnd.COMPLETED),),
        qualifications=(Qualification(kind=QualificationKind.GYMNASIEINTYG, on=desk.ago(13)),),
        events=(registered(desk.ago(6)),),
    )


def _finished(
    desk: Desk, story: str, kind: QualificationKind, covered: bool, form: str = "GY", path: str = "SA"
) -> Person:
    number = desk.born(19, 8)
    assert number.birth_date
    end = date(number.birth_date.year + 19, 6, 12)
    done = (place(form, path, began(number.birth_date), end, PlacementEnd.COMPLETED),)
    events = (
        (registered(max(date(end.year, 9, 1), desk.ago(40))),) if covered and desk.as_of >= date(end.year, 9, 1) else ()
    )
    exam = (Qualification(kind=kind, on=end),)
    return desk.person(story, number, covered, placements=done, qualifications=exam, events=events)


def studiebevis(desk: Desk) -> Person:
    """Has finished with studiebevis, which is no exam: covered."""
    return _finished(desk, "studiebevis", QualificationKind.STUDIEBEVIS, True)


def gymnasieexamen(desk: Desk) -> Person:
    """Has gymnasieexamen: not covered."""
    return _finished(desk, "gymnasieexamen", QualificationKind.GYMNASIEEXAMEN, False)


def ib_diploma(desk: Desk) -> Person:
    """Has an IB diploma, judged equivalent: not covered."""
    return _finished(desk, "ib_diploma", QualificationKind.IB_DIPLOMA, False, path="IB")


def anpassad_done(desk: Desk) -> Person:
    """Has gymnasiebevis from anpassad gymnasieskola: not covered."""
    return _finished(desk, "anpassad_done", QualificationKind.GYMNASIEBEVIS_ANPASSAD, False, "GYAN", "IAIND")


def anpassad_attending(desk: Desk) -> Person:
    """Goes to anpassad gymnasieskola: not covered."""
    number = desk.born(18, 2)
    assert number.birth_date
    start = began(number.birth_date)
    return desk.person("anpassad_attending", number, False, placements=(place("GYAN", "IAIND", start),))


def never_started(desk: Desk) -> Person:
    """Has never had a place after compulsory school: covered."""
    return desk.person("never_started", desk.born(17, 3), True, events=(registered(desk.ago(20)),))


def no_show(desk: Desk) -> Person:
    """Was admitted and did not turn up (gymnasieförordningen 12 kap. 3 §): covered."""
    number = desk.born(18, 0)
    ended = place("GY", "BA", desk.ago(95), desk.ago(92), PlacementEnd.NO_SHOW)
    return desk.person("no_show", number, True, placements=(ended,), events=(registered(desk.ago(3)),))


def absent_over_month(desk: Desk) -> Person:
    """Was written out after a month's absence without cause: covered."""
    number = desk.born(17, 11)
    left = dropped(number, desk.ago(9), "BA", PlacementEnd.ABSENT_OVER_MONTH)
    return desk.person("absent_over_month", number, True, placements=(left,), events=(registered(desk.ago(4)),))


def moved_school(desk: Desk) -> Person:
    """Left one school and began at another the next day: not covered."""
    number = desk.born(17, 9)
    first = dropped(number, desk.ago(30), "NA", PlacementEnd.MOVED_SCHOOL)
    then = replace(place("GY", "NA", desk.ago(30)), school_unit="99000002")
    return desk.person("moved_school", number, False, placements=(first, then))


def awaiting_start(desk: Desk) -> Person:
    """Is admitted to a programme that begins next term: covered by the letter of the law until then."""
    number = desk.born(17, 2)
    places = (dropped(number, desk.ago(45), "TE"), place("GY", "BA", desk.next_term()))
    return desk.person("awaiting_start", number, True, placements=places, events=(registered(desk.ago(40)),))


def in_compulsory_school(desk: Desk) -> Person:
    """Finishes compulsory school although skolplikt has ended (7 kap. 15 §): the law is silent, investigate."""
    number = desk.born(17, 1)
    assert number.birth_date
    places = (place("GR", None, date(number.birth_date.year + 6, 8, 18)),)
    return desk.person("in_compulsory_school", number, None, placements=places)


def schooling_ongoing(desk: Desk) -> Person:
    """Is fifteen and has skolplikt: not covered."""
    number = desk.born(15, 2)
    assert number.birth_date
    until = date(number.birth_date.year + 16, 6, 12)
    duty = CompulsorySchooling(status=SchoolingStatus.ONGOING, expected_end=until)
    places = (place("GR", None, date(number.birth_date.year + 6, 8, 18)),)
    return desk.person("schooling_ongoing", number, False, compulsory_schooling=duty, placements=places)


def komvux(desk: Desk) -> Person:
    """Studies at komvux after a drop-out: covered, with an occupation."""
    number = desk.born(19, 4)
    places = (dropped(number, desk.ago(200)), place("VUXGY", None, desk.ago(60)))
    studies = Event(kind=EventKind.OCCUPATION, on=desk.ago(55), what=Occupation.KOMVUX, until=desk.next_june())
    events = (registered(desk.ago(190)), studies)
    return desk.person("komvux", number, True, placements=places, events=events, handler="HL1")


def folkhogskola(desk: Desk) -> Person:
    """Studies at a folk high school after a drop-out: covered, with an occupation."""
    number = desk.born(19, 2)
    places = (dropped(number, desk.ago(230)), place("FHS", None, desk.ago(70)))
    studies = Event(kind=EventKind.OCCUPATION, on=desk.ago(64), what=Occupation.FOLKHOGSKOLA, until=desk.next_june())
    events = (registered(desk.ago(220)), studies)
    return desk.person("folkhogskola", number, True, placements=places, events=events, handler="HL2")


def newcomer(desk: Desk) -> Person:
    """Was first registered in Sweden when too old for skolplikt: covered by the second leg."""
    number = desk.born(18, 6)
    came = desk.ago(120)
    return desk.person(
        "newcomer",
        number,
        True,
        first_registered=came,
        residence=(Residence(municipality=desk.municipality, start=came),),
        compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.NEVER),
        events=(registered(desk.ago(15)),),
    )


def mover_in(desk: Desk) -> Person:
    """Moved in from another municipality without a place: covered here now."""
    number = desk.born(18, 3)
    moved = desk.ago(25)
    homes = (
        Residence(municipality="2480", start=number.birth_date, end=desk.ago(26)),
        Residence(municipality=desk.municipality, start=moved),
    )
    events = (Event(kind=EventKind.MOVED_IN, on=moved), registered(desk.ago(10)))
    places = (dropped(number, desk.ago(160)),)
    return desk.person("mover_in", number, True, residence=homes, placements=places, events=events)


def mover_out(desk: Desk) -> Person:
    """Moved out: the other municipality's youth now."""
    number = desk.born(18, 4)
    homes = (
        Residence(municipality=desk.municipality, start=number.birth_date, end=desk.ago(15)),
        Residence(municipality="2480", start=desk.ago(14)),
    )
    places = (dropped(number, desk.ago(120)),)
    return desk.person(
        "mover_out", number, False, residence=homes, placements=places, events=(registered(desk.ago(110)),)
    )


def turning_20_soon(desk: Desk) -> Person:
    """Turns 20 within weeks: covered through the day before the birthday."""
    number = desk.born_between(*birth_window(desk.as_of, 20, 3, 40))
    return desk.person(
        "turning_20_soon",
        number,
        True,
        placements=(dropped(number, desk.ago(400)),),
        events=(registered(desk.ago(390)),),
    )


def turned_20(desk: Desk) -> Person:
    """Turned 20 within the last weeks: not covered since the birthday."""
    number = desk.born_between(*birth_window(desk.as_of, 20, -40, -1))
    return desk.person(
        "turned_20",
        number,
        False,
        placements=(dropped(number, desk.ago(420)),),
        events=(registered(desk.ago(410)),),
    )


def deceased(desk: Desk) -> Person:
    """Has died: not covered."""
    number = desk.born(18, 8)
    places = (dropped(number, desk.ago(90)),)
    gone = (Residence(municipality=desk.municipality, start=number.birth_date, end=desk.ago(31)),)
    return desk.person("deceased", number, False, life_status=LifeStatus.DECEASED, residence=gone, placements=places)


def emigrated(desk: Desk) -> Person:
    """Has left the country: not covered."""
    number = desk.born(18, 9)
    places = (dropped(number, desk.ago(100)),)
    gone = (Residence(municipality=desk.municipality, start=number.birth_date, end=desk.ago(50)),)
    return desk.person("emigrated", number, False, life_status=LifeStatus.EMIGRATED, residence=gone, placements=places)


def _dropout(desk: Desk, story: str, months: int, *, covered: bool | None = True, **facts: object) -> Person:
    number = desk.born(18, months)
    places = (dropped(number, desk.ago(21)),)
    return desk.person(story, number, covered, placements=places, events=(registered(desk.ago(9)),), **facts)


def sekretessmarkering(desk: Desk) -> Person:
    """Has a confidentiality mark; the registers hold the address all the same: covered, protected channel."""
    return _dropout(desk, "sekretessmarkering", 1, protection=Protection.SEKRETESSMARKERING)


def skyddad_folkbokforing(desk: Desk) -> Person:
    """Has protected registration: no address, and only a permanent stay tells the home. One source lacks the person."""
    stays = (Residence(municipality=desk.municipality, basis=ResidenceBasis.STAYS),)
    found = _dropout(
        desk,
        "skyddad_folkbokforing",
        2,
        protection=Protection.SKYDDAD_FOLKBOKFORING,
        residence=stays,
        address=False,
        phone=False,
    )
    return with_systems(found, "qore", "ist")


def fingerade_personuppgifter(desk: Desk) -> Person:
    """Lives under an assumed identity; one source lacks the person."""
    found = _dropout(desk, "fingerade_personuppgifter", 3, protection=Protection.FINGERADE_PERSONUPPGIFTER)
    return with_systems(found, "oedb", "ist")


def protection_unknown(desk: Desk) -> Person:
    """The systems leave the mark out: treated as protected, and so the home municipality is unknown too."""
    return _dropout(desk, "protection_unknown", 5, covered=None, protection=Protection.UNKNOWN)


def number_change(desk: Desk) -> Person:
    """Had a samordningsnummer and has now a personnummer: the same person, covered."""
    old = desk.book.coordination(add_years(desk.as_of, -18))
    assert old.birth_date
    number = desk.book.nearest(old.birth_date)
    came = desk.ago(60)
    return desk.person(
        "number_change",
        number,
        True,
        replaces=(old.value,),
        first_registered=came,
        residence=(Residence(municipality=desk.municipality, start=came),),
        compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.NEVER),
        events=(registered(desk.ago(50)),),
    )


def number_without_birth_date(desk: Desk) -> Person:
    """Has a samordningsnummer that leaves the month of birth open: age unknown, investigate."""
    number = desk.book.without_birth_date(desk.as_of.year - 18)
    return desk.person(
        "number_without_birth_date",
        number,
        None,
        residence=(Residence(municipality=desk.municipality, basis=ResidenceBasis.STAYS),),
        placements=(dropped(number, desk.ago(33), "IMS"),),
        events=(registered(desk.ago(8)),),
    )


def sources_disagree(desk: Desk) -> Person:
    """One source says that the place has ended, the others that it goes on: a conflict that must be shown."""
    number = desk.born(17, 6)
    ended = dropped(number, desk.ago(18), "NA")
    going = Placement(
        school_form="GY", study_path="NA", school_unit=ended.school_unit, start=ended.start, end=None, ended_as=None
    )
    says: dict[str, tuple[Placement, ...]] = {"ist": (going,)}
    events = (registered(desk.ago(11)),)
    return desk.person("sources_disagree", number, True, placements=(ended,), placements_in=says, events=events)
