"""The shape of a mapping file, as pydantic models: strict, and closed to unknown keys."""

# Annotations are values here: pydantic would otherwise compile each of them from its text, at every start.

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from kaa_bridge.mapping.converters import CONVERTERS
from kaa_bridge.mapping.fields import Policy
from kaa_bridge.mapping.paths import parse_path


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


def _checked_path(text: str) -> str:
    parse_path(text)
    return text


Path = Annotated[
    str, Field(min_length=1), BeforeValidator(lambda text: _checked_path(text) if isinstance(text, str) else text)
]
"""A place in a record, in the path language."""


class RuleModel(_Model):
    """One rule: where the value stands (``path``, ``parts`` or ``const``) and how it is read."""

    path: Annotated[
        list[Path] | None,
        Field(min_length=1, description="where the value stands; of several paths the first that holds a value"),
        BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    ] = None
    parts: Annotated[list[Path] | None, Field(min_length=2, description="several paths, joined to one value")] = None
    const: Annotated[str | None, Field(min_length=1, description="a word of ours that holds for every record")] = None
    convert: Annotated[str | None, Field(description="name of a converter")] = None
    codes: Annotated[str | dict[str, str] | None, Field(description="name of a code table, or the table itself")] = None
    unknown: Annotated[
        Policy | None, Field(description="what to do with a value that cannot be used: `quarantine` or `unknown`")
    ] = None
    required: Annotated[bool, Field(description="treat a missing value like one that cannot be used")] = False
    default: Annotated[str | None, Field(description="word for a missing value, only where it says *unknown*")] = None

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @field_validator("convert")
    @classmethod
    def _known_converter(cls, name: str | None) -> str | None:
        if name is not None and name not in CONVERTERS:
            raise ValueError(f"there is no converter '{name}'; there are: {', '.join(CONVERTERS)}")
        return name

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(part is not None for part in (self.path, self.parts, self.const)) != 1:
            raise ValueError("a rule needs exactly one of 'path', 'parts' and 'const'")
        if self.const is not None and (self.convert, self.codes, self.unknown, self.default) != (None,) * 4:
            raise ValueError("a rule with 'const' takes no other key")
        if self.parts is not None and self.convert not in (None, "municipality"):
            raise ValueError("'parts' are joined as text, or as a municipality code with convert = \"municipality\"")
        return self


Rule = RuleModel
Rules = Annotated[list[Rule], Field(min_length=1), BeforeValidator(lambda v: v if isinstance(v, list) else [v])]


class IdentityRules(_Model):
    """``[facts.identity]``."""

    given_name: Rule | None = None
    family_name: Rule | None = None
    street: Rule | None = None
    postal_code: Rule | None = None
    locality: Rule | None = None
    email: Rule | None = None
    phone: Rule | None = None


class EntryRules(_Model):
    """What all lists of facts share: where the entries stand, and when the source says that there is none."""

    each: Annotated[
        Path | None, Field(description="list of entries; without it the record itself is the one entry")
    ] = None
    when: Annotated[
        Path | None, Field(description="the entry exists only if a value stands here; an empty value says: none")
    ] = None
    none_when: Annotated[
        Literal["empty", "absent", "never"] | None,
        Field(description="when the source says *none*: the list is empty, is empty or absent, or never"),
    ] = None


class ResidenceRules(EntryRules):
    """``[[facts.residence]]``."""

    municipality: Rule | None = None
    start: Rule | None = None
    end: Rule | None = None
    basis: Rule | None = None


class SchoolingRules(_Model):
    """``[facts.compulsory_schooling]``."""

    status: Rule | None = None
    on: Rule | None = None
    expected_end: Rule | None = None


class PlacementRules(EntryRules):
    """``[[facts.placements]]``."""

    school_form: Rule | None = None
    study_path: Rule | None = None
    school_unit: Rule | None = None
    start: Rule | None = None
    end: Rule | None = None
    ended_as: Rule | None = None
    equivalent: Rule | None = None
    first_term_start: Rule | None = None


class QualificationRules(EntryRules):
    """``[[facts.qualifications]]``."""

    kind: Rule | None = None
    on: Rule | None = None


class EventRules(EntryRules):
    """``[[facts.events]]``."""

    kind: Rule | None = None
    on: Rule | None = None
    channel: Rule | None = None
    outcome: Rule | None = None
    purpose: Rule | None = None
    what: Rule | None = None
    until: Rule | None = None
    measure: Rule | None = None
    reason: Rule | None = None
    agreed_for: Rule | None = None
    consent: Rule | None = None


class AbsenceRules(EntryRules):
    """``[[facts.absences]]``: read, turned into a departure or into nothing, and never kept."""

    start: Rule | None = None
    end: Rule | None = None
    reason: Rule | None = None
    last_attended: Rule | None = None
    first_term_start: Rule | None = None
    excepted: Rule | None = None


class FactRules(_Model):
    """``[facts]``."""

    number: Rule | None = None
    replaces: Rule | None = None
    birth_date: Rule | None = None
    protection: Rules | None = None
    life_status: Rule | None = None
    first_registered: Rule | None = None
    handler: Rule | None = None
    identity: IdentityRules | None = None
    compulsory_schooling: SchoolingRules | None = None
    residence: list[ResidenceRules] = []
    placements: list[PlacementRules] = []
    qualifications: list[QualificationRules] = []
    events: list[EventRules] = []
    absences: list[AbsenceRules] = []


class Head(_Model):
    """``[mapping]``."""

    name: Annotated[str, Field(description="name of the mapping, as the file's name without `.toml`")]
    version: Annotated[str, Field(min_length=1, description="the mapping's own version, free text")]
    status: Annotated[
        Literal["official", "profile"],
        Field(description="`official`: follows a published specification; `profile`: our documented example"),
    ]
    format: Annotated[Literal["json", "xml", "table"], Field(description="what the records are")]
    note: Annotated[str, Field(description="what the mapping rests on, and what must be checked before use")] = ""

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError("a name holds small letters, digits and underscores only")
        return name


class Record(_Model):
    """``[record]``."""

    key: Annotated[Rule, Field(description="what tells one record from another at its source")]


class CountAssertions(_Model):
    """``[assert]``: how many records there must be, for the guard against mass change."""

    min: Annotated[int | None, Field(ge=0, description="fewest records of a whole pull")] = None
    max: Annotated[int | None, Field(ge=1, description="most records of a whole pull")] = None
    share_of_yesterday: Annotated[
        float | None, Field(gt=0, le=1, description="smallest share of the records of the last good night")
    ] = None


class Ignore(_Model):
    """``[ignore]``: places that are known and deliberately not used."""

    paths: list[Path] = []


class MappingModel(_Model):
    """A whole mapping file."""

    mapping: Head
    profile: dict[str, Any] = {}
    record: Record
    facts: FactRules
    codes: dict[str, dict[str, str]] = {}
    assertions: Annotated[CountAssertions, Field(alias="assert")] = CountAssertions.model_construct()
    ignore: Ignore = Ignore.model_construct()
