"""Envelopes made by zeep from a local WSDL; zeep never opens a socket, never reads outside the WSDL's folder.

zeep is imported when the first WSDL is compiled: it costs 0.1 s and some megabytes that a REST night does not need.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from lxml import etree

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.opening import open_regular
from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.xml import check_head

_LARGEST = 16 * 1024 * 1024
OUTSIDE = "it imports something from outside its folder"


class _Folder:
    """What zeep takes for its transport: loads files from one folder and can do nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, location: str) -> bytes:
        """Return a file's bytes; anything but a file below the folder is refused."""
        if len(urlparse(location).scheme) > 1 or not location:
            raise problem("wsdl_unusable", name="import", why=OUTSIDE)
        path = Path(location)
        real = Path(os.path.realpath(path if path.is_absolute() else self._folder / path))
        if not real.is_relative_to(self._folder):
            raise problem("wsdl_unusable", name=path.name, why=OUTSIDE)
        with open_regular(real, max_bytes=_LARGEST) as stream:
            data = stream.read(_LARGEST + 1)
        check_head(data)
        return data


class Wsdl:
    """A compiled WSDL: makes envelopes for one port."""

    def __init__(
        self,
        path: Path,
        endpoint: str,
        *,
        service: str | None = None,
        port: str | None = None,
        username_token: tuple[str, str, bool] | None = None,
        system: str | None = None,
    ) -> None:
        """Compile the WSDL.

        Args:
            path: the WSDL; what it imports must lie in its folder or below.
            endpoint: the address from the configuration; the WSDL's own is never used.
            service: name of the service, default the first one.
            port: name of the port, default the first one.
            username_token: user, password, and whether the password goes as a digest (WS-Security UsernameToken).

        Raises:
            ConfigurationInvalid: ``wsdl_unusable``.
        """
        self.name = path.name
        self._system, self._options = system, {"address": endpoint}
        zeep = _zeep()
        wsse = None
        if username_token is not None:
            user, password, digest = username_token
            wsse = zeep.wsse.username.UsernameToken(user, password, use_digest=digest)
        settings = zeep.Settings(
            strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False
        )
        real = Path(os.path.realpath(path))
        try:
            self._client = zeep.Client(str(real), wsse=wsse, transport=_Folder(real.parent), settings=settings)
            self._binding = self._client.bind(service, port)._binding
        except KaaError as error:
            raise problem("wsdl_unusable", system, name=self.name, why=_why(error)) from None
        except Exception as error:
            outside = type(error).__name__ == "ExternalReferenceForbidden"
            why = OUTSIDE if outside else "zeep cannot make sense of it"
            raise problem("wsdl_unusable", system, name=self.name, why=why) from None

    def operations(self) -> frozenset[str]:
        """Return the names of the port's operations."""
        return frozenset(self._binding.all())

    def envelope(self, operation: str, arguments: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Return the envelope (UTF-8 with declaration) and the header fields that go with it.

        Raises:
            ConfigurationInvalid: ``operation_unknown``, ``arguments_refused`` (never with a value in it).
        """
        if operation not in self.operations():
            raise problem("operation_unknown", self._system, name=self.name, operation=operation)
        if not _plain(arguments):
            why = "a value is neither text, number, truth value, date, list nor mapping"
            raise problem("arguments_refused", self._system, name=self.name, operation=operation, why=why)
        try:
            envelope, headers = self._binding._create(
                operation, (), dict(arguments), client=self._client, options=self._options
            )
        except Exception as error:
            why = f"{type(error).__name__}: one is missing, unknown or of the wrong type"
            raise problem("arguments_refused", self._system, name=self.name, operation=operation, why=why) from None
        data: bytes = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        return data, dict(headers)


def _plain(value: object) -> bool:
    """Tell whether a value is of a kind that XML Schema has a text for; zeep writes any other by its ``str``."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _plain(inner) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return all(_plain(inner) for inner in value)
    return value is None or isinstance(value, str | int | bool | Decimal | dt.date | dt.time)


def _why(error: KaaError) -> str:
    if error.code == "wsdl_unusable":
        return OUTSIDE
    if error.code == "doctype":
        return "it has a DOCTYPE"
    if error.code == "file_missing":
        return "it or a file that it imports is missing"
    return f"a file of it was refused: {error.code}"


def _zeep() -> Any:
    """Import zeep and keep it from logging envelopes."""
    logging.getLogger("zeep").setLevel(logging.WARNING)
    import zeep
    import zeep.wsse.username

    return zeep
