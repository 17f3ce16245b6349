"""What the law data may set for each rule: strict, one model a rule."""

from __future__ import annotations

from msgspec import Struct

from kaa_bridge.domain.values import QualificationKind


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """Base: unknown keys are refused, values cannot be changed."""


class RuleLaw(Strict, frozen=True, tag_field="rule"):
    """Base of the parameters: the data names the rule, and so which of them it gives."""


class AgeLaw(RuleLaw, frozen=True, tag="age"):
    """Rule ``age``: the responsibility ends on the day this age is reached."""

    age: int


class SchoolingLaw(RuleLaw, frozen=True, tag="schooling"):
    """Rule ``schooling``.

    Attributes:
        newcomers: whether being first registered when past skolplikt is enough.
        normal_age: age turned in the calendar year in which skolplikt normally ends (7 kap. 12 §).
    """

    newcomers: bool
    normal_age: int


class HomeLaw(RuleLaw, frozen=True, tag="home"):
    """Rule ``home``: no parameters."""


class AttendanceLaw(RuleLaw, frozen=True, tag="attendance"):
    """Rule ``attendance``: school forms by SS 12000 code.

    Attributes:
        excluding: attending them ends coverage.
        introductory_excludes: whether introductory programmes (study path IM...) exclude as well.
        with_introductory: the excluding forms that have introductory programmes.
        compulsory: forms attended under skolplikt.
        other: known forms that say nothing about coverage; ``other_prefixes`` likewise, by beginning.
    """

    excluding: frozenset[str]
    introductory_excludes: bool
    with_introductory: frozenset[str]
    compulsory: frozenset[str]
    other: frozenset[str]
    other_prefixes: tuple[str, ...]


class QualificationLaw(RuleLaw, frozen=True, tag="qualification"):
    """Rule ``qualification``: any of these kinds, once held, ends coverage for good."""

    kinds: frozenset[QualificationKind]


Parameters = AgeLaw | SchoolingLaw | HomeLaw | AttendanceLaw | QualificationLaw
"""Any rule's parameters, told apart by ``rule``."""
