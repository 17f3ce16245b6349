"""What an installation of Lifecare EC must be told: ids that belong to it alone, and how clients are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kaa_bridge.contract import NoteKind
from kaa_bridge.errors import ConfigurationInvalid

Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""An id of Lifecare: int32."""
DEFAULT_REFUSALS = ("http_400", "http_401", "http_403")


class LifecareSettings(BaseModel):
    """The plugin's own part of the connection table; the rest is ``HttpSettings``.

    Attributes:
        domain: the API's domain id, no secret.
        api_key: the API key; its place is ``key_in``.
        key_in: ``header`` (``X-API-Key``) keeps the secret out of addresses; ``query`` is the letter of the document.
        provider_unit_id, headline_id: where notes are written; ``headlines`` may give a kind a headline of its own.
        created_personnel_id, created_personnel_title: the account that stands as author of the notes.
        execution_id: the execution (verkställighet) notes belong to, where the installation needs one.
        signed: whether notes are created signed; left out, Lifecare decides.
        clients_file, clients_list: how a person becomes a client id: by a table that the installation keeps, or by
            reading every client and keeping the ids in memory. Exactly one is chosen; there is no default.
        refusals: statuses that mean *not stored*, as ``http_400``; the document names none.
        lateness_seconds: longest time after a given-up call in which a note may still be stored.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    domain: str = Field(min_length=1)
    api_key: str = Field(min_length=1, repr=False)
    key_in: Literal["header", "query"] = "header"
    provider_unit_id: Id
    headline_id: Id
    headlines: dict[NoteKind, Id] = {}
    created_personnel_id: Id
    created_personnel_title: str = Field(min_length=1, max_length=100)
    execution_id: Id | None = None
    signed: bool | None = None
    clients_file: str | None = None
    clients_list: bool = False
    refusals: tuple[Annotated[str, Field(pattern=r"^http_4\d\d$")], ...] = DEFAULT_REFUSALS
    lateness_seconds: float = Field(default=300.0, ge=0)

    def credentials_remedy(self) -> str:
        """Return what to correct when the key is refused, without the full stop.

        The document's own place for the key is not the default: there it stands in addresses, and so in access logs.
        """
        if self.key_in == "query":
            return 'Correct api_key and domain in the connection table, or try key_in = "header"'
        return (
            'Correct api_key and domain in the connection table; where they are right, set key_in = "query": this '
            "installation then takes the key only in the address, as its document has it"
        )

    @model_validator(mode="after")
    def _one_way_to_clients(self) -> LifecareSettings:
        if (self.clients_file is None) == (not self.clients_list):
            raise ValueError("exactly one of clients_file and clients_list = true must be set")
        return self

    @model_validator(mode="after")
    def _doubtful_statuses(self) -> LifecareSettings:
        if doubtful := set(self.refusals) & {"http_408", "http_409", "http_425", "http_429"}:
            raise ValueError(f"{min(doubtful)} does not tell whether the note was stored")
        return self


def split_settings(settings: Mapping[str, Any], *, system: str) -> tuple[LifecareSettings, dict[str, Any]]:
    """Return the plugin's own settings and those of the HTTP client.

    Raises:
        ConfigurationInvalid: a setting is missing or wrong; the message names it and never its value.
    """
    own = {name: value for name, value in settings.items() if name in LifecareSettings.model_fields}
    others = {name: value for name, value in settings.items() if name not in LifecareSettings.model_fields}
    try:
        return LifecareSettings.model_validate_json(msgspec.json.encode(own, enc_hook=str)), others
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "connection"
        raise ConfigurationInvalid(
            "settings_invalid",
            f"The connection of the journal '{system}' is refused at {place}: {first['msg']}. Nothing was sent.",
            remedy="Correct the journal's connection table; docs/reference/journals/lifecare.md lists every setting.",
            system=system,
        ) from None
