"""How one system is reached over HTTP: the part of a connection table that this room reads itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MIB = 1024 * 1024

AnyPath = Annotated[Path, Field(strict=False)]
"""A path that a TOML file writes as text."""
Texts = Annotated[tuple[str, ...], Field(strict=False)]
"""A tuple that a TOML file writes as an array."""


class ClientCertificate(BaseModel):
    """The certificate this side presents (mutual TLS): PEM files, relative to the configuration's folder."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    cert: AnyPath
    key: AnyPath | None = None
    password: str | None = Field(default=None, repr=False)


class HttpSettings(BaseModel):
    """Settings of one system over HTTP. Verification of certificates is not among them: it is always on.

    Attributes:
        url: base address; https, or http to a loopback address.
        allowed_hosts: ``host`` (any port) or ``host:port``; default is the host and port of ``url``.
        ca_bundle: PEM file with the authorities to trust instead of the machine's.
        connect_seconds: longest time to connect, TLS included.
        idle_seconds: longest silence in the middle of a call.
        total_seconds: longest time for one call, its retries and waits included.
        max_bytes: largest answer, unpacked.
        attempts: how many times a read is tried; a send is tried once.
        accept_unframed: accept an answer without length or end mark (HTTP/1.0); only where the format shows a cut.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    url: str
    allowed_hosts: Texts = ()
    ca_bundle: AnyPath | None = None
    client_certificate: ClientCertificate | None = None
    connect_seconds: float = Field(default=10.0, gt=0, le=120)
    idle_seconds: float = Field(default=30.0, gt=0, le=600)
    total_seconds: float = Field(default=60.0, gt=0, le=3600)
    max_bytes: int = Field(default=64 * MIB, gt=0, le=1024 * MIB)
    attempts: int = Field(default=3, ge=1, le=10)
    accept_gzip: bool = True
    accept_unframed: bool = False
