"""What the mapping's ``[profile]`` and the configuration's ``connection`` table may hold for Qore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from kaa_bridge.transport.paging import Paging
from kaa_bridge.transport.placeholders import COMMON, PAGING, PERSON, check_template
from kaa_bridge.transport.profile import Blackout, Strict
from kaa_bridge.transport.settings import AnyPath, HttpSettings

WSDL_FOLDER = Path(__file__).parent / "wsdl"


class Connection(HttpSettings):
    """``connection`` of a Qore source: everything of ``HttpSettings``, and who logs in.

    Attributes:
        url: the service's endpoint; the address in the WSDL is never used.
        username: for HTTP Basic, with ``password``; leave both out where a client certificate is enough.
        wsdl: the supplier's WSDL, relative to the configuration's folder; without it the profile's example is used.
    """

    username: str | None = None
    password: str | None = Field(default=None, repr=False)
    wsdl: AnyPath | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password are given together")
        return self


class Operation(Strict):
    """An operation of the WSDL and its arguments."""

    operation: Annotated[str, Field(min_length=1)]
    arguments: dict[str, Any] = Field(default_factory=dict)


class Search(Operation):
    """``[profile.search]``: the operation that gives everybody; ``records`` is the path of the repeated element."""

    records: Annotated[str, Field(min_length=1)]
    paging: Paging = Paging()

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.arguments, COMMON.keys() | PAGING.keys(), "profile.search.arguments")
        return self


class Lookup(Operation):
    """``[profile.person]``: the operation that gives one person's records."""

    records: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        check_template(self.arguments, COMMON.keys() | PERSON.keys(), "profile.person.arguments")
        return self


class Profile(Strict):
    """``[profile]`` of a Qore mapping.

    Attributes:
        wsdl: a WSDL that this package ships; the connection's own ``wsdl`` goes before it.
        service: name of the WSDL's service and ``port``, where it has several.
        check: the harmless call of ``check --connect``; without it the first page of the search is asked for.
    """

    wsdl: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+\.wsdl$")] | None = None
    service: str | None = None
    port: str | None = None
    search: Search
    person: Lookup | None = None
    check: Operation | None = None
    blackout: list[Blackout] = Field(default_factory=list)
