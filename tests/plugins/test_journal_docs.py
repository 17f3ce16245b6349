"""The reference pages name every setting and key there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from kaa_plugin_lifecare.clients import LOCAL_REFUSALS
from kaa_plugin_lifecare.settings import LifecareSettings
from kaa_plugin_treserva.profile import CREATE, EVENTS, LISTING, Create, NoteRows, Operation, Profile, Rows
from kaa_plugin_treserva.settings import TreservaSettings

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "journals"


@pytest.mark.parametrize(
    ("page", "models"),
    [
        ("treserva.md", [TreservaSettings, Profile, Operation, Create, Rows, NoteRows]),
        ("lifecare.md", [LifecareSettings]),
    ],
)
def test_every_key_is_named(page: str, models: list[type[BaseModel]]) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    missing = {name for model in models for name in model.model_fields if f"`{name}`" not in text}
    assert missing - {"headlines"} == set()


def test_every_placeholder_is_named() -> None:
    text = (PAGES / "treserva.md").read_text(encoding="utf-8")
    basic = {"first_basic", "last_basic"}
    assert {name for name in (CREATE | LISTING | EVENTS) - basic if f"{{{name}}}" not in text} == set()


def test_every_local_refusal_is_named() -> None:
    text = (PAGES / "lifecare.md").read_text(encoding="utf-8")
    assert {code for code in LOCAL_REFUSALS if f"`{code}`" not in text} == set()
