"""A night's process is watched and ended with everything it has left running, whatever the system lets us look at."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from kaa_bridge import apart
from kaa_bridge.sync.stop import StopRequest

LEAVES_ONE = "import subprocess; subprocess.Popen(['sleep', '30'])"


@pytest.mark.skipif(os.name != "posix", reason="process groups are those of POSIX")
@pytest.mark.parametrize("looks", [True, False], ids=["waitid", "without-waitid"])
def test_what_a_night_has_left_running_ends_with_it(monkeypatch: pytest.MonkeyPatch, looks: bool) -> None:
    if not looks:
        monkeypatch.delattr(os, "waitid", raising=False)
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", LEAVES_ONE], stdout=subprocess.PIPE, start_new_session=True)
    assert apart._watch(process, 20, StopRequest(), apart.nothing)
    apart._end(process)
    assert process.returncode == 0
    assert process.stdout is not None
    assert process.stdout.read() == b"", "ends when nobody holds the other side any more"
    assert time.monotonic() - began < 20


@pytest.mark.skipif(os.name != "posix", reason="process groups are those of POSIX")
@pytest.mark.parametrize("looks", [True, False], ids=["waitid", "without-waitid"])
def test_a_night_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, looks: bool) -> None:
    if not looks:
        monkeypatch.delattr(os, "waitid", raising=False)
    process = subprocess.Popen(["sleep", "30"], start_new_session=True)
    assert not apart._watch(process, 0.2, StopRequest(), apart.nothing)
    apart._end(process)
    assert process.returncode is not None
    assert process.returncode < 0
