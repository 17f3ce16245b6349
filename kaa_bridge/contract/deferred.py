"""A factory that imports what it makes when it is first called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def deferred(module: str, name: str) -> Callable[[Any], Any]:
    """Return a factory for the class ``name`` of ``module``, which is imported at the first call and not before.

    Every installed plugin is loaded on every start; with this, one that the configuration does not use costs nothing.

    Args:
        module: dotted name of the module that holds the class.
        name: the class, as the module names it.
    """

    def make(context: Any) -> Any:
        return getattr(import_module(module), name)(context)

    make.__module__ = module
    make.__qualname__ = make.__name__ = name
    return make
