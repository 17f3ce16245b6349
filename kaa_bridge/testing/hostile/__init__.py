"""A hostile source and a hostile journal: every way to misbehave that we could think of, each by a name of its own.

They are real plugins behind real entry points (``hostile_entry_point``), never among the bundled ones. A setting names
the way: ``[municipality.source.connection] way = "raises_system_exit"``. The sentence that says what a way does is its
docstring; docs/explanation/hostile-plugins.md lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kaa_bridge.testing.hostile.in_process import PROCESS_WAYS
from kaa_bridge.testing.hostile.journal_ways import JOURNAL_ONLY
from kaa_bridge.testing.hostile.raising import RAISING
from kaa_bridge.testing.hostile.source_ways import SOURCE_ONLY

Way = Callable[..., object]
SOURCE_WAYS: Mapping[str, Way] = {**RAISING, **PROCESS_WAYS, **SOURCE_ONLY}
"""Everything the hostile source can do, by the name that its setting ``way`` takes."""
JOURNAL_WAYS: Mapping[str, Way] = {**RAISING, **PROCESS_WAYS, **JOURNAL_ONLY}
"""Everything the hostile journal can do."""


def hostile_entry_point(folder: Path) -> None:
    """Make the hostile plugins findable for every Python process that has the folder on its path."""
    info = folder / "kaa_hostile-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kaa-hostile\nVersion: 1.0\n", encoding="utf-8")
    entry = "[kaa_bridge]\nhostile = kaa_bridge.testing.hostile.plugin\n"
    (info / "entry_points.txt").write_text(entry, encoding="utf-8")
