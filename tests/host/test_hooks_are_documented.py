"""Every hook has a docstring, a place in the reference, and a bundled plugin that uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.contract import hookspecs

ROOT = Path(__file__).parents[2]
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("kaa_"))


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hook_is_in_the_reference(hook: str) -> None:
    assert getattr(hookspecs, hook).__doc__
    assert f"`{hook}" in (ROOT / "docs" / "reference" / "hooks.md").read_text("utf-8")


@pytest.mark.parametrize("hook", HOOKS)
def test_a_bundled_plugin_uses_the_hook(hook: str) -> None:
    found = [path for folder in ("adapters", "plugins") for path in ROOT.glob(f"{folder}/*/__init__.py")]
    packages = [path.read_text("utf-8") for path in found]
    assert any(f"@hookimpl\ndef {hook}(" in text for text in packages)
