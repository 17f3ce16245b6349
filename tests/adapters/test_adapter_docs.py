"""The reference names every key that the three adapters read, and every placeholder; nothing else may be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

import kaa_adapter_files.profile as files
import kaa_adapter_oedb.profile as oedb
import kaa_adapter_oedb.updates_profile as oedb_updates
import kaa_adapter_qore.profile as qore
from kaa_bridge.transport.paging import Paging
from kaa_bridge.transport.placeholders import COMMON, PAGING, PERSON

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "adapters"
PAIRS: list[tuple[str, type[BaseModel]]] = [
    *(("qore", model) for model in (qore.Connection, qore.Profile, qore.Search, qore.Lookup)),
    *(("oedb", model) for model in (oedb.Connection, oedb.Profile, oedb.Search, oedb.Lookup)),
    *(("oedb", model) for model in (oedb_updates.Updates, oedb_updates.Change, oedb_updates.Answer, oedb_updates.Find)),
    *(("files", model) for model in (files.Connection, files.Profile)),
    ("paging", Paging),
]


def text(page: str) -> str:
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "model"), PAIRS, ids=[f"{page} {model.__name__}" for page, model in PAIRS])
def test_every_key_is_explained(page: str, model: type[BaseModel]) -> None:
    written = text(page)
    missing = [name for name in model.model_fields if f"`{name}`" not in written and f"profile.{name}]" not in written]
    nested = [name for name in missing if f".{name}]" not in written]
    assert not nested


def test_every_placeholder_is_explained_and_no_other() -> None:
    written = text("paging")
    explained = {line.split("`")[1].strip("{}") for line in written.splitlines() if line.startswith("| `{")}
    assert explained == {*COMMON, *PAGING, *PERSON}


@pytest.mark.parametrize("page", ["qore", "oedb", "files"])
def test_examples_are_said_to_be_ours(page: str) -> None:
    assert "examples of ours" in text(page)
