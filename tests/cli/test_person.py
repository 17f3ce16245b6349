"""How a youth is named on the command line, and that the next step which a refusal names is one that can be typed."""

from __future__ import annotations

import pytest

from kaa_bridge.testing.world import World
from tests.system.conftest import Cli, Result, cli, night, world

__all__ = ["cli", "night", "world"]

COMMANDS = [(("explain",), "kaa-bridge explain -"), (("resync", "--person"), "kaa-bridge resync --person -")]


def said(refused: Result) -> str:
    assert refused.code == 2
    return " ".join(refused.err.split())


@pytest.mark.parametrize(("command", "by_number"), COMMANDS)
def test_a_number_is_refused_with_the_command_that_asks_for_one(
    world: World, cli: Cli, command: tuple[str, ...], by_number: str
) -> None:
    number = world.population.people[0].number
    message = said(cli(*command, number))
    assert f"{by_number} (" in message
    assert number not in message


@pytest.mark.parametrize("handle", ["U-FINNSINTE", ""])
@pytest.mark.parametrize(("command", "by_number"), COMMANDS)
def test_an_unknown_handle_is_refused_and_takes_nobody_else(
    night: Cli, cli: Cli, command: tuple[str, ...], by_number: str, handle: str
) -> None:
    message = said(cli(*command, handle))
    assert message.startswith("Error (handle_unknown): ")
    assert f"; {by_number} asks for a number" in message


def test_two_ways_at_once_are_refused(cli: Cli) -> None:
    for second in (("--person-file", "nummer.txt"), ("--source", "qore")):
        assert "exactly one of" in said(cli("resync", "--person", "-", *second))
