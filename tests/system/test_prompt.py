"""A number typed at a prompt, on a terminal: the prompt stays readable, and the number is not shown."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from time import monotonic

import pytest

from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
PROMPT = b"Person number:"


class Terminal:
    """A command whose three streams are one terminal.

    Attributes:
        shown: everything that came to the terminal.
    """

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process, self._end = process, end
        self.shown = b""

    def read(self, seconds: float, until: bytes | None = None) -> None:
        """Read for so long, or until the text has come or the command has let go of the terminal."""
        last = monotonic() + seconds
        while (left := last - monotonic()) > 0 and (until is None or until not in self.shown):
            if not select([self._end], [], [], left)[0]:
                continue
            try:
                part = os.read(self._end, 4096)
            except OSError:
                return
            if not part:
                return
            self.shown += part

    def type(self, text: str) -> None:
        os.write(self._end, text.encode("ascii") + b"\n")


@contextmanager
def on_a_terminal(world: World, *arguments: str) -> Iterator[Terminal]:
    import pty

    end, other = pty.openpty()
    command = [sys.executable, "-m", "kaa_bridge", "--config", str(world.configuration), *arguments]
    environment = {**os.environ, "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=environment) as process:
        os.close(other)
        try:
            yield Terminal(process, end)
        finally:
            process.kill()
            os.close(end)


@pytest.mark.parametrize("command", [("resync", "--person", "-"), ("explain", "-")], ids=lambda words: words[0])
def test_the_prompt_is_left_alone_until_it_is_answered(world: World, night: Cli, command: tuple[str, ...]) -> None:
    night()
    person = next(one for one in world.population.known_to("ist") if one.placements and one.protection.value == "none")
    with on_a_terminal(world, *command, "--as-of", str(AS_OF)) as terminal:
        terminal.read(60, until=PROMPT)
        terminal.read(1)
        assert terminal.shown.strip() == PROMPT
        terminal.type(person.number)
        terminal.read(60)
        assert terminal.process.wait(60) in (0, 6)
    assert b"U-" in terminal.shown
    assert person.number.encode() not in terminal.shown
