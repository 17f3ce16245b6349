"""Secrets come from a private file, a systemd credential or a keyring; never literal, never from the environment."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.transport.secrets import Secret, resolve_secret, resolve_settings

WORD = "hemligt-canary"


def _file(folder: Path, text: bytes = WORD.encode() + b"\n", mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(text)
    path.chmod(mode)
    return path


def _code(reference: Any, **more: Any) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        resolve_secret(reference, setting="sources.ist.password", **more)
    shown = repr(caught.value) + caught.value.remedy
    assert WORD not in shown
    assert "sources.ist.password" in caught.value.message
    return caught.value.code


def test_a_private_file(tmp_path: Path) -> None:
    _file(tmp_path)
    secret = resolve_secret({"file": "secret"}, setting="x", base_dir=tmp_path)
    assert secret == WORD
    assert resolve_secret({"file": str(tmp_path / "secret")}, setting="x") == WORD


@pytest.mark.parametrize(
    ("text", "value"), [(b"a\r\n", "a"), (b" a ", " a "), ("åäö".encode(), "åäö"), (b"a\nb\n", "a\nb")]
)
def test_only_one_line_end_is_left_out(tmp_path: Path, text: bytes, value: str) -> None:
    assert resolve_secret({"file": str(_file(tmp_path, text))}, setting="x") == value


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o777])
def test_a_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = _file(tmp_path, mode=mode)
    with pytest.raises(ConfigurationInvalid, match="secret_readable") as refused:
        resolve_secret({"file": str(path)}, setting="x")
    assert refused.value.remedy.startswith(f"chmod 600 {path}, ")


def test_another_users_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path)
    if os.geteuid() == 0:
        os.chown(path, 4711, 4711)
        assert _code({"file": str(path)}) == "secret_readable"
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        assert _code({"file": str(path)}) == "secret_readable"


@pytest.mark.parametrize("text", [b"", b"\n", b"\xff\xfe", b"a\x00b", b"a\tb", b"x" * 70_000])
def test_unusable_files(tmp_path: Path, text: bytes) -> None:
    assert _code({"file": str(_file(tmp_path, text))}) in ("secret_unusable", "secret_missing")


def test_missing_links_folders_and_devices(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(_file(tmp_path))
    for target in (tmp_path / "none", link, tmp_path, Path("/dev/null")):
        assert _code({"file": str(target)}) == "secret_missing"


@pytest.mark.parametrize(
    "reference",
    [WORD, {"env": "PASSWORD"}, {"value": WORD}, {}, {"file": "a", "keyring": "b"}, None, 5, ["file"], {"file ": "a"}],
)
def test_literals_and_unknown_ways_are_refused(reference: Any) -> None:
    assert _code(reference) == "secret_literal"


@pytest.mark.parametrize("target", ["", 5, None, ["a"]])
def test_a_target_must_be_text(target: Any) -> None:
    assert _code({"file": target}) == "secret_missing"


def test_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path, mode=0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert resolve_secret({"credential": "secret"}, setting="x") == WORD
    for name in ("../secret", "/etc/passwd", ".hidden", "a/b", "none", ""):
        assert _code({"credential": name}) == "secret_missing"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "relative")
    assert _code({"credential": "secret"}) == "secret_missing"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert _code({"credential": "secret"}) == "secret_missing"


def _keyring(monkeypatch: pytest.MonkeyPatch, found: Any) -> None:
    module = types.ModuleType("keyring")

    def get_password(service: str, name: str) -> Any:
        if isinstance(found, Exception):
            raise found
        return found if (service, name) == ("kaa/ist", "user") else None

    module.get_password = get_password  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)


def test_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    _keyring(monkeypatch, WORD)
    assert resolve_secret({"keyring": "kaa/ist/user"}, setting="x") == WORD
    for target in ("kaa", "/user", "kaa/", "kaa/other/user"):
        assert _code({"keyring": target}) == "secret_missing"
    _keyring(monkeypatch, RuntimeError(WORD))
    assert _code({"keyring": "kaa/ist/user"}) == "secret_missing"
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert _code({"keyring": "kaa/ist/user"}) == "secret_missing"


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret(WORD)
    assert WORD not in repr(secret)
    assert WORD not in repr({"password": secret})
    assert f"{secret}" == WORD


def test_a_secret_is_text_for_strict_settings() -> None:
    class Settings(BaseModel):
        model_config = ConfigDict(strict=True, extra="forbid")
        password: str

    assert Settings(password=Secret(WORD)).password == WORD


def test_a_connection_table_is_resolved_through_and_through(tmp_path: Path) -> None:
    _file(tmp_path)
    table = {
        "url": "https://a.example",
        "oauth": {"client_id": "kaa", "client_secret": {"file": "secret"}},
        "keys": [{"file": "secret"}],
        "attempts": 3,
    }
    made = resolve_settings(table, base_dir=tmp_path)
    assert made["oauth"] == {"client_id": "kaa", "client_secret": WORD}
    assert made["keys"] == [WORD]
    assert made["attempts"] == 3
    assert WORD not in repr(made)


@pytest.mark.parametrize(
    "key", ["password", "PASSWORD", "client_secret", "api_key", "apikey", "token", "access_token", "key_passphrase"]
)
def test_a_secret_in_clear_is_refused_wherever_it_stands(key: str) -> None:
    for table in ({key: WORD}, {"a": {key: WORD}}, {"a": [{key: WORD}]}):
        with pytest.raises(ConfigurationInvalid, match="secret_literal") as caught:
            resolve_settings(table)
        assert WORD not in repr(caught.value)


@pytest.mark.parametrize("key", ["token_url", "password_file", "secretary", "user", "keyring_service"])
def test_other_settings_are_left_alone(key: str) -> None:
    assert resolve_settings({key: "text"}) == {key: "text"}
