"""How suppliers deviate from SS 12000, as data; a mapping's [profile] may override each value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, StringConstraints

Path = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$")]
"""A path below the base address; empty where the supplier has no such endpoint."""


class Paths(BaseModel):
    """``[profile.paths]``: where the endpoints are."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    organisations: Path = "organisations"
    organisations_lookup: Path = "organisations/lookup"
    programmes: Path = "programmes"
    programmes_lookup: Path = "programmes/lookup"
    persons: Path = "persons"
    persons_lookup: Path = "persons/lookup"
    deleted_entities: Path = "deletedEntities"


class Profile(BaseModel):
    """``[profile]`` of a mapping for this adapter: what the server's dialect does not already say."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    array_style: Literal["repeat", "brackets"] | None = None
    paths: Mapping[str, Path] = {}


class Dialect(Struct, frozen=True):
    """One supplier's SS 12000.

    Attributes:
        array_style: ``repeat`` as the standard says (``entities=Person``), ``brackets`` as PHP does (``entities[]=``).
    """

    paths: Paths
    array_style: Literal["repeat", "brackets"] = "repeat"

    def array(self, name: str) -> str:
        """Return the name of a query parameter that takes several values."""
        return name + "[]" if self.array_style == "brackets" else name


DIALECTS: Mapping[str, Dialect] = {
    "standard": Dialect(Paths.model_construct()),
    "edlevo": Dialect(Paths.model_construct(programmes="", programmes_lookup="", deleted_entities="deletedentities")),
    "educloud": Dialect(Paths.model_construct(), "brackets"),
}
"""``standard``: the published documents. ``edlevo``: Edlevo and Procapita, per the supplier's list of deviations.
``educloud``: IST EduCloud, per IST's published examples."""


def dialect_of(name: str, profile: Mapping[str, Any]) -> Dialect:
    """Return the dialect with the profile's overrides.

    Raises:
        pydantic.ValidationError: the profile holds something else.
    """
    base = DIALECTS[name]
    if not profile:  # as nearly always: nothing to validate
        return base
    told = Profile.model_validate(dict(profile))
    paths = Paths.model_validate({**base.paths.model_dump(), **told.paths})
    return Dialect(paths, told.array_style or base.array_style)
