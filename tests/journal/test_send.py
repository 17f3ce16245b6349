"""What each answer of a journal means, and what stops sending."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kaa_bridge.contract.journal import CaseNote, JournalLevel, Receipt
from kaa_bridge.errors import (
    ConfigurationInvalid,
    ExitCode,
    NoteInDoubt,
    NoteNotSent,
    NoteRefused,
    RunLocked,
    SendingMisconfigured,
)
from kaa_bridge.journal.holdfile import hold_sending, release_sending
from kaa_bridge.journal.report import SendReport
from kaa_bridge.journal.send import send_planned
from kaa_bridge.journal.settings import SendSettings
from kaa_bridge.journal.states import NoteState
from kaa_bridge.store.engine import Store, StoreKind
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.meta import set_meta
from kaa_bridge.store.sql import run
from tests.journal.support import MemoryJournal, plan, states
from tests.store.support import KINDS, TestClock, store_settings

SETTINGS = SendSettings()


@contextmanager
def new_store(tmp_path: Path, kind: StoreKind = StoreKind.SQLITE) -> Iterator[Store]:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        yield store


def night(store: Store, journal: MemoryJournal, clock: TestClock, settings: SendSettings = SETTINGS) -> SendReport:
    with RunLock(store, clock=clock) as held:
        return send_planned(held, journal, settings, clock=clock)


def raises(error: BaseException) -> Callable[[CaseNote, MemoryJournal], Receipt]:
    def deed(_note: CaseNote, _journal: MemoryJournal) -> Receipt:
        raise error

    return deed


def answers(value: object) -> Callable[[CaseNote, MemoryJournal], Receipt]:
    def deed(_note: CaseNote, _journal: MemoryJournal) -> Receipt:
        return value  # type: ignore[return-value]

    return deed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("parallel", [1, 4])
def test_every_note_once_and_nothing_the_second_time(tmp_path: Path, kind: StoreKind, parallel: int) -> None:
    clock, journal, settings = TestClock(), MemoryJournal(), SendSettings(parallel=parallel)
    with new_store(tmp_path, kind) as store:
        references = plan(store, 10)
        report = night(store, journal, clock, settings)
        again = night(store, journal, clock, settings)
    assert sorted(reference for reference, _ in journal.stored) == sorted(references)
    assert report.sent == {NoteState.CONFIRMED: 10}
    assert report.exit_code is ExitCode.DONE
    assert not again.sent


ANSWERS = [
    (raises(NoteNotSent("connect_refused", "x")), NoteState.PLANNED, "connect_refused"),
    (raises(NoteRefused("unknown_person", "x")), NoteState.REFUSED, "unknown_person"),
    (raises(NoteRefused("some_other_code", "x")), NoteState.IN_DOUBT, "some_other_code"),
    (raises(NoteInDoubt("timed_out", "x")), NoteState.IN_DOUBT, "timed_out"),
    (raises(NoteInDoubt("person 20900101-2384", "x")), NoteState.IN_DOUBT, "raised_NoteInDoubt"),
    (raises(ValueError("Anna Svensson")), NoteState.IN_DOUBT, "raised_ValueError"),
    (raises(SystemExit(0)), NoteState.IN_DOUBT, "raised_SystemExit"),
    (raises(KeyboardInterrupt()), NoteState.IN_DOUBT, "raised_KeyboardInterrupt"),
    (answers(None), NoteState.IN_DOUBT, "no_receipt"),
    (answers("200 OK"), NoteState.IN_DOUBT, "no_receipt"),
    (answers(Receipt("", "KAA-X")), NoteState.IN_DOUBT, "no_receipt"),
    (answers(Receipt("J1", "KAA-OTHER")), NoteState.IN_DOUBT, "other_reference_echoed"),
]


@pytest.mark.parametrize(("deed", "state", "code"), ANSWERS, ids=[f"{s}-{c}" for _, s, c in ANSWERS])
def test_what_an_answer_means(
    tmp_path: Path, deed: Callable[[CaseNote, MemoryJournal], Receipt], state: NoteState, code: str
) -> None:
    journal = MemoryJournal()
    journal.deeds[0] = deed
    with new_store(tmp_path) as store:
        first, second = plan(store, 2)
        report = night(store, journal, TestClock())
        found = states(store)
        with store.read() as connection:
            assert run(connection, "SELECT code FROM note WHERE id = 1").scalar_one() == code
    assert (found[first], found[second]) == (state, NoteState.CONFIRMED)
    assert report.exit_code is (ExitCode.UNREACHABLE if state is NoteState.PLANNED else ExitCode.ATTENTION)


def test_a_note_not_sent_is_tried_again_in_the_next_run_only(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.deeds[0] = raises(NoteNotSent("connect_refused", "x"))
    with new_store(tmp_path) as store:
        plan(store, 1)
        assert night(store, journal, TestClock()).sent == {NoteState.PLANNED: 1}
        assert journal.calls == 1
        assert night(store, journal, TestClock()).sent == {NoteState.CONFIRMED: 1}


def test_the_intent_is_committed_before_the_journal_is_called(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with new_store(tmp_path) as store:
        seen: list[str] = []

        def deed(note: CaseNote, journal: MemoryJournal) -> Receipt:
            with store.read() as connection:
                seen.append(
                    run(connection, "SELECT state FROM note WHERE reference = ?", (note.reference,)).scalar_one()
                )
            return journal.store(note)

        journal.deeds = dict.fromkeys(range(3), deed)
        plan(store, 3)
        night(store, journal, TestClock())
    assert seen == ["INTENT"] * 3


def test_no_more_notes_are_undecided_than_are_sent_side_by_side(tmp_path: Path) -> None:
    journal, undecided = MemoryJournal(), []
    with new_store(tmp_path) as store:

        def deed(note: CaseNote, journal: MemoryJournal) -> Receipt:
            with store.read() as connection:
                count = run(connection, "SELECT count(*) FROM note WHERE state = 'INTENT'").scalar_one()
            undecided.append(count)
            return journal.store(note)

        journal.deeds = dict.fromkeys(range(30), deed)
        plan(store, 30)
        night(store, journal, TestClock(), SendSettings(parallel=4))
    assert len(undecided) == 30
    assert 1 < max(undecided) <= 4


def test_a_slow_note_keeps_no_place_but_its_own(tmp_path: Path) -> None:
    journal, slow_ones = MemoryJournal(), list[str]()
    with new_store(tmp_path) as store:

        def slow(note: CaseNote, journal: MemoryJournal) -> Receipt:
            slow_ones.append(note.reference)
            end = time.monotonic() + 10
            while len(journal.stored) < 19 and time.monotonic() < end:
                time.sleep(0.01)
            return journal.store(note)

        journal.deeds[0] = slow
        plan(store, 20)
        started = time.monotonic()
        report = night(store, journal, TestClock(), SendSettings(parallel=4))
        assert time.monotonic() - started < 9
    assert report.sent == {NoteState.CONFIRMED: 20}
    assert [journal.stored[-1][0]] == slow_ones


def test_notes_of_one_youth_are_never_sent_side_by_side_or_out_of_order(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with new_store(tmp_path) as store:
        references = plan(store, 3)
        with store.write() as connection:
            run(connection, "UPDATE note SET youth_id = 1")
        journal.deeds[1] = raises(NoteNotSent("connect_refused", "x"))
        report = night(store, journal, TestClock(), SendSettings(parallel=4))
    assert [reference for reference, _ in journal.stored] == references[:1]
    assert report.outbox == {NoteState.CONFIRMED: 1, NoteState.PLANNED: 2}


def test_a_youth_protected_after_planning_gets_nothing(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with new_store(tmp_path) as store:
        plan(store, 2)
        with store.write() as connection:
            run(connection, "UPDATE youth SET protection = 'unknown' WHERE id = 1")
        report = night(store, journal, TestClock())
    assert len(journal.stored) == 1
    assert report.superseded == 1


def test_the_deadline_passes_before_the_first_byte(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    with new_store(tmp_path) as store:
        plan(store, 1)
        ticks = iter(range(0, 100000, 6))
        clock.monotonic = lambda: float(next(ticks))  # type: ignore[method-assign]
        report = night(store, journal, clock)
    assert journal.calls == 0
    assert report.outbox == {NoteState.PLANNED: 1}


def test_the_kill_switch_stops_within_one_note(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with new_store(tmp_path) as store:
        plan(store, 5)

        def deed(note: CaseNote, journal: MemoryJournal) -> Receipt:
            hold_sending(store.settings, by="samordnaren", reason="fel mall")
            return journal.store(note)

        journal.deeds[1] = deed
        report = night(store, journal, TestClock())
        assert (report.stopped, report.exit_code) == ("hold", ExitCode.GUARD)
        assert len(journal.stored) == 2
        assert night(store, journal, TestClock()).stopped == "hold"
        assert release_sending(store.settings)
        assert night(store, journal, TestClock()).stopped is None
    assert len(journal.stored) == 5


def test_shutdown_sends_no_further_note(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with new_store(tmp_path) as store:
        plan(store, 5)
        with RunLock(store, clock=TestClock()) as held:
            report = send_planned(held, journal, SETTINGS, clock=TestClock(), stopping=lambda: len(journal.stored) >= 2)
    assert report.stopped == "shutdown"
    assert len(journal.stored) == 2


def test_five_failures_in_a_row_pause_sending_and_three_pauses_end_the_day(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    down = dict.fromkeys(range(1000), raises(NoteNotSent("connect_refused", "x")))
    with new_store(tmp_path) as store:
        plan(store, 20)
        journal.deeds = down
        assert (night(store, journal, clock).stopped, journal.calls) == ("breaker", 5)
        clock.advance(600)
        assert (night(store, journal, clock).stopped, journal.calls) == ("breaker", 5)
        clock.advance(1300)
        assert (night(store, journal, clock).stopped, journal.calls) == ("breaker", 10)
        clock.advance(1900)
        assert (night(store, journal, clock).stopped, journal.calls) == ("breaker", 15)
        clock.advance(1900)
        assert (night(store, journal, clock).stopped, journal.calls) == ("breaker_day", 15)
        clock.advance(86400)
        journal.deeds = {}
        assert night(store, journal, clock).stopped is None
    assert len(journal.stored) == 20


def test_a_pause_keeps_what_made_it(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.deeds = dict.fromkeys(
        range(1000), raises(SendingMisconfigured("tls_expired", "Expired.", remedy="Renew it."))
    )
    with new_store(tmp_path) as store:
        plan(store, 7)
        for seconds in (0, 600):
            clock.advance(seconds)
            report = night(store, journal, clock)
            assert (report.stopped, journal.calls, report.exit_code) == ("breaker", 5, ExitCode.CONFIGURATION)
            assert report.failure is not None
            assert (report.failure.code, report.failure.message) == ("tls_expired", "Expired.")
            assert (report.failure.remedy, report.failure.system) == ("Renew it.", "treserva")
        journal.deeds = {}
        clock.advance(1300)
        report = night(store, journal, clock)
        assert (report.failure, report.exit_code) == (None, ExitCode.DONE)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_worst_answer_is_told_and_the_last_of_several(tmp_path: Path, order: tuple[int, ...]) -> None:
    journal = MemoryJournal()
    answers = (
        NoteRefused("unknown_person", "x"),
        NoteNotSent("refused", "x"),
        SendingMisconfigured("tls_expired", "x"),
    )
    with new_store(tmp_path) as store:
        plan(store, 4)
        for number, which in enumerate(order):
            journal.deeds[number] = raises(answers[which])
        report = night(store, journal, TestClock(), SendSettings(parallel=1))
    assert report.failure is answers[2]
    assert report.exit_code is ExitCode.CONFIGURATION


def test_a_code_that_is_not_listed_is_not_repeated(tmp_path: Path) -> None:
    journal = MemoryJournal()
    journal.deeds[0] = raises(NoteRefused("Alva Ek", "Alva Ek 209001012384", remedy="Alva Ek"))
    with new_store(tmp_path) as store:
        plan(store, 1)
        report = night(store, journal, TestClock())
    assert report.failure is not None
    told = (report.failure.code, report.failure.message, report.failure.remedy)
    assert told[0] == "contract_broken"
    assert "Alva" not in " ".join(told)


def test_a_look_up_that_fails_is_told(tmp_path: Path) -> None:
    clock, journal = TestClock(), MemoryJournal()
    journal.deeds[0] = raises(NoteInDoubt("silent", "x"))
    journal.lookup_fails = True
    with new_store(tmp_path) as store:
        plan(store, 1)
        assert night(store, journal, clock).exit_code is ExitCode.ATTENTION
        clock.advance(100_000)
        report = night(store, journal, clock)
    assert report.failure is not None
    assert (report.failure.code, report.failure.system, report.exit_code) == ("journal_down", "treserva", 4)


def test_a_hung_journal_is_left_behind_and_its_note_is_in_doubt(tmp_path: Path) -> None:
    journal = MemoryJournal(lateness=0.05)

    def deed(note: CaseNote, journal: MemoryJournal) -> Receipt:
        time.sleep(1.5)
        return journal.store(note)

    journal.deeds[0] = deed
    settings = SendSettings(deadline_seconds=0.05, request_seconds=0.05, settle_seconds=30)
    with new_store(tmp_path) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaa_bridge.journal.send._GRACE_SECONDS", 0.1)
        first, second = plan(store, 2)
        started = time.monotonic()
        report = night(store, journal, TestClock(), settings)
        assert time.monotonic() - started < 1.2
        assert report.stopped == "hung"
        assert states(store) == {first: NoteState.IN_DOUBT, second: NoteState.PLANNED}


def test_a_settle_time_that_a_late_note_can_outlive_is_refused(tmp_path: Path) -> None:
    journal = MemoryJournal(lateness=900)
    with new_store(tmp_path) as store:
        plan(store, 1)
        with pytest.raises(ConfigurationInvalid, match="settle_too_short"):
            night(store, journal, TestClock())
    assert journal.calls == 0


def test_a_run_that_was_overtaken_writes_no_intent(tmp_path: Path) -> None:
    journal = MemoryJournal()
    with new_store(tmp_path) as store:
        plan(store, 3)

        def deed(note: CaseNote, journal: MemoryJournal) -> Receipt:
            with store.write() as connection:
                set_meta(connection, "fence", "99")
            return journal.store(note)

        journal.deeds[0] = deed
        with pytest.raises(RunLocked):
            night(store, journal, TestClock())
        assert len(journal.stored) == 1
        assert sorted(states(store).values()) == ["INTENT", "PLANNED", "PLANNED"]


def test_a_row_that_is_no_note_is_quarantined_before_its_intent(tmp_path: Path) -> None:
    journal = MemoryJournal(JournalLevel.NOTHING)
    with new_store(tmp_path) as store:
        plan(store, 3)
        with store.write() as connection:
            run(connection, "UPDATE note SET kind = 'poem' WHERE id = 1")
            run(connection, "UPDATE note SET person_number = '' WHERE id = 2")
        report = night(store, journal, TestClock())
    assert report.outbox == {NoteState.QUARANTINED: 2, NoteState.CONFIRMED: 1}
