"""Secrets are referred to, never written in a configuration and never taken from an environment variable's value.

``{ file = "…" }``, ``{ credential = "…" }`` (systemd's ``LoadCredential``) or ``{ keyring = "service/name" }``.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.opening import open_regular
from kaa_bridge.transport.problems import problem

WAYS = frozenset({"file", "credential", "keyring"})
"""The keys that make a table a reference to a secret."""
_LONGEST = 64 * 1024
_CREDENTIAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")
_SECRET_NAME = re.compile(r"(?i)(^|_)(password|passphrase|secret|token|api_?key|private_?key|credentials?)$")


class Secret(str):
    """A secret's text; its ``repr`` does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide the text."""
        return "<secret>"


def is_reference(value: object) -> bool:
    """Tell whether a configured value is a reference to a secret."""
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in WAYS


def resolve_secret(reference: Mapping[str, Any], *, setting: str, base_dir: str | Path = ".") -> Secret:
    """Return the secret that the reference names, one trailing line end left out.

    Args:
        reference: a table with one of ``WAYS``.
        setting: dotted name of the setting, for errors.
        base_dir: folder that a relative file starts from.

    Raises:
        ConfigurationInvalid: ``secret_literal``, ``secret_missing``, ``secret_readable``, ``secret_unusable``.
    """
    if not is_reference(reference):
        raise problem("secret_literal", setting=setting)
    way, target = next(iter(reference.items()))
    if not isinstance(target, str) or not target:
        raise problem("secret_missing", setting=setting, why=f"{way} must be text")
    if way == "keyring":
        return _clean(_from_keyring(target, setting), setting)
    if way == "credential":
        return _clean(_read(_credential(target, setting), setting, "credential", private=False), setting)
    return _clean(_read(Path(base_dir) / target, setting, _shown(target), private=True), setting)


def _shown(target: str) -> str:
    """Name the file in an error, but not a bare word: that may be the secret itself, written in the wrong place."""
    return f"file {target}" if "/" in target or "\\" in target else "file of that name beside the configuration"


def _credentials() -> Path | None:
    """Return the folder into which systemd has loaded credentials, ``None`` where it has not."""
    folder = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""))
    return folder if folder.is_absolute() else None


def _credential(name: str, setting: str) -> Path:
    folder = _credentials()
    if folder is None:
        raise problem("secret_missing", setting=setting, why="not started by systemd with LoadCredential")
    if not _CREDENTIAL.fullmatch(name):
        raise problem("secret_missing", setting=setting, why="not a credential's name")
    return folder / name


def _read(path: Path, setting: str, shown: str, *, private: bool) -> str:
    try:
        with open_regular(path, max_bytes=_LONGEST) as stream:
            if private and os.name == "posix":
                _check_private(os.fstat(stream.fileno()), setting, path)
            return stream.read(_LONGEST + 1).decode("utf-8")
    except UnicodeDecodeError:
        raise problem("secret_unusable", setting=setting) from None
    except KaaError as error:
        if error.code.startswith("secret_"):
            raise
        missing = error.code == "file_missing"
        why = f"there is no {shown}" if missing else f"the {shown} is no small regular file, or not readable"
        raise problem("secret_missing", setting=setting, why=why) from None


def require_private(path: Path, *, setting: str, system: str | None = None) -> None:
    """Check a secret's file that a library reads itself, such as a private key: its owner's alone, as every secret's.

    What systemd loaded as a credential is left to systemd: it grants it by an access list, which shows as group bits.

    Raises:
        ConfigurationInvalid: ``secret_readable``.
        OSError: it is not there.
    """
    credentials = _credentials()
    if os.name == "posix" and not (credentials and path.resolve().is_relative_to(credentials.resolve())):
        _check_private(path.stat(), setting, path, system)


def _check_private(state: os.stat_result, setting: str, path: Path, system: str | None = None) -> None:
    if stat.S_IMODE(state.st_mode) & 0o077 or state.st_uid not in (os.geteuid(), 0):
        raise problem("secret_readable", system, setting=setting, name=str(path))


def _from_keyring(target: str, setting: str) -> str:
    service, _, name = target.rpartition("/")
    if not service or not name:
        raise problem("secret_missing", setting=setting, why='keyring must be "service/name"')
    try:
        import keyring

        found = keyring.get_password(service, name)
    except ImportError:
        raise problem("secret_missing", setting=setting, why="install kaa-bridge[keyring]") from None
    except Exception:
        raise problem("secret_missing", setting=setting, why="the keyring of this machine does not answer") from None
    if found is None:
        raise problem("secret_missing", setting=setting, why="the keyring has no such entry")
    return str(found)


def _clean(text: str, setting: str) -> Secret:
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret or len(secret) > _LONGEST or any(sign < " " or sign == "\x7f" for sign in secret if sign != "\n"):
        raise problem("secret_unusable", setting=setting)
    return Secret(secret)


def resolve_settings(settings: Mapping[str, Any], *, base_dir: str | Path = ".", path: str = "") -> dict[str, Any]:
    """Return a connection table with every reference replaced by its secret, tables and arrays included.

    Raises:
        ConfigurationInvalid: as ``resolve_secret``; ``secret_literal`` also when a setting whose name says that it is
            secret holds text.
    """
    return {key: _resolve(value, f"{path}{key}", base_dir) for key, value in settings.items()}


def _resolve(value: Any, path: str, base_dir: str | Path) -> Any:
    if is_reference(value):
        return resolve_secret(value, setting=path, base_dir=base_dir)
    if isinstance(value, Mapping):
        return resolve_settings(value, base_dir=base_dir, path=path + ".")
    if isinstance(value, list):
        return [_resolve(item, f"{path}[{number}]", base_dir) for number, item in enumerate(value)]
    if isinstance(value, str) and _SECRET_NAME.search(path.rpartition(".")[2]):
        raise problem("secret_literal", setting=path)
    return value
