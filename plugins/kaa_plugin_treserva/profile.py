"""The ``[profile]`` of a Treserva mapping: which operations, elements and codes an installation uses.

Treserva's interface is not public. Everything that could differ between installations stands here, so that meeting
another one is editing a mapping file and naming its WSDL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from kaa_bridge.contract import NoteKind
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping.paths import parse_path
from kaa_bridge.transport.paging import Paging
from kaa_bridge.transport.placeholders import PAGING, PERSON, check_template

_NAME = r"[A-Za-z_][\w.-]*"
_EVERYWHERE = {"module", "municipality"}
CREATE = _EVERYWHERE | {*PERSON, "reference", "kind", "heading", "text", "occurred_on", "occurred_on_basic"}
FIND = _EVERYWHERE | {"reference"}
LISTING = _EVERYWHERE | {*PAGING, "prefix", "first", "first_basic", "last", "last_basic"}
EVENTS = _EVERYWHERE | {*PAGING, "since", "since_basic"}


def _path(text: str) -> str:
    parse_path(text)
    return text


Name = Annotated[str, Field(pattern=rf"^{_NAME}$")]
"""The local name of an element."""
Place = Annotated[str, Field(pattern=rf"^{_NAME}(/{_NAME})*$")]
"""Local element names with ``/`` between them, counted from the answer's element."""
Path = Annotated[str, AfterValidator(_path)]
"""Where text stands in an answer or a row, in the path language of mapping files."""
Refusal = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Operation(_Table):
    """What every operation has: its name in the WSDL, its arguments with placeholders, and the answer's element."""

    operation: Name
    answer: Name
    request: dict[str, Any]


class Create(Operation):
    """``[profile.create]``: stored only when ``status``, where given, is one of ``stored``, with id and reference."""

    journal_id: Path
    reference: Path
    module: Path | None = None
    stored_at: Path | None = None
    status: Path | None = None
    stored: list[str] = []
    code: Path | None = None

    @model_validator(mode="after")
    def _status_has_words(self) -> Create:
        if (self.status is None) != (not self.stored):
            raise ValueError("status and stored are given together")
        return self


class Rows(Operation):
    """An answer of many rows: ``each`` is a row; ``paging`` says how they are cut into pages and counted."""

    each: Place
    paging: Paging = Paging()


class NoteRows(Rows):
    """``[profile.find]`` and ``[profile.listing]``: rows that are notes."""

    journal_id: Path
    reference: Path
    stored_at: Path | None = None


class Profile(_Table):
    """``[profile]``; see ``docs/reference/journals/treserva.md``."""

    wsdl: str = Field(min_length=1)
    service: str | None = None
    port: str | None = None
    modules: list[str] = []
    refusals: list[Refusal] = []
    fault_element: Name | None = None
    kinds: dict[NoteKind, str] = {}
    create: Create
    find: NoteRows | None = None
    listing: NoteRows | None = None
    events: Rows | None = None
    check: Operation

    @model_validator(mode="after")
    def _known_placeholders(self) -> Profile:
        _only("create", self.create, CREATE, needs=("{module}", "{reference}", "{text}", "{number"))
        _only("check", self.check, _EVERYWHERE)
        _only("find", self.find, FIND, needs=("{reference}",))
        _only("listing", self.listing, LISTING, needs=("{first", "{last"))
        _only("events", self.events, EVENTS, needs=("{since",))
        if "{kind}" in str(self.create.request) and set(self.kinds) != set(NoteKind):
            raise ValueError("kinds names every kind of note: registered, ended, action_due and correction")
        if self.find is not None and self.find.paging != Paging():
            raise ValueError("find.paging: a look-up by reference has one answer")
        return self


def _only(name: str, operation: Operation | None, allowed: set[str], needs: tuple[str, ...] = ()) -> None:
    if operation is None:
        return
    check_template(operation.request, allowed, f"{name}.request")
    for part in needs:
        if part not in str(operation.request):
            raise ValueError(f"{name}.request does not use {part.rstrip('}')}}}")


def read_profile(table: Mapping[str, Any], *, system: str) -> Profile:
    """Read the profile strictly.

    Raises:
        ConfigurationInvalid: a key is unknown, missing or contradicts another; the message names it.
    """
    try:
        return Profile.model_validate_json(msgspec.json.encode(table))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        place = ".".join(str(part) for part in ("profile", *first["loc"]))
        raise ConfigurationInvalid(
            "profile_invalid",
            f"The profile of the journal '{system}' is refused at [{place}]: {first['msg']}. Nothing was sent.",
            remedy="Correct the mapping file; docs/reference/journals/treserva.md lists every key.",
            system=system,
        ) from None
