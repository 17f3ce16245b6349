"""A summer in the simulated world: the night before the freeze, nights in it, and the first day after."""

from __future__ import annotations

from tests.system.conftest import cli, night

__all__ = ["cli", "night"]
