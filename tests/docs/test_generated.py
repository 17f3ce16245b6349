"""The generated parts of the reference agree with the code, and leave nothing without a meaning."""

from __future__ import annotations

from enum import StrEnum

import pytest
from pydantic import BaseModel

from kaa_bridge.config import model as module
from kaa_bridge.domain.values import EventKind
from kaa_bridge.errors import SEVERITY, ExitCode
from kaa_bridge.store.tables import metadata
from tests.docs import parts_config, parts_facts, parts_scb, parts_store
from tests.docs.facts_meanings import MEANINGS, WORDS
from tests.docs.generate import DOCS, PARTS, names_on, renewed
from tests.docs.markdown import opening, section
from tests.docs.parts_contract import hook_functions, signature

COMMAND = "the page has drifted from the code: run python -m tests.docs.generate"


@pytest.mark.parametrize("page", PARTS)
def test_page_is_as_the_code_says(page: str) -> None:
    assert names_on(page) == list(PARTS[page])
    assert renewed(page) == (DOCS / page).read_text(encoding="utf-8"), COMMAND


def test_a_drifted_page_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, "reference/state.md", {"tables": lambda: "other"})
    assert renewed("reference/state.md") != (DOCS / "reference/state.md").read_text(encoding="utf-8")


def test_every_hook_has_a_heading_with_its_signature() -> None:
    headings = [
        line for line in (DOCS / "reference/hooks.md").read_text("utf-8").splitlines() if line.startswith("###")
    ]
    hooks = hook_functions()
    assert hooks
    for hook in hooks:
        assert f"### `{signature(hook)}`" in headings, COMMAND


def test_every_hook_has_a_bundled_plugin() -> None:
    assert "no bundled plugin" not in (DOCS / "reference/hooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "kind"), parts_config.TABLES, ids=[name for name, _ in parts_config.TABLES])
def test_every_key_of_the_configuration_has_a_meaning(name: str, kind: type[BaseModel]) -> None:
    told = parts_config.meanings(kind)
    assert set(told) == set(kind.model_fields), f"Attributes in the docstring of {kind.__name__}"


def test_no_table_of_the_configuration_is_left_out() -> None:
    tables = {kind for _, kind in parts_config.TABLES}
    found = {one for one in vars(module).values() if isinstance(one, type) and issubclass(one, module.Strict)}
    assert found - {module.Strict} == tables


@pytest.mark.parametrize(("name", "kind"), parts_scb.TABLES, ids=[name for name, _ in parts_scb.TABLES])
def test_every_key_of_an_scb_layout_has_a_meaning(name: str, kind: type[BaseModel]) -> None:
    assert set(parts_scb.told(kind)) == set(kind.model_fields), f"Attributes in the docstring of {kind.__name__}"


def test_every_field_of_the_facts_file_has_a_meaning() -> None:
    objects = {name: one for name, one in parts_facts.definitions().items() if "properties" in one}
    assert set(objects) == {"Youth", *parts_facts.PARTS}
    assert {name: set(one["properties"]) for name, one in objects.items()} == {
        name: set(fields) for name, fields in MEANINGS.items()
    }


@pytest.mark.parametrize("kind", [*parts_facts.VOCABULARIES, EventKind], ids=lambda kind: kind.__name__)
def test_every_word_has_a_meaning(kind: type[StrEnum]) -> None:
    words = {word.value for word in kind}
    assert words == set(WORDS[kind.__name__])
    assert all(WORDS[kind.__name__].values())


def test_every_vocabulary_is_listed() -> None:
    enums = {name for name, one in parts_facts.definitions().items() if "enum" in one}
    assert enums == {kind.__name__ for kind in parts_facts.VOCABULARIES} | {"EventKind"}


def test_every_exit_code_has_a_meaning() -> None:
    assert set(parts_store.MEANINGS) == set(ExitCode) == set(SEVERITY)


def test_every_table_of_the_state_has_a_comment() -> None:
    assert all(table.comment for table in metadata.tables.values())


def test_sections_of_a_docstring_are_read() -> None:
    text = "Do it.\n\nAttributes:\n    one: first,\n        and more.\n    two: second.\n\nRaises:\n    Bad: it is."
    assert opening(text) == "Do it."
    assert section(text, "Attributes") == {"one": "first, and more.", "two": "second."}
    assert section(text, "Raises") == {"Bad": "it is."}
