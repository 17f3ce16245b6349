"""The outbox against a set: whatever is planned, answered, crashed, restored or resolved, each note is there once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kaa_bridge.contract.journal import JournalLevel
from kaa_bridge.store.engine import StoreKind, StoreSettings
from kaa_bridge.store.key import make_key_file
from tests.fault.miniature import ANSWERS, SETTLED, Miniature

_FAST = "/dev/shm" if os.path.isdir("/dev/shm") else None


def miniature(level: JournalLevel) -> Miniature:
    """A new municipality in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="kaa-model-", dir=_FAST))
    make_key_file(folder / "key")
    given = StoreSettings(
        municipality="0000", directory=folder / "0000", key=f"file:{folder / 'key'}", kind=StoreKind.SQLITE
    )
    return Miniature(given, level)


class OutboxMachine(RuleBasedStateMachine):
    """Random lives of one municipality."""

    def __init__(self) -> None:
        super().__init__()
        self.one: Miniature | None = None

    @property
    def town(self) -> Miniature:
        assert self.one
        return self.one

    @initialize(level=st.sampled_from(list(JournalLevel)))
    def begin(self, level: JournalLevel) -> None:
        self.one = miniature(level)
        self.one.comes(2)

    @rule(count=st.integers(1, 3))
    def youths_come(self, count: int) -> None:
        self.town.comes(count)

    @rule(data=st.data())
    def another_note_falls_due(self, data: st.DataObject) -> None:
        self.town.falls_due(data.draw(st.sampled_from(sorted(self.town.youths))))

    @rule(data=st.data())
    def a_youth_becomes_protected(self, data: st.DataObject) -> None:
        self.town.protect(data.draw(st.sampled_from(sorted(self.town.youths))))

    @rule(data=st.data())
    def a_protection_ends(self, data: st.DataObject) -> None:
        self.town.unprotect(data.draw(st.sampled_from(sorted(self.town.youths))))

    @rule(
        answers=st.lists(st.sampled_from([*ANSWERS, "down"]), max_size=6),
        crash_at=st.one_of(st.just(0), st.integers(1, 80)),
        parallel=st.sampled_from([1, 4]),
    )
    def night(self, answers: list[str], crash_at: int, parallel: int) -> None:
        self.town.night(answers, crash_at=crash_at, parallel=parallel)

    @rule(seconds=st.sampled_from([1.0, 30.0, 899.0, SETTLED, 86400.0]))
    def time_passes(self, seconds: float) -> None:
        self.town.clock.advance(seconds)

    @rule(seconds=st.sampled_from([-86400.0, -3600.0, 3600.0, 86400.0 * 3650]))
    def the_wall_clock_is_set(self, seconds: float) -> None:
        elapsed = self.town.clock.elapsed
        self.town.clock.advance(seconds)
        self.town.clock.elapsed = elapsed

    @rule()
    def a_backup_is_made(self) -> None:
        self.town.back_up()

    @precondition(lambda self: self.one is not None and self.one.backups)
    @rule(number=st.integers(0, 20))
    def a_backup_is_restored(self, number: int) -> None:
        self.town.restore(number)

    @rule(retries=st.booleans())
    def a_person_resolves(self, retries: bool) -> None:
        self.town.person_resolves(retries=retries)

    @rule()
    def a_person_reconciles(self) -> None:
        self.town.person_reconciles()

    @invariant()
    def nothing_is_doubled(self) -> None:
        if self.one is not None:
            self.one.check()

    def teardown(self) -> None:
        if self.one is not None:
            try:
                self.one.settle_everything()
                self.one.check_end()
            finally:
                self.one.close()


TestOutboxModel = OutboxMachine.TestCase
TestOutboxModel.settings = settings(
    max_examples=int(os.environ.get("KAA_MODEL_EXAMPLES", "15")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
