"""Plugins are loaded one at a time: what fails is listed, and the rest works."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.host import load_plugins

GOOD = """
from kaa_bridge.contract import hookimpl
def make(context): return context
@hookimpl
def kaa_sources(): return {"good": make}
"""
MISSPELT = """
from kaa_bridge.contract import hookimpl
@hookimpl
def kaa_sourcez(): return {}
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, text: str) -> EntryPoint:
        module = f"kaa_test_{name}"
        (tmp_path / f"{module}.py").write_text(text, encoding="utf-8")
        sys.modules.pop(module, None)
        return EntryPoint(name=name, value=module, group="kaa_bridge")

    return write


def test_a_good_plugin_adds_its_source(plugin) -> None:  # type: ignore[no-untyped-def]
    host = load_plugins(found=[plugin("good", GOOD)])
    assert host.plugins[0].adds == {"kaa_sources": ("good",)}
    assert callable(host.source_factory("good"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise RuntimeError('secret 20080101-2382')", "plugin_raised"),
        ("import no_such_module_at_all", "plugin_raised"),
        ("raise SystemExit(1)", "plugin_raised"),
        (MISSPELT, "hook_unknown"),
        ("from kaa_bridge.contract import hookimpl\n@hookimpl\ndef kaa_sources(): raise ValueError\n", "plugin_raised"),
        ("from kaa_bridge.contract import hookimpl\n@hookimpl\ndef kaa_sources(): return 5\n", "plugin_raised"),
    ],
)
def test_a_broken_plugin_takes_nothing_else_down(plugin, text: str, code: str) -> None:  # type: ignore[no-untyped-def]
    host = load_plugins(found=[plugin("abroken", text), plugin("good", GOOD)])
    broken, good = host.plugins
    assert code in broken.error
    assert "2008" not in broken.error
    assert not good.error
    assert callable(host.source_factory("good"))


def test_a_name_can_only_be_added_once(plugin) -> None:  # type: ignore[no-untyped-def]
    host = load_plugins(found=[plugin("one", GOOD), plugin("two", GOOD)])
    assert "plugin_name_taken" in host.plugins[1].error


def test_what_is_not_allowed_is_not_imported(plugin) -> None:  # type: ignore[no-untyped-def]
    host = load_plugins(allow=[], found=[plugin("good", "raise SystemExit('imported')")])
    assert not host.plugins[0].allowed
    assert not host.plugins[0].error


def test_a_missing_adapter_names_what_there_is(plugin) -> None:  # type: ignore[no-untyped-def]
    host = load_plugins(found=[plugin("good", GOOD)])
    with pytest.raises(ConfigurationInvalid) as caught:
        host.source_factory("qore")
    assert "good" in caught.value.message
    assert "plugins list" in caught.value.remedy
