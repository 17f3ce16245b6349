"""The libraries of the extra ``reports``: imported when a report asks; without them the error names the command."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from kaa_bridge.errors import ConfigurationInvalid


def need(module: str, what: str) -> Any:
    """Return a module of the extra ``reports``.

    Args:
        module: the name by which it is imported.
        what: what cannot be made without it, as the end of a sentence.

    Raises:
        ConfigurationInvalid: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise ConfigurationInvalid(
            "reports_extra_missing",
            f"{what} is made with the Python package {module}, which is not installed; nothing was written.",
            remedy="pip install 'kaa-bridge[reports]'",
        ) from None
