"""What goes to a file or a pipe is UTF-8, also where the system's own encoding is another, as on Windows."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kaa_bridge.mapping.load import bundled_text as mapping_text
from kaa_bridge.routine import bundled_text as routine_text


def redirected(*arguments: str) -> bytes:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "kaa_bridge", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, env=environment, timeout=60)
    return done.stdout.replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("shown", "file"),
    [
        (("mapping", "show", "oedb"), mapping_text("oedb")),
        (("routine", "show", "norrkoping"), routine_text("norrkoping")),
    ],
    ids=["mapping", "routine"],
)
def test_a_bundled_file_that_is_shown_can_be_used_as_it_comes(shown: tuple[str, ...], file: bytes) -> None:
    assert not file.isascii()
    assert redirected(*shown) == file
