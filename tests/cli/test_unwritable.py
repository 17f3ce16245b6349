"""A place that cannot be written is wrong usage and named as such; it is never a fault of the program's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kaa_bridge.cli import root
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, cli, night, world

__all__ = ["cli", "night", "world"]

NOWHERE = Path("/proc")
"""A folder in which nobody, root included, can make anything."""
FREEZE = ("reconcile", "--freeze", "2025", "--as-of", str(AS_OF))
SCB = ("report", "scb", "--period", "2025H2", "--as-of", str(AS_OF))
WRITERS: dict[str, tuple[str, ...]] = {
    "demo --folder": ("demo", "--folder", "{0}"),
    "init --folder": ("init", "--municipality", "2303", "--folder", "{0}"),
    "mapping reference --write": ("mapping", "reference", "--write", "{0}/x.md"),
    "plugins new --folder": ("plugins", "new", "source", "foo", "--folder", "{0}"),
    "reconcile --output": (*FREEZE, "--output", "{0}/x.json"),
    "reconcile --restricted": (*FREEZE, "--restricted", "{0}/x.json"),
    "report audit --output": ("report", "audit", "--as-of", str(AS_OF), "--output", "{0}/x.json"),
    "report board --output": ("report", "board", "--as-of", str(AS_OF), "--output", "{0}/x.json"),
    "report scb --output": (*SCB, "--output", "{0}/x.csv"),
    "report scb --restricted": (*SCB, "--preview", "--restricted", "{0}/x.json"),
    "service install --folder": ("service", "install", "--systemd", "--folder", "{0}"),
    "state backup TARGET": ("state", "backup", "{0}/x"),
    "state export TARGET": ("state", "export", "{0}/x"),
    "status --prometheus": ("status", "--prometheus", "{0}/x"),
    "table --output": ("table", "norrkoping_social_services", "--output", "{0}/x.csv"),
    "worklist --output": ("worklist", "--as-of", str(AS_OF), "--output", "{0}/x.json"),
}
READ = {"mapping check --sample", "state restore BACKUP"}


def named(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every parameter of every command that names a file or folder which need not be there."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from named(below, (*words, name))
    for one in command.params:
        if isinstance(one.type, click.Path) and not one.type.exists:
            yield " ".join((*words, one.opts[0] if isinstance(one, click.Option) else one.human_readable_name))


def test_every_command_that_writes_is_tried() -> None:
    assert set(named(root)) - READ == set(WRITERS)


@pytest.mark.skipif(not (NOWHERE / "self").exists(), reason="needs a folder in which nothing can be made")
@pytest.mark.parametrize("writer", WRITERS.values(), ids=list(WRITERS))
def test_a_folder_in_which_nothing_can_be_made_is_wrong_usage(night: Cli, cli: Cli, writer: tuple[str, ...]) -> None:
    refused = cli(*(word.format(NOWHERE / "nowhere" if word == "{0}" else NOWHERE) for word in writer))
    assert refused.code == 2, refused.err
    assert " Next: " in refused.err.replace("\n", " ")
    assert "internal_error" not in refused.err


@pytest.mark.parametrize("command", ["demo", "init --municipality 2303", "plugins new source foo"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, cli: Cli, command: str) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    refused = cli(*command.split(), "--folder", str(tmp_path / "file"))
    assert refused.code == 2
    assert str(tmp_path / "file") in refused.err.replace("\n", "")


def test_a_demo_that_is_there_is_left_and_another_folder_asked_for(tmp_path: Path, world: World) -> None:
    before = world.configuration.read_bytes()
    done = CliRunner().invoke(root, ["demo", "--folder", str(world.folder.parent)], standalone_mode=False)
    assert "demo_exists" in str(done.exception)
    assert world.configuration.read_bytes() == before


def test_sending_cannot_be_stopped_where_there_is_no_state(cli: Cli) -> None:
    refused = cli("outbox", "stop", "--reason", "fel i mallen")
    assert refused.code == 1
    assert refused.err.startswith("Error (state_missing): ")
