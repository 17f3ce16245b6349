"""What a night prints: the commands that it names can be typed as they stand, with several municipalities too."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kaa_bridge.cli.summary import lines
from tests.sync.town import LEFT, Town, pupil


def test_notes_that_were_not_composed_are_told_with_the_municipality_of_the_resync(tmp_path: Path) -> None:
    town = Town(tmp_path)
    with town.state:
        (source,) = town.bridge.table.source
        hidden = source.model_copy(update={"label": "Skolan\u202e"})
        town.bridge.table = town.bridge.table.model_copy(update={"source": (hidden,)})
        plan = town.plan(date(2108, 2, 2), [pupil(1, LEFT)])
    assert plan.report.plan.uncomposed == 1
    told = " ".join("\n".join(lines(plan)).split())
    assert "1 note(s) were not composed" in told
    assert "then kaa-bridge resync --municipality 2303 --since DATE --apply" in told
