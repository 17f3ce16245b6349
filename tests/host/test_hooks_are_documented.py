"""Every hook is documented, and used by a plugin that is bundled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaa_bridge.contract import hookspecs

ROOT = Path(__file__).parents[2]
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("kaa_"))
PAGE = (ROOT / "docs" / "reference" / "hooks.md").read_text("utf-8")


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hook_is_in_the_reference(hook: str) -> None:
    assert f"| `{hook}` | " in PAGE
    assert re.search(rf"^## .*`{hook}`", PAGE, re.MULTILINE)
    assert getattr(hookspecs, hook).__doc__


@pytest.mark.parametrize("hook", HOOKS)
def test_a_bundled_plugin_uses_the_hook(hook: str) -> None:
    found = [path for folder in ("adapters", "plugins") for path in ROOT.glob(f"{folder}/*/__init__.py")]
    packages = [path.read_text("utf-8") for path in found]
    assert any(f"@hookimpl\ndef {hook}(" in text for text in packages)


def test_the_page_names_no_hook_that_is_not_there() -> None:
    assert set(re.findall(r"`(kaa_[a-z]+)`", PAGE)) - {"kaa_bridge"} == set(HOOKS)
