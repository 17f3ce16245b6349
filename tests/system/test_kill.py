"""Killed between any two notes and run again: each note stands in the journal once, and none is missing.

The simple cases; every boundary of the send protocol is killed by ``tests.fault.kill``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import build
from kaa_bridge.testing.world import AS_OF, World


def start(world: World) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kaa_bridge", "--config", str(world.configuration), "-q", "run"]
    return subprocess.Popen(
        [*command, "--as-of", AS_OF.isoformat()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
@pytest.mark.parametrize("after", [0, 1, 2, 5, 11, 17, 24])
def test_killed_after_some_notes_and_run_again_delivers_each_once(tmp_path: Path, after: int) -> None:
    with World(tmp_path / "world", build(3, as_of=AS_OF), settle_seconds=900) as world:
        settings = load_settings(world.configuration)
        Store.create(store_settings(settings, "2303")).close()
        first = start(world)
        while first.poll() is None and len(world.treserva.notes()) < after:
            time.sleep(0.002)
        first.send_signal(signal.SIGKILL)
        first.wait(30)
        delivered = len(world.treserva.notes())
        assert start(world).wait(120) in (4, 6)
        references = [note.reference for note in world.treserva.notes()]
        with Store.open(store_settings(settings, "2303")) as store, store.read() as connection:
            found = rows(connection, "SELECT reference, state FROM note")
    states = {str(reference): str(state) for reference, state in found}
    assert len(references) == len(set(references)), "a note stands twice"
    missing = [reference for reference in states if reference not in references]
    waiting = {states[reference] for reference in missing}
    assert waiting <= {"IN_DOUBT"}, f"lost: {waiting}"
    assert len(missing) <= 1, "at most the one note that was under way is undecided"
    assert set(references) <= set(states)
    assert len(references) >= delivered
