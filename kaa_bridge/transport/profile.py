"""Strict reading of an adapter's two tables: the mapping's ``[profile]`` and the configuration's ``connection``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaa_bridge.contract import BlackoutWindow, JournalContext, SourceContext
from kaa_bridge.errors import ConfigurationInvalid

_Model = TypeVar("_Model", bound=BaseModel)
_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


class Strict(BaseModel):
    """Base of the profile's tables: unknown keys and wrong types are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Blackout(Strict):
    """``[[profile.blackout]]``: a yearly period without updates, both days as ``MM-DD``, inclusive."""

    first: Annotated[str, Field(pattern=_DAY)]
    last: Annotated[str, Field(pattern=_DAY)]
    reason: str

    def window(self) -> BlackoutWindow:
        """Return it as the contract's window."""
        first, last = ((int(day[:2]), int(day[3:])) for day in (self.first, self.last))
        return BlackoutWindow(first, last, self.reason)


def read_table(
    model: type[_Model], values: Mapping[str, Any], table: str, context: SourceContext | JournalContext
) -> _Model:
    """Validate a table strictly.

    Raises:
        ConfigurationInvalid: ``profile_invalid`` or ``connection_invalid``; names the key, never a value.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        key = ".".join([table, *(str(part) for part in first["loc"])])
        where = "the configuration" if table == "connection" else "the mapping file"
        raise ConfigurationInvalid(
            f"{table}_invalid",
            f"The system '{context.name}' cannot be used: {key}: {first['msg'].removeprefix('Value error, ')}.",
            remedy=f"Correct {key} in {where}; the keys stand in docs/reference/adapters.",
            system=context.name,
        ) from None
