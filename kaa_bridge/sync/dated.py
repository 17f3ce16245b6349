"""The day of a run beside the clock: nothing is run while the clock lies behind the last run.

A decision dated ahead sticks: nobody is up again until its day has come. A clock that is behind the last run was wrong
then or is wrong now, and only a person can tell which. Whoever dates a run ahead on purpose is let: it is said, and the
next run of today is held until a person has looked.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kaa_bridge.domain.dates import SWEDEN, swedish_date
from kaa_bridge.errors import GuardHold
from kaa_bridge.log import log
from kaa_bridge.store import runs
from kaa_bridge.store.clock import iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.lock import RunLock
from kaa_bridge.store.query import execute
from kaa_bridge.sync.guard import CLOCK, Breach

_HOUR = timedelta(hours=1)
HOURS = 2
"""A clock may be set back by so much: a correction, or summer time kept by hand."""


def check_date(lock: RunLock, as_of: date, now: datetime) -> None:
    """Let a run begin unless the clock lies behind the last one; a dry run need not ask.

    Args:
        lock: the run's; a hold is kept in a transaction of its own.
        as_of: the run's local date.
        now: UTC time.

    Raises:
        GuardHold: the last run lies after ``now`` by more than ``HOURS``, and nobody has released the hold.
    """
    code, is_ahead = lock.store.municipality, as_of > swedish_date(now)
    if is_ahead:
        log.info("run dated ahead of the clock", municipality=code, night=as_of.isoformat())
    with lock.begin() as connection:
        last = runs.latest_run(connection)
        breach = clock_breach(last, now, dates_count=not is_ahead)
        if last is None or breach is None or _is_released(connection, breach):
            return
        hold_id = runs.make_hold(
            connection, breach.kind, breach.subject, breach.observed, breach.allowed, on=as_of.isoformat(), at=iso(now)
        )
    raise _held(code, last, now, hold_id)


def clock_breach(last: runs.RunTimes | None, now: datetime, *, dates_count: bool) -> Breach | None:
    """Return by how many hours, rounded up, the last run lies after now, where that is more than ``HOURS``.

    Args:
        last: the run that began last.
        now: UTC time.
        dates_count: whether a run of a date that has not begun yet lies ahead too.
    """
    if last is None:
        return None
    stamps = [datetime.fromisoformat(stamp) for stamp in (last.started_at, last.ended_at) if stamp]
    if dates_count:
        stamps.append(datetime.combine(date.fromisoformat(last.local_date), time(), SWEDEN))
    ahead = max(stamps) - now
    return Breach(CLOCK, last.local_date, -(-ahead // _HOUR), HOURS) if ahead > HOURS * _HOUR else None


def redo_what_lies_ahead(connection: Connection, as_of: date, now: datetime) -> None:
    """Let nothing stand that a run of a later day has left: the youths are up, proofs of that day prove nothing.

    Only a run of today, or later, does so: one of an earlier day says nothing of what was decided since.
    """
    day = as_of.isoformat()
    if as_of < swedish_date(now) or not runs.has_run_after(connection, day):
        return
    execute(connection, "UPDATE youth SET next_review = ? WHERE decided_on > ?", (day, day))
    execute(connection, "UPDATE youth SET registered_on = ? WHERE registered_on > ?", (day, day))
    execute(connection, "UPDATE youth SET outcome_since = ? WHERE outcome_since > ?", (day, day))
    execute(connection, "UPDATE source SET proved_on = NULL WHERE proved_on > ?", (day,))


def _is_released(connection: Connection, breach: Breach) -> bool:
    return any(
        hold.released_at is not None and (hold.kind, hold.subject) == breach.key and breach.is_within(hold.observed)
        for hold in runs.holds(connection)
    )


def _held(code: str, last: runs.RunTimes, now: datetime, hold_id: int) -> GuardHold:
    return GuardHold(
        "clock_behind",
        f"The last run of {code} is dated {last.local_date} and began {last.started_at}; this machine's clock says "
        f"{iso(now)}. It is wrong now, or it was wrong then. Nothing was pulled, decided or sent.",
        remedy="Set the clock if it is wrong now. If it is right: kaa-bridge run --dry-run --municipality "
        f"{code} shows what would change; then kaa-bridge hold release {hold_id} --municipality {code} --reason TEXT, "
        f"and kaa-bridge run --municipality {code}, which decides anew whatever was decided ahead.",
    )
