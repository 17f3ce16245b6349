"""How a caller shows who it is to OEDB: HTTP Basic, or a key in the header that the profile names."""

from __future__ import annotations

from collections.abc import Mapping

from kaa_adapter_oedb.profile import Connection, Profile
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.transport.http import Auth, BasicAuth


class ApiKey:
    """Sends a key in the header that the profile names."""

    def __init__(self, header: str, key: str) -> None:
        """Keep the header."""
        self._headers = {header: key}

    def headers(self) -> Mapping[str, str]:
        """Return the header."""
        return self._headers

    def refused(self) -> bool:
        """Return false: the same key would be refused again."""
        return False


def login(connection: Connection, profile: Profile, name: str) -> Auth | None:
    """Return what the connection shows.

    Raises:
        ConfigurationInvalid: it has a key, and the profile names no header for it.
    """
    if connection.username is not None and connection.password is not None:
        return BasicAuth(connection.username, connection.password)
    if connection.api_key is None:
        return None
    if profile.api_key_header is None:
        raise ConfigurationInvalid(
            "profile_invalid",
            f"The connection of '{name}' has an api_key, but its mapping names no header for it. Nothing was sent.",
            remedy="Set profile.api_key_header in the mapping file.",
            system=name,
        )
    return ApiKey(profile.api_key_header, connection.api_key)
