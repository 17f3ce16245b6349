"""What the law data may set for each rule: strict, one model a rule."""

# Annotations are values here: pydantic would otherwise compile each of them from its text, at every start.

from typing import Literal

from pydantic import BaseModel, ConfigDict

from kaa_bridge.domain.values import QualificationKind


class Strict(BaseModel):
    """Base: unknown keys are refused, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class AgeLaw(Strict):
    """Rule ``age``: the responsibility ends on the day this age is reached."""

    rule: Literal["age"]
    age: int


class SchoolingLaw(Strict):
    """Rule ``schooling``.

    Attributes:
        newcomers: whether being first registered when past skolplikt is enough.
        normal_age: age turned in the calendar year in which skolplikt normally ends (7 kap. 12 §).
    """

    rule: Literal["schooling"]
    newcomers: bool
    normal_age: int


class HomeLaw(Strict):
    """Rule ``home``: no parameters."""

    rule: Literal["home"]


class AttendanceLaw(Strict):
    """Rule ``attendance``: school forms by SS 12000 code.

    Attributes:
        excluding: attending them ends coverage.
        introductory_excludes: whether introductory programmes (study path IM...) exclude as well.
        with_introductory: the excluding forms that have introductory programmes.
        compulsory: forms attended under skolplikt.
        other: known forms that say nothing about coverage; ``other_prefixes`` likewise, by beginning.
    """

    rule: Literal["attendance"]
    excluding: frozenset[str]
    introductory_excludes: bool
    with_introductory: frozenset[str]
    compulsory: frozenset[str]
    other: frozenset[str]
    other_prefixes: tuple[str, ...]


class QualificationLaw(Strict):
    """Rule ``qualification``: any of these kinds, once held, ends coverage for good."""

    rule: Literal["qualification"]
    kinds: frozenset[QualificationKind]


Parameters = AgeLaw | SchoolingLaw | HomeLaw | AttendanceLaw | QualificationLaw
"""Any rule's parameters, told apart by ``rule``."""
