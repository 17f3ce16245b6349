"""The law data: dated, cited provisions from ``kaa_mappings/law``, one file per criterion."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, TypeVar

from msgspec import Meta, ValidationError, convert

from kaa_bridge.domain.dates import DAY
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from kaa_bridge.law.parameters import Parameters, RuleLaw, Strict

CRITERIA = (
    "under_20",
    "schooling_done",
    "home_municipality",
    "not_in_gymnasial",
    "no_gymnasieexamen",
    "no_gymnasiebevis",
    "no_equivalent",
)
"""The criteria of skollagen 29 kap. 9 § in the order of contracts.md section 3."""


Rule = TypeVar("Rule", bound=RuleLaw)


class Provision(Strict, frozen=True, kw_only=True):
    """One criterion's wording over one period.

    Attributes:
        in_force: first day; ``until`` the last day, inclusive, ``None`` while it is in force.
        provision: short citation, as decisions name it.
        act: the act that gave the wording (SFS number); ``bill`` its proposition.
        see: other paragraphs that the criterion rests on.
        last_checked: the day on which the wording was last compared with a published text.
        checked_against: which text that was.
        note: what this wording changed.
        law: the rule and its parameters.
    """

    in_force: date
    until: date | None = None
    provision: str
    act: str
    bill: str
    see: tuple[str, ...] = ()
    last_checked: date
    checked_against: str
    note: str
    law: Parameters


class LawFile(Strict, frozen=True):
    """A file of the law data: a criterion and its provisions, the oldest first."""

    format: Literal["kaa-law/1"]
    criterion: str
    condition: str
    provisions: Annotated[tuple[Provision, ...], Meta(min_length=1)]


class Version:
    """The seven provisions that are in force together from one day to another."""

    def __init__(self, in_force: date, provisions: dict[str, Provision]) -> None:
        """Keep the provisions by criterion; ``in_force`` is the day the youngest of them began."""
        self.in_force = in_force
        self.provisions = provisions

    def law_of(self, criterion: str, kind: type[Rule]) -> Rule:
        """Return the parameters of a criterion's rule.

        Raises:
            ConfigurationInvalid: the data names a rule that cannot answer for the criterion.
        """
        law = self.provisions[criterion].law
        if not isinstance(law, kind):
            raise _broken(criterion, f"the rule '{law.__struct_config__.tag}' cannot answer for this criterion")
        return law

    def same_rules(self, other: Version) -> bool:
        """Whether the two differ in names and citations only, so that no state can differ."""
        return all(self.provisions[name].law == other.provisions[name].law for name in CRITERIA)


def read_law_file(name: str, text: str) -> LawFile:
    """Return a file of the law data.

    Raises:
        ConfigurationInvalid: it is not TOML, breaks the model, or its periods leave a gap or overlap.
    """
    try:
        found = convert(tomllib.loads(text), LawFile)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise _broken(name, str(error)) from None
    if found.criterion not in CRITERIA:
        raise _broken(name, f"'{found.criterion}' is no criterion of skollagen 29:9")
    for earlier, later in zip(found.provisions, found.provisions[1:], strict=False):
        if earlier.until is None or earlier.until + DAY != later.in_force:
            raise _broken(name, f"the period before {later.in_force} leaves a gap or overlaps")
    if found.provisions[-1].until is not None:
        raise _broken(name, "the last provision has an end, so later days have no law")
    return found


def combine(found: Iterable[LawFile]) -> tuple[Version, ...]:
    """Return the versions that the criteria's provisions make together, the oldest first.

    Raises:
        ConfigurationInvalid: a criterion is missing or begins later than the others.
    """
    by_criterion = {one.criterion: one.provisions for one in found}
    if missing := set(CRITERIA) - set(by_criterion):
        raise _broken(", ".join(sorted(missing)), "no file holds the criterion")
    days = sorted({one.in_force for provisions in by_criterion.values() for one in provisions})
    late = [name for name in CRITERIA if by_criterion[name][0].in_force != days[0]]
    if late:
        raise _broken(", ".join(late), f"the first provision begins after {days[0]}")
    return tuple(Version(day, {name: _in_force(by_criterion[name], day) for name in CRITERIA}) for day in days)


@cache
def versions() -> tuple[Version, ...]:
    """Return the packaged versions of the law, the oldest first; read once."""
    folder = files("kaa_mappings") / "law"
    return combine(read_law_file(f"{name}.toml", (folder / f"{name}.toml").read_text("utf-8")) for name in CRITERIA)


def version_on(day: date) -> Version:
    """Return the version in force on a day.

    Raises:
        InputRefused: the day lies before the first version.
    """
    for version in reversed(versions()):
        if version.in_force <= day:
            return version
    known = ", ".join(version.in_force.isoformat() for version in versions())
    raise InputRefused(
        "date_before_law",
        f"The law data cannot answer for {day}: the responsibility (skollagen 29 kap. 9 §) is known from "
        f"{versions()[0].in_force} on. Versions in force from: {known}.",
        remedy=f"Ask about {versions()[0].in_force} or a later date with --as-of.",
    )


def _in_force(provisions: tuple[Provision, ...], day: date) -> Provision:
    return next(one for one in reversed(provisions) if one.in_force <= day)


def _broken(name: str, problem: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "law_data_invalid",
        f"The law data is refused at {name}: {problem}.",
        remedy="Reinstall kaa-bridge, or correct the file; docs/explanation/law.md says how a version is added.",
    )
