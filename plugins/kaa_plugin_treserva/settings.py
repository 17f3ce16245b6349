"""What an installation of Treserva must say itself: module, level and credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kaa_bridge.contract import JournalLevel
from kaa_bridge.errors import ConfigurationInvalid
from kaa_plugin_treserva.profile import Profile

DEFAULT_LATENESS = 300.0
"""Seconds; an assumption of ours, since no supplier document states one."""


class TreservaSettings(BaseModel):
    """The plugin's own part of the connection table; the rest is ``HttpSettings``.

    Attributes:
        module: the module (verksamhetsområde) that notes go to. No default: a note in the wrong module is read by
            people who may not read it.
        level: what the installation's journal offers; 1 unless the installation has proved that its look-up is
            authoritative (2) or has no look-up (0).
        lateness_seconds: longest time after a given-up call in which a note may still be stored; needed for level 2.
        username, password: both or neither; certificates are ``client_certificate``.
        authentication: where they go: HTTP basic, or a WS-Security UsernameToken with the password as text or digest.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    module: Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=60)]
    level: Literal[0, 1, 2] | None = None
    lateness_seconds: Annotated[float, Field(ge=0, le=86400)] | None = None
    username: str | None = None
    password: str | None = Field(default=None, repr=False)
    authentication: Literal["basic", "username_token", "username_token_digest"] = "basic"

    @model_validator(mode="after")
    def _complete(self) -> TreservaSettings:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password are given together")
        if self.username is None and self.authentication != "basic":
            raise ValueError("a UsernameToken needs username and password")
        if self.level == JournalLevel.AUTHORITATIVE_LOOKUP.value and self.lateness_seconds is None:
            raise ValueError("level 2 needs lateness_seconds, as measured or promised for this installation")
        return self


def split_settings(
    settings: Mapping[str, Any], profile: Profile, *, system: str
) -> tuple[TreservaSettings, dict[str, Any]]:
    """Return the plugin's own settings and those of the HTTP client.

    Raises:
        ConfigurationInvalid: a setting is missing or wrong, the module is not one of the profile's, or a level is
            declared that the profile has no look-up for.
    """
    own = {name: value for name, value in settings.items() if name in TreservaSettings.model_fields}
    others = {name: value for name, value in settings.items() if name not in TreservaSettings.model_fields}
    if not own.get("module"):
        raise _refused(system, "module", "no module is set, and a note is never sent without one")
    try:
        found = TreservaSettings.model_validate_json(msgspec.json.encode(own, enc_hook=str))
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        raise _refused(system, ".".join(str(part) for part in first["loc"]) or "connection", first["msg"]) from None
    if profile.modules and found.module not in profile.modules:
        raise _refused(system, "module", "it is not one of the profile's modules")
    if found.level and profile.find is None:
        raise _refused(system, "level", "the profile has no [profile.find], which every level above 0 needs")
    return found, others


def _refused(system: str, setting: str, why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "settings_invalid",
        f"The connection of the journal '{system}' is refused at {setting}: {why}. Nothing was sent.",
        remedy="Correct the journal's connection table; docs/reference/journals/treserva.md lists every setting.",
        system=system,
    )
