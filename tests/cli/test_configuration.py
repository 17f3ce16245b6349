"""What is wrong in a configuration is said in an administrator's words, with the place as the file names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.errors import ConfigurationInvalid

SOUND = """
[store]
key = { file = "k" }

[[municipality]]
code = "2303"
name = "Ragunda"
[municipality.guard]
notes_count = 25

[[municipality.source]]
name = "qore"
adapter = "qore"
mapping = "qore"
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "kaa-bridge.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationInvalid) as caught:
        load_settings(path)
    return caught.value.message


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('name = "Ragunda"', 'name = "Ragunda"\nroutin = "x"', "municipality[2303].routin: there is no such key here"),
        ('adapter = "qore"\n', "", "municipality[2303].source[qore].adapter: this key must be there"),
        ("= 25", '= "hemligt"', "municipality[2303].guard.notes_count: "),
        ('code = "2303"', "code = 2303", "municipality[no 1].code: "),
    ],
)
def test_the_place_is_named_and_the_value_is_not(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in SOUND
    message = refused(tmp_path, SOUND.replace(before, after))
    assert said in message
    assert "hemligt" not in message
    assert "xtra inputs" not in message


def test_two_municipalities_of_one_code_are_refused(tmp_path: Path) -> None:
    assert "two municipalities have the same code" in refused(
        tmp_path, SOUND + SOUND[SOUND.index("[[municipality]]") :]
    )


POSTGRESQL = 'kind = "postgresql"\nurl = "{url}"\nkey = {{ file = "k" }}'


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://kaa:hemligt@db.example/kaa",
        "postgresql+psycopg://kaa:hem@ligt@db.example:5432,other.example/kaa",
        "postgresql://kaa:hem?ligt@db.example/kaa",
        "postgresql://kaa:hem#ligt@db.example/kaa",
        "postgresql://kaa:@db.example/kaa",
        "postgresql://kaa@db.example/kaa?sslmode=verify-full&password=hemligt",
        "postgresql://db.example?user=kaa&pass%77ord=hemligt",
        "postgresql://kaa@db.example/kaa?sslkey=k.pem&sslpassword=hemligt",
    ],
)
def test_an_address_with_a_password_is_refused(tmp_path: Path, url: str) -> None:
    message = refused(tmp_path, SOUND.replace('key = { file = "k" }', POSTGRESQL.format(url=url)))
    assert "store: url holds a password, which belongs in a pgpass file" in message
    assert "hem" not in message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://kaa@db.example:5432/kaa?sslmode=verify-full&passfile=/etc/kaa/pgpass",
        "postgresql://db.example:5432,[2001:db8::1]:5433/kaa",
        "postgresql:///kaa?host=/run/postgresql",
        "postgresql://kaa@db.example:5432?application_name=password",
    ],
)
def test_an_address_without_a_password_is_taken(tmp_path: Path, url: str) -> None:
    path = tmp_path / "kaa-bridge.toml"
    path.write_text(SOUND.replace('key = { file = "k" }', POSTGRESQL.format(url=url)), encoding="utf-8")
    assert load_settings(path).configuration.store.url == url


@pytest.mark.parametrize("key", ["{}", '{ file = "k", keyring = "kaa/key" }'])
def test_the_state_key_lies_in_one_place(tmp_path: Path, key: str) -> None:
    assert "store: key names one place" in refused(tmp_path, SOUND.replace('{ file = "k" }', key))
