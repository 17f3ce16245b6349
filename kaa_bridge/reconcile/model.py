"""What a comparison finds: categories, steps, evidence and counts. Nothing here names a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from kaa_bridge.report.basis import Basis, SourceState


class Category(StrEnum):
    """What two sources say of one youth together. Every youth of either side has exactly one."""

    PROTECTED = "protected"
    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    MOVED = "moved"
    EXAM_FOUND = "exam_found"
    STILL_IN_SCHOOL = "still_in_school"
    ATTENDS_ELSEWHERE = "attends_elsewhere"
    ENDED_IN_FREEZE = "ended_in_freeze"
    AWAITING_START = "awaiting_start"
    NUMBER_CHANGED = "number_changed"
    CONFLICT = "conflict"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"
    AGREE = "agree"


class Step(StrEnum):
    """What is proposed; a person decides."""

    CLOSE = "close"
    OPEN = "open"
    CORRECT = "correct"
    INVESTIGATE = "investigate"
    NONE = "none"


class Kind(StrEnum):
    """What a source's own words say of a youth on the day."""

    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    MOVED = "moved"
    TURNED_20 = "turned_20"
    EXAM = "exam"
    SCHOOLING = "schooling"
    COMPULSORY = "compulsory"
    ADAPTED = "adapted"
    ATTENDING = "attending"
    UNCLEAR = "unclear"
    AWAITING = "awaiting"
    ENDED = "ended"
    NOTHING = "nothing"


OPEN_KINDS = frozenset({Kind.UNCLEAR, Kind.AWAITING, Kind.ENDED, Kind.NOTHING})
"""Words that leave a youth without a place in school and without a reason to be left out: open in the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one source (or several together) says of a youth on the day.

    Attributes:
        on: the day the word is about: first day of the place, the exam's day, first day in the new municipality.
        free_since: first day without a place, where one has ended.
        place: (school form, first day) of the place that decides, to know it again at another source.
        unclear: the law's code of what is not known, for ``UNCLEAR``.
        lives_here: whether the municipality is known to be the home municipality.
        occupation: a known occupation that goes on, as case officers recorded it; it never decides.
    """

    kind: Kind
    on: date | None = None
    free_since: date | None = None
    place: tuple[str, date | None] | None = None
    school_form: str = ""
    study_path: str = ""
    school_unit: str = ""
    ended_as: str = ""
    document: str = ""
    unclear: str = ""
    lives_here: bool = False
    occupation: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the youth is without a place and nothing that the source says leaves it out."""
        return self.kind in OPEN_KINDS


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source's word and the day since which it has been the same."""

    source: str
    standing: Standing
    unchanged_since: date | None


@dataclass(frozen=True, slots=True)
class Passed:
    """A step of the routine whose last day had passed, had the youth been registered the first day."""

    action: str
    due: date
    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """What the silence cost: the first day of the responsibility, days since, and the deadlines already passed."""

    first_day: date
    days: int
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One youth that something is proposed for.

    Attributes:
        outcome: the law's word on the day, all sources together.
        found_on: the night on which the bridge itself put the youth on the register during the freeze.
        remarks: codes of ``texts.REMARKS``.
    """

    handle: str
    category: Category
    step: Step
    left: Evidence | None
    right: Evidence | None
    others: tuple[Evidence, ...] = ()
    outcome: str = ""
    lost: Lost | None = None
    found_on: date | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """One youth that a night of the freeze put on the register, and that neither of the two sources knows.

    Attributes:
        since: the first day of the responsibility, so far as the facts tell.
        told: what the sources say that do know the youth.
    """

    handle: str
    found_on: date
    since: date | None
    told: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Freeze:
    """The days of one year in which the left source is not updated, both inclusive."""

    first: date
    last: date

    @property
    def over_on(self) -> date:
        """The first day with updates again."""
        return self.last + timedelta(days=1)

    def holds(self, free_since: date | None) -> bool:
        """Tell whether a first day without school lies in the freeze, or shows only on the day after it."""
        return free_since is not None and self.first <= free_since <= self.over_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Head(Basis):
    """What the comparison rests on; two reports with equal heads and states are equal byte for byte.

    Attributes:
        frozen: the source that is not updated in the freeze; not always one of the two.
        left, right: the two that are compared; ``others`` were heard.
    """

    year: int
    freeze: Freeze
    frozen: SourceState
    left: SourceState
    right: SourceState

    @property
    def others(self) -> tuple[SourceState, ...]:
        """The further sources."""
        return tuple(one for one in self.sources if one.name not in (self.left.name, self.right.name))


@dataclass(slots=True)
class Counts:
    """The sums. ``categories`` adds up to ``union``, which is ``left + right - both``.

    Attributes:
        open_left: how many stand without a place at the left source; ``no_occupation`` of them without known
            occupation.
        found_early: new ones that the nights of the freeze had found already.
        listed: how many of each category have a row, since something is proposed.
        beside: found by the nights of the freeze, and in neither of the two; no part of their union.
    """

    left: int = 0
    right: int = 0
    both: int = 0
    open_left: int = 0
    no_occupation: int = 0
    found_early: int = 0
    beside: int = 0
    categories: dict[Category, int] = field(default_factory=lambda: dict.fromkeys(Category, 0))
    listed: dict[Category, int] = field(default_factory=lambda: dict.fromkeys(Category, 0))

    @property
    def union(self) -> int:
        """How many youths either side knows."""
        return self.left + self.right - self.both

    @property
    def adds_up(self) -> bool:
        """Whether every youth of either side stands in exactly one category."""
        return sum(self.categories.values()) == self.union


Names = Mapping[str, tuple[str, str]]
"""Name and number by handle."""


@dataclass(frozen=True, slots=True)
class Report:
    """A finished comparison. ``rows`` holds those with a proposed step; ``protected`` holds handles only.

    Attributes:
        rows: in the order of the report; gone through anew by every form, never held in memory together.
        beside: found in the freeze and in neither of the two, by handle.
        reference: the report's own, ``JMF-…``.
        key: seals the rows; a key of the municipality's own.
        names: finds names for some rows, only where they were asked for; spreadsheet and CSV show them, nothing else.
    """

    head: Head
    counts: Counts
    rows: Iterable[Row]
    protected: Iterable[str]
    reference: str
    key: bytes = field(repr=False)
    beside: Iterable[Beside] = ()
    names: Callable[[Sequence[Row]], Names] | None = None
