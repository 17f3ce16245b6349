"""A work list whose facts are old says so."""

from __future__ import annotations

from datetime import timedelta

from kaa_bridge.testing.world import AS_OF
from tests.system.conftest import Cli


def test_a_list_from_before_last_night_says_when_the_sources_spoke(night: Cli, cli: Cli) -> None:
    none_yet = cli("worklist", "--as-of", str(AS_OF))
    assert "no night was run" in none_yet.err
    night()
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        assert cli("worklist", "--as-of", str(day)).err == ""
    late = cli("worklist", "--as-of", str(AS_OF + timedelta(days=2)), "--json")
    assert late.code == 0
    assert f"on {AS_OF}, the last night" in late.err
    assert "kaa-bridge run --municipality" in late.err
