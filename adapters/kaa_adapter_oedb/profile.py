"""What the mapping's ``[profile]`` and the configuration's ``connection`` table may hold for OEDB over REST."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from kaa_adapter_oedb.updates_profile import RelativePath, Updates
from kaa_bridge.transport.paging import Paging
from kaa_bridge.transport.placeholders import COMMON, PAGING, PERSON, check_template
from kaa_bridge.transport.profile import Blackout, Strict
from kaa_bridge.transport.settings import HttpSettings


class Connection(HttpSettings):
    """``connection`` of an OEDB source: everything of ``HttpSettings``, and who logs in.

    Attributes:
        url: the address that the profile's paths start from.
        username: for HTTP Basic, with ``password``.
        api_key: for the header that the profile names, instead of a user.
    """

    username: str | None = None
    password: str | None = Field(default=None, repr=False)
    api_key: str | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password are given together")
        if self.username is not None and self.api_key is not None:
            raise ValueError("username and api_key exclude each other")
        return self


class Search(Strict):
    """``[profile.search]``: the GET that gives everybody; ``records`` is the list's path (``.``: the answer itself)."""

    path: RelativePath
    query: dict[str, str | int | bool] = Field(default_factory=dict)
    records: Annotated[str, Field(min_length=1)]
    paging: Paging = Paging()

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.query, COMMON.keys() | PAGING.keys(), "profile.search.query")
        return self


class Lookup(Strict):
    """``[profile.person]``: the POST that gives one person's records; the number stands in its body only."""

    path: RelativePath
    body: dict[str, Any]
    records: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.body, COMMON.keys() | PERSON.keys(), "profile.person.body")
        return self


class Profile(Strict):
    """``[profile]`` of an OEDB mapping over REST.

    Attributes:
        api_key_header: header that carries the connection's ``api_key``.
        headers: further headers of every call; never a secret.
        check_path: the harmless GET of ``check --connect``; without it the first page of the search is asked for.
        blackout: when the register is not updated.
        updates: how the register takes changes, where it does.
    """

    api_key_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    search: Search
    person: Lookup | None = None
    check_path: RelativePath | None = None
    blackout: list[Blackout] = Field(default_factory=list)
    updates: Updates | None = None
