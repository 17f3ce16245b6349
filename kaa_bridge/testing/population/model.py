"""People who do not exist, and everything the simulated systems know about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kaa_bridge.domain.facts import (
    CompulsorySchooling,
    ContactDetails,
    Event,
    Placement,
    Qualification,
    Residence,
    Youth,
)
from kaa_bridge.domain.record import Identity
from kaa_bridge.domain.values import EventKind, LifeStatus, Protection

SYSTEMS = frozenset({"qore", "oedb", "ist"})
"""The source systems that are simulated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolUnit:
    """An invented school unit: eight-digit code (skolenhetskod), name, school form (SS 12000 code), municipality."""

    code: str
    name: str
    school_form: str
    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One youth and the truth about them on the population's ``as_of`` date; simulators render it, nobody adds to it.

    Attributes:
        ref: opaque name in tests (``p-001``), never in any simulated record.
        story: what the person is there to show; the function's name in ``stories`` or ``ladder``.
        covered: what the law answers when every source is whole; ``None`` where the right answer is *investigate*.
        number: canonical number as of today; ``replaces`` holds earlier ones of the same person.
        birth_date: ``None`` where the number leaves the month open.
        protection: ``UNKNOWN`` means that the systems leave the mark out.
        events: what has been recorded, oldest first; ``REGISTERED`` is the source's own date, the rest is recorded by
            case officers in the system that ``Population.case_events_in`` names.
        systems: which source systems know the person at all.
        placements_in: what a single system says instead of ``placements``, where sources disagree.
    """

    ref: str
    story: str
    covered: bool | None
    number: str
    birth_date: date | None
    identity: Identity
    replaces: tuple[str, ...] = ()
    protection: Protection = Protection.NONE
    life_status: LifeStatus = LifeStatus.ALIVE
    residence: tuple[Residence, ...] = ()
    first_registered: date | None = None
    compulsory_schooling: CompulsorySchooling | None = None
    placements: tuple[Placement, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    events: tuple[Event, ...] = ()
    handler: str | None = None
    systems: frozenset[str] = SYSTEMS
    placements_in: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Show the test name and the story, never the person."""
        return f"<Person {self.ref} {self.story}>"

    @property
    def registered_on(self) -> date | None:
        """The latest day the person was entered in the register as a youth without placement, if ever."""
        return max((event.on for event in self.events if event.kind is EventKind.REGISTERED), default=None)

    @property
    def case_events(self) -> tuple[Event, ...]:
        """What case officers have recorded: every event but the source's own registration."""
        return tuple(event for event in self.events if event.kind is not EventKind.REGISTERED)

    def placements_for(self, system: str) -> tuple[Placement, ...]:
        """Return the placements as this system tells them."""
        return self.placements_in.get(system, self.placements)

    def place_on(self, day: date, system: str = "") -> Placement | None:
        """Return the placement that goes on at the day (both dates inclusive), the latest begun if there are more."""
        going = (
            place
            for place in self.placements_for(system)
            if (place.start is None or place.start <= day) and (place.end is None or day <= place.end)
        )
        return max(going, key=lambda place: place.start or date.min, default=None)

    def home_on(self, day: date) -> str | None:
        """Return the municipality where the person lives on the day, ``None`` when no source says."""
        for home in self.residence:
            if (home.start is None or home.start <= day) and (home.end is None or day <= home.end):
                return home.municipality
        return None

    def youth(self) -> Youth:
        """Return the truth as the facts that ``decide`` and ``due`` read, with proven wholes."""
        known = self.identity
        return Youth(
            ref=self.ref,
            birth_date=self.birth_date,
            protection=self.protection,
            life_status=self.life_status,
            residence=self.residence,
            first_registered=self.first_registered,
            compulsory_schooling=self.compulsory_schooling,
            placements=self.placements,
            placements_complete=True,
            qualifications=self.qualifications,
            qualifications_complete=True,
            contact_details=ContactDetails(
                phone=known.phone is not None, address=known.street is not None, email=known.email is not None
            ),
            events=self.events,
        )

    def canaries(self) -> tuple[str, ...]:
        """Return every text that must never turn up outside store, journal and simulators: numbers in all writings,
        family name, street, phone and e-mail.
        """
        known = self.identity
        texts = [known.family_name, known.street, known.phone, known.email]
        for number in (self.number, *self.replaces):
            texts += [number, f"{number[:8]}-{number[8:]}", number[2:], f"{number[2:8]}-{number[8:]}"]
        return tuple(text for text in texts if text)


class PoisonKind(StrEnum):
    """How a planted record is damaged; every simulator must be able to render each."""

    BAD_CHECK_DIGIT = "bad_check_digit"
    SHORTENED_NUMBER = "shortened_number"
    BAD_DATE = "bad_date"
    UNKNOWN_CODE = "unknown_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """A record that must be quarantined: the system that holds it, how it is damaged, and the person it shows.

    The person is in no other system and not among ``Population.people``.
    """

    system: str
    kind: PoisonKind
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """People, school units and planted records of one municipality on one day; the same seed gives the same."""

    seed: int
    municipality: str
    as_of: date
    case_events_in: str
    people: tuple[Person, ...]
    units: tuple[SchoolUnit, ...]
    poisoned: tuple[Poison, ...] = ()

    def __repr__(self) -> str:
        """Show the size and the day only."""
        return f"<Population {len(self.people)} of {self.municipality} on {self.as_of}>"

    def __iter__(self) -> Iterator[Person]:
        """Go through the people in order of ``ref``."""
        return iter(self.people)

    def __len__(self) -> int:
        """Count the people, planted records apart."""
        return len(self.people)

    def known_to(self, system: str) -> tuple[Person, ...]:
        """Return the people that the system knows, planted records apart."""
        return tuple(person for person in self.people if system in person.systems)

    def poison_in(self, system: str) -> tuple[Poison, ...]:
        """Return the planted records of the system."""
        return tuple(poison for poison in self.poisoned if poison.system == system)

    def by_story(self, story: str) -> Person:
        """Return the first person with that story.

        Raises:
            KeyError: there is none.
        """
        for person in self.people:
            if person.story == story:
                return person
        raise KeyError(story)

    def by_number(self, number: str) -> Person | None:
        """Return the person who has, or once had, that canonical number."""
        return next((person for person in self.people if number in (person.number, *person.replaces)), None)

    def unit(self, code: str) -> SchoolUnit:
        """Return the school unit with that code.

        Raises:
            KeyError: there is none.
        """
        for unit in self.units:
            if unit.code == code:
                return unit
        raise KeyError(code)

    def canaries(self) -> frozenset[str]:
        """Return the canaries of everybody, planted records included."""
        everybody = (*self.people, *(poison.person for poison in self.poisoned))
        return frozenset(text for person in everybody for text in person.canaries())
