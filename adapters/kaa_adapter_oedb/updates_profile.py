"""``[profile.updates]`` of an OEDB mapping: how the register takes that a case is closed or opened, and proves it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from kaa_bridge.transport.placeholders import PERSON, check_template
from kaa_bridge.transport.profile import Strict

RelativePath = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~/-]*$")]
"""A path below the connection's ``url``; nothing else fits in it, so no person can."""
Place = Annotated[str, Field(min_length=1)]
"""Names with ``/`` between them, counted from the answer's object."""
UPDATE = frozenset({*PERSON, "municipality", "reference", "reason", "text", "on", "on_basic"})
"""Placeholders of ``close.body`` and ``open.body``."""
DEFAULT_LATENESS = 300.0
"""Seconds; an assumption of ours, since no supplier document states one."""


class Change(Strict):
    """``[profile.updates.close]`` and ``.open``: one request; the person and the reference stand in its body only."""

    method: Literal["POST", "PUT", "PATCH"] = "POST"
    path: RelativePath
    body: dict[str, Any]

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.body, UPDATE, "profile.updates")
        for part in ("{reference}", "{number"):
            if part not in str(self.body):
                raise ValueError(f"the body does not use {part.rstrip('}')}}}")
        return self


class Answer(Strict):
    """``[profile.updates.receipt]``: stored only with an id and our reference, and a ``status`` among ``stored``.

    Attributes:
        id, reference: where they stand in the answer.
        status, stored: where the answer says in words that it stored, and those words.
        code: where a refusal's code stands.
    """

    id: Place
    reference: Place
    status: Place | None = None
    stored: list[str] = Field(default_factory=list)
    code: Place | None = None

    @model_validator(mode="after")
    def _status_has_words(self) -> Self:
        if (self.status is None) != (not self.stored):
            raise ValueError("status and stored are given together")
        return self


class Find(Strict):
    """``[profile.updates.find]``: a POST that only reads and gives every change with a reference."""

    path: RelativePath
    body: dict[str, Any]
    records: Place
    id: Place
    reference: Place

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.body, {"municipality", "reference"}, "profile.updates.find.body")
        if "{reference}" not in str(self.body):
            raise ValueError("find.body does not use {reference}")
        return self


class Updates(Strict):
    """``[profile.updates]``: nothing is written unless the configuration has ``[municipality.updates]`` too.

    Attributes:
        check_path: a harmless GET.
        close, open: how a case is closed and opened; a step without a table stays work by hand.
        refusals: codes, or ``http_<status>``, that mean *definitely not stored*; anything else is doubt.
        reasons: category of the comparison to the register's own code; without it ``{reason}`` is the category.
        level: 0 without a look-up, 1 with one; 2 only where the supplier promises that a look-up sees everything.
        lateness_seconds: the longest time after a given-up call in which it may still be stored; needed for level 2.
    """

    check_path: RelativePath
    close: Change | None = None
    open: Change | None = None
    receipt: Answer
    find: Find | None = None
    refusals: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]] = Field(default_factory=list)
    reasons: dict[str, str] = Field(default_factory=dict)
    level: Literal[0, 1, 2] | None = None
    lateness_seconds: Annotated[float, Field(ge=0, le=86400)] | None = None

    @model_validator(mode="after")
    def _kept_promises(self) -> Self:
        if self.close is None and self.open is None:
            raise ValueError("neither close nor open is described")
        if self.level and self.find is None:
            raise ValueError("a level above 0 needs find")
        if self.level == 2 and self.lateness_seconds is None:
            raise ValueError("level 2 needs lateness_seconds, as the supplier promises it")
        return self
