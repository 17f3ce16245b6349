# ruff: noqa: SIM117 - what is tested happens as the block ends
"""Never two runs of one municipality, whichever lock is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import psycopg
import pytest

from kaa_bridge.errors import KaaError, RunLocked, StateUnusable
from kaa_bridge.store.clock import SystemClock
from kaa_bridge.store.engine import Store, StoreKind, StoreSettings
from kaa_bridge.store.epoch import close_epoch, read_epoch
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.sql import run
from tests.store.support import KINDS, POSTGRESQL, TestClock, add_run, store_settings

CLOCK = SystemClock()


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_run_is_refused_and_the_first_goes_on(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store, Store.open(settings) as other:
        with RunLock(store, clock=CLOCK) as held:
            with pytest.raises(RunLocked, match="run_locked"), RunLock(other, clock=CLOCK):
                pass
            with held.begin() as connection:
                run(connection, "INSERT INTO run (kind, local_date, started_at) VALUES ('night', 'd', 't')")
        with RunLock(other, clock=CLOCK) as held:
            assert held.fence == 2


@pytest.mark.parametrize("kind", KINDS)
def test_reading_goes_on_while_a_run_writes(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store:
        with RunLock(store, clock=CLOCK) as held, held.begin() as connection:
            run(connection, "INSERT INTO run (kind, local_date, started_at) VALUES ('night', 'd', 't')")
            with Store.open(settings) as other, other.read() as seen:
                assert run(seen, "SELECT count(*) FROM run").scalar_one() == 0


@pytest.mark.parametrize("kind", [StoreKind.SQLCIPHER, StoreKind.SQLITE])
def test_a_deleted_lock_file_lets_a_second_run_in_but_the_first_writes_no_more(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings, Store.create(settings) as store, Store.open(settings) as other:
        with RunLock(store, clock=CLOCK) as first:
            (settings.directory / "run.lock").unlink()
            with RunLock(other, clock=CLOCK) as second:
                with second.begin() as connection:
                    run(connection, "INSERT INTO run (kind, local_date, started_at) VALUES ('night', 'd', 't')")
                with pytest.raises(RunLocked), first.begin():
                    pass


@pytest.mark.postgresql
def test_two_machines_are_kept_apart_by_the_advisory_lock(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.POSTGRESQL) as settings, Store.create(settings) as store:
        elsewhere = StoreSettings(
            municipality=settings.municipality,
            directory=tmp_path / "machine-2",
            key=settings.key,
            kind=settings.kind,
            url=settings.url,
        )
        elsewhere.directory.mkdir(mode=0o700)
        with RunLock(store, clock=CLOCK), Store.open(elsewhere) as other:
            with pytest.raises(RunLocked), RunLock(other, clock=CLOCK):
                pass


@pytest.mark.postgresql
def test_a_run_whose_session_was_ended_writes_no_more(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.POSTGRESQL) as settings, Store.create(settings) as store:
        with RunLock(store, clock=CLOCK) as held:
            with held.begin() as connection:
                pid = run(connection, "SELECT pg_backend_pid()").scalar_one()
            with psycopg.connect(POSTGRESQL, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
            with pytest.raises(StateUnusable, match="state_unreachable") as caught, held.begin():
                pass
            assert "terminat" not in str(caught.value)
        with RunLock(store, clock=CLOCK) as held, held.begin():
            pass


def _race(settings: StoreSettings, start: Pipe, answer: Pipe) -> None:
    start.recv()
    outcome: object = None
    try:
        with Store.open(settings) as store, RunLock(store, clock=CLOCK) as held:
            answer.send(held.fence)
            start.recv()
            os._exit(0)
    except RunLocked:
        pass
    except KaaError as error:
        outcome = error.code
    finally:
        answer.send(outcome)
        start.recv()
        os._exit(0)


def _start(settings: StoreSettings) -> tuple[multiprocessing.Process, Pipe, Pipe]:
    (start, theirs), (answer, sending) = multiprocessing.Pipe(), multiprocessing.Pipe()
    process = multiprocessing.Process(target=_race, args=(settings, theirs, sending), daemon=True)
    process.start()
    theirs.close()
    sending.close()
    return process, start, answer


@pytest.mark.parametrize("kind", KINDS)
def test_of_four_that_start_at_once_one_runs(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        Store.create(settings).close()
        racers = [_start(settings) for _ in range(4)]
        for _, start, _ in racers:
            start.send("go")
        answers = [answer.recv() for _, _, answer in racers]
        for process, start, answer in racers:
            start.send("end")
            process.join(10)
            start.close()
            answer.close()
        assert [one for one in answers if one is not None] == [1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_run_frees_its_locks(tmp_path: Path, kind: StoreKind) -> None:
    with store_settings(tmp_path, kind) as settings:
        Store.create(settings).close()
        process, start, answer = _start(settings)
        start.send("go")
        assert answer.recv() == 1
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)
        start.close()
        answer.close()
        with Store.open(settings) as store, _when_free(store) as held:
            assert held.fence == 2


def _when_free(store: Store) -> RunLock:
    """PostgreSQL notices a dead client a moment later, so wait for the session to end."""
    if store.settings.kind is StoreKind.POSTGRESQL:
        count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = ? AND granted"
        for _ in range(100):
            with store.read() as connection:
                if run(connection, count, (int(store.municipality),)).scalar_one() == 0:
                    break
            time.sleep(0.05)
    return RunLock(store, clock=CLOCK)


def test_a_state_put_back_by_hand_starts_in_a_recovery_epoch(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings:
        with Store.create(settings) as store, RunLock(store, clock=CLOCK):
            pass
        copied = settings.file.read_bytes()
        with Store.open(settings) as store:
            with RunLock(store, clock=CLOCK) as held, held.begin() as connection:
                assert not read_epoch(connection).is_open
            add_run(store)
        settings.file.write_bytes(copied)
        with Store.open(settings) as store:
            with RunLock(store, clock=TestClock()) as held, held.begin() as connection:
                assert read_epoch(connection).opened_at == "2026-02-02T03:30:00Z"
                close_epoch(connection)
            with RunLock(store, clock=CLOCK) as held, held.begin() as connection:
                assert not read_epoch(connection).is_open


def test_a_state_moved_without_its_witness_starts_in_a_recovery_epoch(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLCIPHER) as settings, Store.create(settings) as store:
        with RunLock(store, clock=CLOCK) as held, held.begin() as connection:
            assert not read_epoch(connection).is_open
        (settings.directory / "witness").unlink()
        with RunLock(store, clock=CLOCK) as held, held.begin() as connection:
            assert read_epoch(connection).is_open


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_program(tmp_path: Path) -> None:
    with store_settings(tmp_path, StoreKind.SQLITE) as settings, Store.create(settings) as store:
        (settings.directory / "run.lock").mkdir()
        with pytest.raises(StateUnusable, match="state_not_written"), RunLock(store, clock=CLOCK):
            pass
        (settings.directory / "run.lock").rmdir()
        (settings.directory / "witness").mkdir()
        with pytest.raises(StateUnusable, match="state_not_written"), RunLock(store, clock=CLOCK):
            pass
