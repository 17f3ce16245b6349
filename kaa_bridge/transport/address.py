"""Which addresses may be called at all: https or loopback, allowed hosts, no user, no fragment, no odd characters."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from kaa_bridge.transport.problems import problem
from kaa_bridge.transport.settings import HttpSettings

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[?[0-9A-Fa-f:.]+\]?")
CONTROL = "a space, control character or backslash in it"
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


class Origin(Struct, frozen=True):
    """Scheme, host in lower case and port: what a connection and a permission are tied to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Show host and port: safe in an error."""
        return f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Tell whether the text is ``localhost`` or a loopback address (what it resolves to is checked again later)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str, system: str | None) -> Origin:
    """Return the origin of an absolute address.

    Raises:
        ConfigurationInvalid: ``address_invalid`` or ``plain_http``.
    """
    why = _why_invalid(url)
    if why:
        raise problem("address_invalid", system, why=why)
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    origin = Origin(parts.scheme, host, parts.port or _PORTS[parts.scheme])
    if origin.scheme == "http" and not is_loopback(host):
        raise problem("plain_http", system, host=str(origin))
    return origin


def _why_invalid(url: str) -> str:
    if _CONTROL.search(url):
        return CONTROL
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "it cannot be taken apart"
    if parts.scheme not in _PORTS:
        return "the scheme is not http or https"
    if parts.username is not None or parts.password is not None:
        return "a user or password in it"
    if parts.fragment:
        return "a fragment in it"
    if port == 0 or not _HOST.fullmatch(parts.hostname or ""):
        return "host or port"
    return ""


class AddressBook:
    """The addresses one system may be called at."""

    def __init__(self, settings: HttpSettings, system: str | None) -> None:
        """Check the base address and the allowed hosts; see ``HttpSettings``."""
        self.system = system
        self.base = settings.url if settings.url.endswith("/") else settings.url + "/"
        self.home = origin_of(settings.url, system)
        self.allowed = frozenset(item.lower() for item in settings.allowed_hosts) or {str(self.home)}
        self._resolved = lru_cache(maxsize=64)(self._resolve)  # each page of a list asks for the same one

    def resolve(self, url: str) -> tuple[str, Origin]:
        """Return the absolute address and its origin; a relative one starts at the base address.

        Raises:
            ConfigurationInvalid: ``host_not_allowed`` and those of ``origin_of``.
        """
        return self._resolved(url)

    def _resolve(self, url: str) -> tuple[str, Origin]:
        if _CONTROL.search(url):
            raise problem("address_invalid", self.system, why=CONTROL)
        absolute = urljoin(self.base, url.lstrip("/")) if "://" not in url.split("?", 1)[0] else url
        origin = origin_of(absolute, self.system)
        if origin != self.home and origin.host not in self.allowed and str(origin) not in self.allowed:
            raise problem("host_not_allowed", self.system, host=str(origin))
        return absolute, origin
