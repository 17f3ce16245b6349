"""The ``connection`` table of an SS 12000 source, read strictly."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from kaa_adapter_ist.dialects import Dialect, dialect_of
from kaa_adapter_ist.problems import problem
from kaa_bridge.contract import SourceContext
from kaa_bridge.transport.settings import HttpSettings

_EDUCLOUD = re.compile(r"/source/[^/]+/v2\.\d/?$")


class IstSettings(HttpSettings):
    """The table; ``HttpSettings`` holds the address, time limits and certificates.

    Attributes:
        dialect: whose SS 12000 it is.
        token_url: where a bearer token is fetched with client credentials (RFC 6749 4.4); left out, no token is sent
            and the client certificate must do.
        token_style: whether client id and secret go in the body or in a basic ``Authorization`` header.
        page_size: ``limit`` of every question; 0 leaves it out, for servers without paging.
        max_pages: refuse a list with more pages.
        empty_pages: so many empty pages in a row, each with a token, are tolerated.
        delta: ask only for what has changed since the last pull; who has left is then told by ``deletedEntities``, and
            by the whole pull that is made every ``full_every_days``.
        full_every_days: days between whole pulls when ``delta`` is on; keep it below the source's ``trust_days``.
    """

    dialect: Literal["standard", "edlevo", "educloud"] = "standard"
    token_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = Field(default=None, repr=False)
    scope: str | None = None
    token_style: Literal["body", "basic"] = "body"  # noqa: S105 - a way, no secret
    page_size: int = Field(default=1000, ge=0, le=100_000)
    max_pages: int = Field(default=10_000, ge=1)
    empty_pages: int = Field(default=3, ge=0, le=100)
    delta: bool = False
    full_every_days: int = Field(default=6, ge=1, le=366)

    @model_validator(mode="after")
    def _token_is_complete(self) -> IstSettings:
        given = {self.token_url is None, self.client_id is None, self.client_secret is None}
        if len(given) > 1:
            raise ValueError("token_url, client_id and client_secret are given together")
        return self


def read_settings(context: SourceContext) -> tuple[IstSettings, Dialect]:
    """Return the settings and the dialect of a source.

    Raises:
        ConfigurationInvalid: ``ist_settings`` with the places that are wrong, or ``ist_address``.
    """
    try:
        settings = IstSettings.model_validate(dict(context.settings))
        dialect = dialect_of(settings.dialect, context.profile)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
        places = {
            ".".join(str(part) for part in item["loc"]) or "token_url, client_id, client_secret" for item in found
        }
        raise problem("ist_settings", context.name, where=", ".join(sorted(places))) from None
    if settings.dialect == "educloud" and not _EDUCLOUD.search(settings.url):
        raise problem("ist_address", context.name)
    return settings, dialect
