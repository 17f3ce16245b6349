"""The routine file, ``kaa-routine/1``: a municipality's handlingsplan as data (TOML); its JSON Schema too."""

# Annotations are values here: pydantic would otherwise compile each of them from its text, at every start.

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind
from kaa_bridge.routine.clocks import CLOCKS
from kaa_bridge.routine.durations import PERIOD, DurationText

FORMAT = "kaa-routine/1"
RESERVED_ACTIONS = frozenset({"investigate", "protected_routine"})
"""Actions that every routine has, and no file defines."""

_MONTH_DAY = r"^((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))$"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""Identifier of an action, task, predicate or routine: snake case."""
Text = Annotated[str, Field(min_length=1, max_length=600, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""One line of plain Swedish, as a case officer reads it."""
MonthDayText = Annotated[str, Field(pattern=_MONTH_DAY)]
"""Month and day, ``MM-DD``, of any year; 29 February is not one."""
ClockText = Annotated[Name, Field(json_schema_extra={"enum": sorted(CLOCKS)})]
"""Name of a clock in ``kaa_bridge.routine.clocks.CLOCKS``."""
Role = Literal["case_officer", "coordinator", "manager"]
"""Who does it: handläggare, samordnare (koordinator), chef."""
Recipient = Literal["youth", "guardian", "guardian_under_18", "school", "skatteverket", "none"]
"""For whom; ``guardian_under_18``: the guardian when the youth is under 18 on the due date, else the youth."""
Effect = Literal["notify_skatteverket", "ask_school", "request_handover", "hand_over", "give_information", "consent"]
"""What the step does beside reaching the youth; named so that reports can count it."""
Channel = Annotated[ContactChannel, Field(strict=False)]
Outcome = Annotated[ContactOutcome, Field(strict=False)]
Kind = Annotated[EventKind, Field(strict=False)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False, defer_build=True)


class Window(_Model):
    """When a step may be done and must be done, counted from its clock.

    One of: ``at`` (one day), ``within`` (from the clock's day to then), ``from`` with ``to`` (a range), ``from`` alone
    (no end). ``to_clock`` counts ``to`` from another clock.
    """

    at: DurationText | None = None
    within: DurationText | None = None
    start: DurationText | None = Field(default=None, alias="from")
    to: DurationText | None = None
    to_clock: ClockText | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = tuple(name for name in ("at", "within", "start", "to") if getattr(self, name) is not None)
        if given not in (("at",), ("within",), ("start",), ("start", "to")):
            raise ValueError("give 'at', or 'within', or 'from', or 'from' and 'to'")
        if self.to_clock is not None and self.to is None:
            raise ValueError("'to_clock' needs 'from' and 'to'")
        return self


class Variant(_Model):
    """Another window, used instead when all of ``when`` hold; the first variant that fits is taken."""

    when: Annotated[list[Name], Field(min_length=1)]
    window: Window


class Done(_Model):
    """What ends a step: a contact, or an event of one of the kinds, on or after the clock's date.

    With ``purpose`` the contact must name the step's action as its purpose; needed where several steps share a channel.
    ``outcomes`` leaves out contacts with another outcome. ``since = "reg"`` counts from the registration instead.
    """

    channel: Channel | None = None
    purpose: bool = False
    outcomes: Annotated[list[Outcome], Field(min_length=1)] | None = None
    events: list[Kind] = []
    since: Literal["clock", "reg"] = "clock"

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.channel is None and not self.purpose and not self.events:
            raise ValueError("name a channel, a purpose or an event that ends the step")
        if self.outcomes is not None and self.channel is None and not self.purpose:
            raise ValueError("'outcomes' needs 'channel' or 'purpose'")
        if EventKind.CONTACT in self.events:
            raise ValueError("a contact ends a step by 'channel' or 'purpose', not by 'events'")
        return self


class Step(_Model):
    """One row of the handlingsplan."""

    action: Name
    clock: ClockText
    window: Window
    opens_after: Name | None = None
    when: list[Name] = []
    variant: list[Variant] = []
    agreed_date: bool = False
    renewed_by_contact: bool = False
    done: Done | None = None
    responsible: Role
    recipient: Recipient
    effect: Effect | None = None
    text: Text
    text_guardian: Text | None = None
    rule: Text


class CalendarEntry(_Model):
    """A recurring task of the organisation; no youth in it. Exactly one of the four ways to say when."""

    task: Name
    every: Literal["week", "two_weeks", "month", "half_year", "year", "term"] | None = None
    months: list[Annotated[int, Field(ge=1, le=12)]] = []
    from_day: MonthDayText | None = None
    term_end: Literal["spring", "autumn"] | None = None
    anchor: date | None = None
    times: Annotated[int, Field(ge=1, le=50)] = 1
    responsible: Role
    text: Text
    rule: Text

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        given = [self.every, self.months or None, self.from_day, self.term_end]
        if sum(value is not None for value in given) != 1:
            raise ValueError("give exactly one of 'every', 'months', 'from_day' and 'term_end'")
        if (self.anchor is not None) != (self.every == "two_weeks"):
            raise ValueError("'anchor' (a day of the first week) goes with every = \"two_weeks\", and only there")
        return self


class Pause(_Model):
    """A yearly period, both days inclusive, in which nothing falls due; what would, falls due the day after."""

    start: MonthDayText = Field(alias="from")
    end: MonthDayText = Field(alias="to")
    reason: Text


class Terms(_Model):
    """Last days of the school terms: usual ones, and exact dates for the years that are decided."""

    spring_ends: MonthDayText
    autumn_ends: MonthDayText
    exact: list[date] = []

    @model_validator(mode="after")
    def _in_their_half(self) -> Self:
        if not self.spring_ends < "08-01" <= self.autumn_ends:
            raise ValueError("the spring term ends before 1 August, the autumn term after")
        halves = [(day.year, day.month > 7) for day in self.exact]
        if len(set(halves)) != len(halves):
            raise ValueError("'exact' holds two ends of the same term")
        return self


class Head(_Model):
    """What the routine is, where it comes from, and the municipality's settings."""

    format: Literal["kaa-routine/1"]
    name: Name
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{0,39}$")]
    title: Text
    source: Text
    municipality: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None
    roll: Literal["none", "next_working_day"] = "none"
    wait_for_start: Annotated[str, Field(pattern=f"^(always|never|{PERIOD})$")] = "always"


class RoutineFile(_Model):
    """A municipality's routine: its head, its steps in order, and the calendar of the organisation."""

    routine: Head
    step: Annotated[list[Step], Field(min_length=1, max_length=200)]
    calendar: list[CalendarEntry] = []
    pause: list[Pause] = []
    terms: Terms | None = None


def routine_schema() -> dict[str, Any]:
    """Return the JSON Schema of the routine file."""
    schema = RoutineFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": FORMAT}
