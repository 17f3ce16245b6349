"""Writes a new plugin as a package of its own: it works as it stands, and its conformance tests pass.

The templates lie beside this file with the ending ``.txt``; ``@@NAME@@`` and ``@@CLASS@@`` are the plugin's name.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from kaa_bridge.errors import InputRefused

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PACKAGE = {"source": "kaa_adapter_{}", "journal": "kaa_plugin_{}"}
_OUTSIDE = {"pyproject.toml": "", "README.md": "", "simulator.py": "tests", "test_conformance.py": "tests"}
"""Files that do not belong in the package, and the folder that each goes to."""


def write_scaffold(kind: str, name: str, folder: Path) -> Path:
    """Write a plugin below ``folder`` and return its own folder.

    Args:
        kind: ``source`` or ``journal``.
        name: the plugin's name, as the configuration will write it: small letters, digits, underscores.
        folder: where the new folder goes; made when it is missing.

    Raises:
        InputRefused: the name does not fit, or the plugin's folder is there already: nothing is overwritten.
    """
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise InputRefused(
            "name_invalid",
            "A plugin's name is small letters, digits and underscores, a letter first. Nothing was written.",
            remedy=f"kaa-bridge plugins new {kind} my_system",
        )
    package = _PACKAGE[kind].format(name)
    made = folder / package.replace("_", "-")
    if made.exists():
        raise InputRefused(
            "folder_exists",
            f"The folder {made.name} is there already; nothing was written.",
            remedy="Choose another name, or another place with --folder.",
        )
    for template in sorted((files(__package__) / kind).iterdir(), key=lambda entry: entry.name):
        target = template.name.removesuffix(".txt")
        path = made / _OUTSIDE.get(target, package) / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template.read_text(encoding="utf-8"), name), encoding="utf-8")
    (made / package / "py.typed").touch()
    return made


def _filled(template: str, name: str) -> str:
    words = "".join(part.capitalize() for part in name.split("_"))
    return template.replace("@@NAME@@", name).replace("@@CLASS@@", words)
