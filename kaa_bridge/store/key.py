"""The state key: 32 random bytes outside the store, from which every other key is derived.

It is read from a file that only its owner can read, from a systemd credential or from the operating system's keyring;
never from the configuration's text, the environment or a command line. Losing it means losing the state; a new one
would give every note a new reference, so it belongs in the municipality's own safe as well.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from msgspec import Struct

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.store.private import write_private
from kaa_bridge.transport.secrets import resolve_secret

KEY_BYTES = 32


class StoreKeys(Struct, frozen=True):
    """What is derived from the state key for one municipality; 32 bytes each.

    Attributes:
        database: raw SQLCipher key of the state file and of its backups.
        pseudonym: for keyed hashes of person numbers and record keys.
        note: for note keys, so that a lost and rebuilt state still gives each note the same reference.
    """

    database: bytes
    pseudonym: bytes
    note: bytes

    def __repr__(self) -> str:
        """Show no key."""
        return "<StoreKeys>"


def derive_keys(master: bytes, municipality: str) -> StoreKeys:
    """Derive the keys of one municipality (HMAC-SHA256 with one label each; the master key is already uniform)."""
    return StoreKeys(
        database=_derive(master, "database", municipality),
        pseudonym=_derive(master, "pseudonym", municipality),
        note=_derive(master, "note", municipality),
    )


def make_key_file(path: Path) -> None:
    """Write a new random state key, hexadecimal, to a file that does not yet exist (mode 0600).

    Raises:
        ConfigurationInvalid: the file exists already; it is never overwritten.
    """
    try:
        write_private(path, secrets.token_hex(KEY_BYTES).encode() + b"\n", replace=False)
    except FileExistsError:
        raise ConfigurationInvalid(
            "key_file_exists",
            f"The key file {path} exists already and was left as it is.",
            remedy="Use the file that is there, or name another one in store.key.",
        ) from None


def read_key(reference: str) -> bytes:
    """Read the state key that a reference names.

    Args:
        reference: ``file:PATH``, ``credential:NAME`` (systemd LoadCredential) or ``keyring:SERVICE/USER``.

    Raises:
        ConfigurationInvalid: no such key, readable by others, or not 64 hexadecimal digits.
    """
    way, _, name = reference.partition(":")
    text = resolve_secret({way: name}, setting="store.key")
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationInvalid(
            "key_unusable",
            f"What store.key names is not {2 * KEY_BYTES} hexadecimal digits; nothing was opened.",
            remedy="Restore the key from where the municipality keeps its copy. A new key cannot open an old state.",
        )
    return key


def _derive(master: bytes, label: str, municipality: str) -> bytes:
    return hmac.digest(master, f"kaa-bridge/{label}/{municipality}".encode(), hashlib.sha256)
