"""A whole night against systems built quite otherwise writes the same notes: only mapping files and log-in differ."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kaa_bridge.testing.simulators.credentials import API_KEY
from kaa_bridge.testing.simulators.oedb import OedbSimulator
from kaa_bridge.testing.simulators.qore import QoreSimulator
from kaa_bridge.testing.world import AS_OF, World

_REFERENCE = re.compile(r"KAA-[0-9A-Za-z_-]+")
Note = tuple[str, str, str, str]


def bridge(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of kaa-bridge as a process."""
    command = [sys.executable, "-m", "kaa_bridge", "--config", str(world.configuration), *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)


def night(world: World) -> set[Note]:
    """Run the first night and return what stands in the journal, references left out."""
    made = bridge(world, "state", "create", "--municipality", world.population.municipality)
    assert made.returncode == 0, made.stderr[-2000:]
    done = bridge(world, "run", "--as-of", str(AS_OF))
    assert done.returncode == 6, done.stderr[-2000:]
    return {
        (note.person_number, note.kind, note.heading, _REFERENCE.sub("", note.text)) for note in world.treserva.notes()
    }


@pytest.mark.slow
def test_the_other_shapes_give_the_same_notes(tmp_path: Path) -> None:
    with World(tmp_path / "first") as world:
        expected = night(world)
        people = world.population
    with (
        World(tmp_path / "second", population=people) as world,
        QoreSimulator(people, other_shape=True) as qore,
        OedbSimulator(people, other_shape=True) as oedb,
    ):
        secret = world.folder / "api-key"
        secret.touch(mode=0o600)
        secret.write_text(API_KEY, encoding="utf-8")
        text = world.configuration.read_text(encoding="utf-8")
        account = re.search(r"username = .*\npassword = .*\n", text[text.index(world.oedb.base_url) :])
        assert account
        head, _, tail = text.partition(world.oedb.base_url)
        text = head + oedb.base_url + tail.replace(account[0], 'api_key = { file = "api-key" }\n', 1)
        text = text.replace(world.qore.endpoint, qore.endpoint)
        text = text.replace('mapping = "qore"', 'mapping = "qore_other"').replace(
            'mapping = "oedb"', 'mapping = "oedb_other"'
        )
        world.configuration.write_text(text, encoding="utf-8")
        found = night(world)
        assert qore.requests
        assert oedb.requests
        assert not world.qore.requests
        assert not world.oedb.requests
    assert len(expected) > 10
    assert found == expected
