"""Turns accepted rows into notes in the outbox, once each; what the sources no longer say is left alone.

Where the configuration names a register that takes changes (``[municipality.updates]``), an accepted step to close or
open becomes one there as well, on its own way through the outbox. Without it nothing is written to a register.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from kaa_bridge.contract import NoteKind
from kaa_bridge.errors import ConfigurationInvalid, ExitCode
from kaa_bridge.journal.outbox import PlannedNote, note_key, plan_note, reference_of
from kaa_bridge.reconcile.compare import compare
from kaa_bridge.reconcile.lines import ACCEPTED, columns, sealed, substance_seal
from kaa_bridge.reconcile.model import Report, Row, Step
from kaa_bridge.reconcile.note_text import KINDS, REASONS, compose_accepted
from kaa_bridge.reconcile.returned import Decided, Returned, check_rows, refused
from kaa_bridge.store import runs
from kaa_bridge.store.clock import iso
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.handles import find_youth
from kaa_bridge.store.query import rows
from kaa_bridge.store.spool import Spool
from kaa_bridge.sync.bridge import Bridge


@dataclass(slots=True)
class Applied:
    """What came of a returned file.

    Attributes:
        planned: references of the notes planned now.
        updates: references of the changes to the register planned now; ``None`` when no register takes any.
        noted: accepted rows whose youth has a note of that kind already, from this comparison or from a night since
            the freeze began.
        stale: handles whose sources no longer say what was decided on, or whose note was taken back since; nothing was
            planned for them.
        decisions: how many rows carry which word; the empty one is no decision.
    """

    reference: str
    planned: list[str] = field(default_factory=list)
    updates: list[str] | None = None
    noted: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    decisions: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> ExitCode:
        """``ATTENTION`` when an accepted row could not be used."""
        return ExitCode.ATTENTION if self.stale else ExitCode.DONE

    def summary(self) -> dict[str, Any]:
        """Return counts, references and handles; no person."""
        return {
            "reference": self.reference,
            "decisions": dict(sorted(self.decisions.items())),
            "planned": sorted(self.planned),
            **({} if self.updates is None else {"updates": sorted(self.updates)}),
            "already_noted": sorted(self.noted),
            "stale": sorted(self.stale),
        }


def apply_returned(
    connection: Connection, bridge: Bridge, key: bytes, returned: Returned, *, by: str, now: datetime
) -> Applied:
    """Plan a note for every accepted row, in the caller's write transaction.

    Args:
        connection: in a write transaction.
        bridge: the municipality's systems and rules.
        key: ``Store.keys.note``.
        returned: the file as read.
        by: who accepted the rows; kept with the run.
        now: UTC time for the run's row.

    Raises:
        InputRefused: the file is of another comparison, or was changed; nothing was planned.
        ConfigurationInvalid: no journal is configured.
    """
    journal = bridge.table.journal
    if journal is None:
        raise ConfigurationInvalid(
            "reconcile_no_journal",
            "No journal is configured, so accepted rows have nowhere to be noted. Nothing was applied.",
            remedy="Add [municipality.journal] to kaa-bridge.toml.",
        )
    with Spool() as spool:
        report = sealed(compare(connection, bridge, returned.question, spool), key)
        return _apply(connection, report, returned, _targets(bridge, report), by=by, now=now)


class _Targets(NamedTuple):
    """Where accepted rows are written: the journal's name, and the register's with the kinds of change it takes."""

    journal: str
    register: str | None
    kinds: frozenset[NoteKind]


def _targets(bridge: Bridge, report: Report) -> _Targets:
    """Return where rows are written; a register is one only when it is the left source's.

    Raises:
        KaaError: the register is configured and cannot be made; nothing was applied.
    """
    journal, updates = bridge.table.journal, bridge.table.updates
    assert journal is not None
    if updates is None or updates.source != report.head.left.name:
        return _Targets(journal.name, None, frozenset())
    if bridge.updates is None:
        raise bridge.broken[updates.name]
    return _Targets(journal.name, updates.name, bridge.updates.describe().kinds)


def _apply(
    connection: Connection, report: Report, returned: Returned, targets: _Targets, *, by: str, now: datetime
) -> Applied:
    if report.reference != returned.reference:
        raise refused("foreign", "it is of another municipality or comparison, or law or routine have changed since")
    decided = check_rows(returned, report.key)
    if returned.header[:-2] != columns(report.head):
        raise refused("changed", "its columns are not those it was written with")
    applied = Applied(report.reference, updates=None if targets.register is None else [])
    stamp = iso(now)
    run_id = runs.start_run(connection, "reconcile", report.head.as_of.isoformat(), stamp)
    applied.decisions.update(Counter(one.decision for one in decided))
    accepted = {one.handle: one for one in decided if one.decision == ACCEPTED}
    planner = _Planner(connection, report, targets, run_id, stamp)
    for row in report.rows:
        if one := accepted.pop(row.handle, None):
            planner.take(one, row, applied)
    applied.stale.extend(accepted)
    summary = applied.summary() | {"by": by}
    runs.end_run(connection, run_id, ended_at=stamp, exit_code=int(applied.exit_code), summary=summary)
    return applied


class _Youth(NamedTuple):
    id: int
    number: str
    pseudonym: bytes


class _Planner:
    """Plans what is written of one accepted row after another."""

    def __init__(self, connection: Connection, report: Report, targets: _Targets, run_id: int, stamp: str) -> None:
        self._connection = connection
        self._report = report
        self._targets = targets
        self._run_id = run_id
        self._stamp = stamp

    def take(self, one: Decided, row: Row, applied: Applied) -> None:
        """Plan one row's note and change, or say why not."""
        if substance_seal(row, self._report) != one.substance:
            applied.stale.append(one.handle)
            return
        ((youth_id, number, pseudonym),) = rows(
            self._connection,
            "SELECT id, number, pseudonym FROM youth WHERE id = ?",
            (find_youth(self._connection, row.handle),),
        )
        if number is None:
            applied.stale.append(one.handle)
            return
        youth = _Youth(int(youth_id), str(number), bytes(pseudonym))
        note = self._note(row, youth)
        if self._is_noted(row, note.youth_id):
            applied.noted.append(one.handle)
        elif plan_note(self._connection, note):
            applied.planned.append(reference_of(note.key))
        else:
            (applied.stale if self._is_taken_back(note) else applied.noted).append(one.handle)
        if applied.updates is not None and self._is_taken(row):
            change = self._change(row, youth)
            if plan_note(self._connection, change):
                applied.updates.append(reference_of(change.key))

    def _note(self, row: Row, youth: _Youth) -> PlannedNote:
        head = self._report.head
        key = note_key(self._report.key, youth.pseudonym, "reconcile", self._occurrence(row))
        try:
            composed = compose_accepted(row, head, reference=reference_of(key), written=self._is_taken(row))
        except ValueError:
            raise ConfigurationInvalid(
                "reconcile_label",
                "The label of a source holds signs that do not belong in a case file. Nothing was applied.",
                remedy="Correct label in [[municipality.source]], then apply the file again.",
            ) from None
        return PlannedNote(
            key=key,
            youth_id=youth.id,
            journal=self._targets.journal,
            kind=KINDS[row.step],
            cause=f"reconcile {self._occurrence(row)}",
            person_number=youth.number,
            heading=composed.heading,
            body=composed.text,
            occurred_on=head.as_of,
            run_id=self._run_id,
            planned_at=self._stamp,
        )

    def _change(self, row: Row, youth: _Youth) -> PlannedNote:
        """Return the change to the register: its heading is the category, for the profile's own codes."""
        key = note_key(self._report.key, youth.pseudonym, "register", self._occurrence(row))
        opened = row.lost.first_day if row.step is Step.OPEN and row.lost else self._report.head.as_of
        return PlannedNote(
            key=key,
            youth_id=youth.id,
            journal=self._targets.register or "",
            kind=KINDS[row.step],
            cause=f"register {self._occurrence(row)}",
            person_number=youth.number,
            heading=row.category.value,
            body=REASONS[row.category],
            occurred_on=opened,
            run_id=self._run_id,
            planned_at=self._stamp,
        )

    def _is_taken(self, row: Row) -> bool:
        return row.step in (Step.CLOSE, Step.OPEN) and KINDS[row.step] in self._targets.kinds

    def _occurrence(self, row: Row) -> str:
        head = self._report.head
        return f"{head.year} {head.left.name} {head.right.name} {row.step.value}"

    def _is_taken_back(self, note: PlannedNote) -> bool:
        """Whether the note was planned before and taken back since: nobody will find it in the journal."""
        statement = "SELECT count(*) FROM note WHERE youth_id = ? AND cause = ? AND state <> 'SUPERSEDED'"
        return not rows(self._connection, statement, (note.youth_id, note.cause))[0][0]

    def _is_noted(self, row: Row, youth_id: int) -> bool:
        """Whether a night since the freeze began has noted the same: what it wrote is not written again."""
        kind = KINDS[row.step].value
        if kind == "action_due":
            return False
        statement = (
            "SELECT count(*) FROM note WHERE youth_id = ? AND kind = ? AND occurred_on >= ? AND journal = ? "
            "AND state <> 'SUPERSEDED'"
        )
        since = self._report.head.freeze.first.isoformat()
        return bool(rows(self._connection, statement, (youth_id, kind, since, self._targets.journal))[0][0])
