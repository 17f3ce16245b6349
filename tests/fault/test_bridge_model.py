"""The whole bridge against a set: systems change, nights fail, crash and are forgotten, and each note is there once."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.fault.town import ANSWERS, SOURCES, Town


class BridgeMachine(RuleBasedStateMachine):
    """Random lives of one municipality."""

    def __init__(self) -> None:
        super().__init__()
        self.town = Town()

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.town.days_pass(days)

    @rule(
        wrong=st.lists(st.sampled_from(ANSWERS), max_size=4),
        down=st.sampled_from(["", "", "", *SOURCES]),
        crash_at=st.one_of(st.just(0), st.integers(1, 400)),
    )
    def night(self, wrong: list[object], down: str, crash_at: int) -> None:
        self.town.night(wrong, down=down, crash_at=crash_at)  # type: ignore[arg-type]

    @rule(source=st.sampled_from(SOURCES), crash_at=st.one_of(st.just(0), st.integers(1, 200)))
    def a_source_is_read_again(self, source: str, crash_at: int) -> None:
        self.town.night(resync=source, crash_at=crash_at)

    @rule()
    def a_backup_is_made(self) -> None:
        self.town.back_up()

    @precondition(lambda self: self.town.backups)
    @rule(number=st.integers(0, 20))
    def a_backup_is_restored(self, number: int) -> None:
        self.town.restore(number)

    @rule()
    def a_person_resolves(self) -> None:
        self.town.person_resolves()

    @invariant()
    def nothing_is_doubled(self) -> None:
        self.town.check()

    def teardown(self) -> None:
        try:
            self.town.check_end()
        finally:
            self.town.close()


TestBridgeModel = pytest.mark.slow(BridgeMachine.TestCase)
BridgeMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("KAA_BRIDGE_EXAMPLES", "4")),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
