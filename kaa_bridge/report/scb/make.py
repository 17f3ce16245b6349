"""Goes through the register once, youth by youth in order, and gives each its rows: flat memory, one pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

from msgspec.structs import replace

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.values import Protection
from kaa_bridge.report.basis import SourceState, journal_states, make_basis
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb.cells import Written, write_row
from kaa_bridge.report.scb.checks import Look, hits
from kaa_bridge.report.scb.fields import FIELDS, BlockKind
from kaa_bridge.report.scb.history import History, history_of
from kaa_bridge.report.scb.lines import Lines, Places
from kaa_bridge.report.scb.load import Loaded
from kaa_bridge.report.scb.model import Level
from kaa_bridge.report.scb.register import days_in, registered_on, was_worked_with
from kaa_bridge.report.scb.report import PROTECTED, Report
from kaa_bridge.report.scb.rows import Person, Rows, make_rows
from kaa_bridge.report.scb.since import Changes, digest_key, digests
from kaa_bridge.report.scb.sinks import Sink
from kaa_bridge.report.scb.spells import Frame, Spell, Spells, find_spells
from kaa_bridge.store import scb_files
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.history import decisions_of, youth_windows
from kaa_bridge.store.youths import YouthState, read_youths
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import miss, words_said
from kaa_bridge.sync.merge import Merged, merge
from kaa_bridge.sync.view import rules_on

_YEAR = 366


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the half-year, the day, the layout, and who stands in the file by the municipality's choice."""

    period: Period
    as_of: date
    layout: Loaded
    protected_in_file: bool = False
    never_registered_in_file: bool = True
    key: bytes = field(default=b"", repr=False)

    @property
    def until(self) -> date:
        """The first day that is not reported on: after the half-year, or after the day asked about."""
        return min(self.period.last, self.as_of) + DAY


class Maker:
    """Makes the file of one half-year, line by line into a sink, and the report on it."""

    def __init__(self, connection: Connection, bridge: Bridge, question: Question, sink: Sink) -> None:
        """Prepare; nothing is read of youths yet."""
        self._connection, self._bridge, self._question, self._sink = connection, bridge, question, sink
        self._layout = question.layout.layout
        self._rules = rules_on(connection, bridge, question.as_of)
        self._frame = Frame(
            bridge.code,
            question.period.first,
            question.until,
            bridge.law,
            self._rules.known.leaves_frozen,
            bridge.table.wait_for_start,
        )
        self._lines = Lines(self._layout)
        self._levels: dict[str, Level] = {check.check: check.level for check in self._layout.checks}
        self._numbers: set[bytes] = set()
        self._key = digest_key(question.key)
        changes = Changes(scb_files.last_file(connection, str(question.period)))
        basis = make_basis(connection, bridge, question.as_of)
        self.report = Report(
            period=question.period,
            basis=basis,
            journal=journal_states(connection, bridge),
            layout=question.layout,
            changes=changes,
        )

    def run(self, *, file_id: int | None = None) -> Report:
        """Write every line and return the report; with ``file_id`` the digests of the rows are kept under it."""
        self._check_whole()
        for sheet, cells in self._lines.headers():
            self._sink.write(sheet, cells)
        since = self.report.changes.since
        for ids in youth_windows(self._connection):
            histories = decisions_of(self._connection, ids)
            before = scb_files.rows_of(self._connection, since, ids) if since else {}
            kept: list[tuple[int, str, bytes, bytes]] = []
            for state, words in read_youths(self._connection, ids):
                merged = merge(state.handle, words_said(words, self._rules), known=self._rules.known)
                merged.youth = _kept_protected(state, merged.youth)
                if self._rules.missed and state.registered_on is None:
                    miss(merged, self._rules.law.judge(merged.youth), words, self._rules)
                rows = self._take(state, merged, history_of(state, histories.get(state.id, ())))
                handle = None if merged.youth.protection.is_protected else state.handle
                self.report.changes.take(handle, before.get(state.id, ()), rows)
                kept += [(state.id, *row) for row in rows]
            if file_id is not None and kept:
                scb_files.add_rows(self._connection, file_id, kept)
        return self.report

    def _check_whole(self) -> None:
        """Tell what keeps the file as a whole from being complete."""
        report, findings = self.report, self.report.findings
        if report.as_of <= report.period.last:
            findings.add("period_over", "stop", {"day": report.as_of.isoformat()})
        for source in (*report.basis.sources, *report.journal):
            fresh = _fresh_on(self._bridge, source)
            words = {"source": source.label, "municipality": report.basis.municipality, "day": str(fresh or "aldrig")}
            late = fresh is None or fresh <= report.period.last
            if late and (level := self._levels.get("sources_read_to_the_end")):
                findings.add("sources_read_to_the_end", level, words)
            if source.quarantined and (level := self._levels.get("nothing_in_quarantine")):
                findings.add("nothing_in_quarantine", level, {**words, "count": str(source.quarantined)})

    def _take(self, state: YouthState, merged: Merged, history: History) -> list[scb_files.Row]:
        """Take one youth, and return the rows to keep; none where the youth is not in the file."""
        found = find_spells(merged.youth, history, self._frame)
        protected = merged.youth.protection.is_protected
        if not found.spells:
            self._take_other(state.handle, found, protected=protected)
            return []
        spells = self._on_register(merged.youth, found.spells, history)
        if not spells:
            words = {"count": str(days_in(self._frame, found.spells))}
            self._tell("never_registered", "remark", state.handle, words, protected=protected)
            return []
        if protected and not self._question.protected_in_file:
            self.report.restricted.left_out.append(state.handle)
            return []
        if protected:
            self.report.restricted.in_file.append(state.handle)
        person = Person(
            handle=state.handle,
            number=state.number,
            protected=protected,
            youth=merged.youth,
            spells=spells,
            registered_on=tuple(registered_on(merged.youth, spell, history) for spell in spells),
            period=self._question.period,
            until=self._question.until,
        )
        return self._write(person)

    def _on_register(self, youth: Youth, spells: tuple[Spell, ...], history: History) -> tuple[Spell, ...]:
        """Leave out spells of which no register knew, where the municipality has chosen so."""
        if self._question.never_registered_in_file:
            return spells
        return tuple(spell for spell in spells if registered_on(youth, spell, history) or was_worked_with(youth, spell))

    def _take_other(self, handle: str, found: Spells, *, protected: bool) -> None:
        """Tell of a youth who is not in the file although something speaks for it."""
        check = "nobody_unsettled" if found.unsettled else "nobody_corrected" if found.corrected else ""
        self.report.awaiting += found.awaiting and not check
        if check and (level := self._levels.get(check)):
            self._tell(check, level, handle, {}, protected=protected)

    def _tell(self, check: str, level: Level, handle: str, words: dict[str, str], *, protected: bool) -> None:
        if protected:
            self.report.restricted.unsettled.append(handle)
        self.report.findings.add(check, level, words, handle=PROTECTED if protected else handle)

    def _write(self, person: Person) -> list[scb_files.Row]:
        made = self._reported(make_rows(person, self.report.basis.municipality))
        written = {
            block.block: [write_row(values, block, self._layout) for values in made.blocks[block.block]]
            for block in self._layout.blocks
        }
        lines, places = self._lines.place(written)
        for sheet, cells in lines:
            self._sink.write(sheet, cells)
        self._find(person, made, written, places)
        self.report.people += 1
        for kind, rows in written.items():
            self.report.rows[kind] += len(rows)
            self.report.missing += sum(row.missing for row in rows)
        return list(digests(self._key, person.handle, made.blocks, written))

    def _reported(self, made: Rows) -> Rows:
        """Leave out contacts whose outcome the layout does not count."""
        outcomes = self._layout.block(BlockKind.CONTACTS).outcomes
        if outcomes is None:
            return made
        counted = [one for one in made.blocks[BlockKind.CONTACTS] if one["contact_outcome"] in outcomes]
        return Rows({**made.blocks, BlockKind.CONTACTS: counted}, made.outside)

    def _find(self, person: Person, made: Rows, written: dict[BlockKind, list[Written]], places: Places) -> None:
        handle = PROTECTED if person.protected else person.handle
        findings = self.report.findings
        for hit in hits(Look(person, made.blocks, written, made.outside), self._layout):
            where = places[hit.block, hit.row] if hit.block else ""
            if hit.check == "code_known" and not FIELDS[hit.words["source"]].words:
                hit.words["word"] = self.report.restricted.hide(hit.words["word"])
            findings.add(hit.check, hit.level, hit.words, handle=handle, block=hit.block, where=where)
        number = sha256((person.number or person.handle).encode()).digest()[:8]
        if number in self._numbers and (level := self._levels.get("no_double_registration")):
            where = places[BlockKind.IDENTITY, 0]
            findings.add("no_double_registration", level, {}, handle=handle, block=BlockKind.IDENTITY, where=where)
        self._numbers.add(number)


def _fresh_on(bridge: Bridge, source: SourceState) -> date | None:
    """Return the day that a source's word is from: in a freeze, the last day before it."""
    if source.pulled_on is None:
        return None
    pulled = date.fromisoformat(source.pulled_on)
    feed = next((feed for feed in bridge.feeds if feed.name == source.name), None)
    days = (pulled - timedelta(days=back) for back in range(_YEAR))
    return next((day for day in days if feed is None or not feed.frozen(day)), None)


def _kept_protected(state: YouthState, youth: Youth) -> Youth:
    """Keep a protection that was last decided and that the sources no longer tell, as the nights do."""
    kept = Protection(state.protection) if state.protection else Protection.NONE
    return replace(youth, protection=kept) if kept.is_protected and not youth.protection.is_protected else youth
