"""Passwords and keys reach a journal as the configuration gives them: resolved references, never plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kaa_bridge.contract import JournalContext
from kaa_bridge.mapping import load_mapping
from kaa_bridge.transport.secrets import resolve_settings
from kaa_plugin_lifecare.settings import split_settings as lifecare_settings
from kaa_plugin_treserva.journal import TreservaJournal

SECRET = "hemligt-lösenord"
LIFECARE = {
    "url": "https://127.0.0.1:9/WE.EC.Integration.Host",
    "domain": "kommun",
    "provider_unit_id": 1,
    "headline_id": 2,
    "created_personnel_id": 3,
    "created_personnel_title": "Systemkonto",
    "clients_list": True,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    return tmp_path


def resolved(folder: Path, **settings: Any) -> dict[str, Any]:
    return resolve_settings(settings, base_dir=folder)


def test_treserva_takes_a_password_by_reference(folder: Path) -> None:
    settings = resolved(
        folder, url="http://127.0.0.1:9/journal", module="kaa", username="kaa-bridge", password={"file": "secret"}
    )
    context = JournalContext(
        name="treserva", municipality="2303", settings=settings, profile=load_mapping("treserva").profile
    )
    journal = TreservaJournal(context)
    assert journal.describe().name == "treserva"
    journal.close()


def test_lifecare_takes_its_key_by_reference(folder: Path) -> None:
    found, _ = lifecare_settings(resolved(folder, **LIFECARE, api_key={"file": "secret"}), system="lifecare")
    assert found.api_key == SECRET
