"""A plugin's source or journal behind a fence: what comes out is checked and copied before the core looks at it.

The core calls these and never the plugin's own object, so no room above has to expect that an answer is of another
type than the contract says, changes after it was given, or never ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from kaa_bridge.contract import (
    BlackoutWindow,
    CaseNote,
    CheckResult,
    Found,
    Journal,
    JournalDescription,
    JournalLevel,
    NoteKind,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Receipt,
    Source,
    SourceDescription,
)
from kaa_bridge.errors import KaaError, RecordProblem, Stopped
from kaa_bridge.host.errors import CODE, coded, contract_broken, without_numbers
from kaa_bridge.host.supervise import call_limited, iterate_limited

T = TypeVar("T")
_MOST_PAGES = 200_000
_LONGEST_RECORD = 8 * 1024 * 1024
_LONGEST_CURSOR = 64 * 1024
_MOST_RECEIPTS = 1_000_000
_CLOSE_SECONDS = 5.0


class GuardedSource(Source):
    """A source whose answers are checked.

    Args:
        source: the plugin's.
        name: its configured name, for errors.
        seconds: longest wait for one answer.
        most_records: a pull that yields more is taken for one that never ends.

    Raises:
        PluginFailed: it does not describe itself as the contract says.
    """

    def __init__(self, source: Source, *, name: str, seconds: float, most_records: int) -> None:
        """Read the description once: it cannot change in the middle of a night."""
        self._source, self._name, self._seconds, self._most = source, name, seconds, most_records
        described = call_limited(source.describe, seconds=seconds, system=name)
        right = (
            isinstance(described, SourceDescription)
            and _all(described.kinds, PullKind)
            and isinstance(described.blackouts, tuple)
            and _all(described.blackouts, BlackoutWindow)
        )
        if not right:
            raise contract_broken(name, "describes itself in another form than SourceDescription")
        self._described = described

    def describe(self) -> SourceDescription:
        """Return the description as read first."""
        return self._described

    def check(self) -> CheckResult:
        """Make the source's harmless call."""
        return _checked(self._source.check(), self._name)

    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield the source's pages and proof, checked."""
        return checked_pages(self._source.pull(request), system=self._name, most_records=self._most)

    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return the source's record."""
        # Like ``GuardedJournal.parse_event``, in one step: a first night comes here for every youth of the register.
        try:
            raw = self._source.parse(record)
        except BaseException as error:
            raise _unparsed(error, self._name) from None
        if raw.__class__ is dict or isinstance(raw, Mapping):
            return raw
        raise _no_record(self._name)

    def plain_json(self) -> Mapping[str, Callable[[dict[str, Any]], object]] | None:
        """Return what the source completes, each behind the fence.

        Raises:
            PluginFailed: it is neither ``None`` nor functions by name.
        """
        told = call_limited(self._source.plain_json, seconds=self._seconds, system=self._name)
        if told is None:
            return None
        if told.__class__ is not dict or not (_all(told, str) and all(map(callable, told.values()))):
            raise contract_broken(self._name, "says of plain JSON something else than functions by name")
        return {name: _fenced(complete, self._name) for name, complete in told.items()}

    def fetch_person(self, number: str) -> Sequence[bytes]:
        """Return the source's records of one person."""
        return _records(self._source.fetch_person(number), self._name, self._most)

    def context(self) -> bytes:
        """Return what the source's records are read with at this moment."""
        return _context(self._source.context(), self._name)

    def close(self) -> None:
        """Close the source, or leave it behind."""
        _close(self._source.close, self._name)


class GuardedJournal(Journal):
    """A journal whose answers are checked; see ``GuardedSource``."""

    def __init__(self, journal: Journal, *, name: str, seconds: float, most_records: int) -> None:
        """Read the description once: the level that was checked is the level that counts."""
        self._journal, self._name, self._seconds, self._most = journal, name, seconds, most_records
        described = call_limited(journal.describe, seconds=seconds, system=name)
        right = (
            isinstance(described, JournalDescription)
            and isinstance(described.level, JournalLevel)
            and isinstance(described.lateness_seconds, int | float)
            and described.lateness_seconds >= 0  # refuses NaN too
            and isinstance(described.refusals, frozenset)
            and _all(described.refusals, str)
            and isinstance(described.kinds, frozenset)
            and _all(described.kinds, NoteKind)
        )
        if not right:
            raise contract_broken(name, "describes itself in another form than JournalDescription")
        if described.name != name:
            raise contract_broken(name, "describes itself under another name than the configured one")
        self._described = described

    def describe(self) -> JournalDescription:
        """Return the description as read first."""
        return self._described

    def check(self) -> CheckResult:
        """Make the journal's harmless call."""
        return _checked(self._journal.check(), self._name)

    def create_note(self, note: CaseNote, *, deadline: float) -> Receipt:
        """Write a copy of the note; the caller limits the time and judges the receipt."""
        return self._journal.create_note(replace(note), deadline=deadline)

    def find_note(self, reference: str) -> Found:
        """Ask the journal; the caller judges the answer."""
        return call_limited(lambda: self._journal.find_note(reference), seconds=self._seconds, system=self._name)

    def list_notes(self, first: date, last: date) -> Iterator[Receipt]:
        """Yield the journal's receipts, checked.

        Raises:
            PluginFailed: one is no receipt, or there is no end to them.
        """
        listed = iterate_limited(
            lambda: iter(self._journal.list_notes(first, last)),
            seconds=self._seconds,
            total_seconds=self._seconds * 10,
            system=self._name,
        )
        for count, receipt in enumerate(listed):
            if count >= _MOST_RECEIPTS:
                raise contract_broken(self._name, "lists notes without an end")
            if not _is_receipt(receipt):
                raise contract_broken(self._name, "lists something that is no receipt")
            yield receipt

    def read_events(self, since: date) -> Iterator[Page | Proof]:
        """Yield the journal's events, checked."""
        return checked_pages(self._journal.read_events(since), system=self._name, most_records=self._most)

    def parse_event(self, record: bytes) -> Mapping[str, Any]:
        """Return the journal's event."""
        try:
            raw = self._journal.parse_event(record)
        except BaseException as error:
            raise _unparsed(error, self._name) from None
        if isinstance(raw, Mapping):
            return raw
        raise _no_record(self._name)

    def close(self) -> None:
        """Close the journal, or leave it behind."""
        _close(self._journal.close, self._name)


def checked_pages(items: Iterable[object], *, system: str, most_records: int) -> Iterator[Page | Proof]:
    """Yield copies of pages and proofs that are what the contract says.

    Raises:
        PluginFailed: ``contract_broken`` for anything else, ``pull_endless`` beyond the limits.
    """
    pages = records = 0
    for item in items:
        if isinstance(item, Proof):
            yield _proof(item, system)
            continue
        if not isinstance(item, Page):
            raise contract_broken(system, "yields something that is neither a page nor a proof")
        kept = _records(item.records, system, most_records)
        pages, records = pages + 1, records + len(kept)
        if pages > _MOST_PAGES or records > most_records:
            raise _endless(system, most_records)
        yield Page(kept, _context(item.context, system))


def _records(given: Iterable[bytes], system: str, most: int) -> tuple[bytes, ...]:
    kept = tuple(islice(given, most + 1))
    if not set(map(type, kept)) <= {bytes} or max(map(len, kept), default=0) > _LONGEST_RECORD:
        raise contract_broken(system, f"yields a record that is not bytes, or longer than {_LONGEST_RECORD} bytes")
    return kept


def _context(given: object, system: str) -> bytes:
    if not isinstance(given, bytes) or len(given) > _LONGEST_CURSOR:
        raise contract_broken(system, "reads its records with a context that is no short bytes")
    return given


def _proof(proof: Proof, system: str) -> Proof:
    right = (
        isinstance(proof.whole, bool)
        and (proof.total is None or (proof.total.__class__ is int and 0 <= proof.total < 1 << 62))
        and (proof.cursor is None or (proof.cursor.__class__ is str and len(proof.cursor) <= _LONGEST_CURSOR))
        and isinstance(proof.removed, tuple)
        and _all(proof.removed, str)
    )
    if not right:
        raise contract_broken(system, "ends with a proof whose parts are of the wrong type")
    return replace(proof, how=without_numbers(proof.how))


def _fenced(complete: Callable[[dict[str, Any]], object], system: str) -> Callable[[dict[str, Any]], object]:
    """Return what completes an entry and raises nothing but the problem of one record (or the night's own end)."""

    def completed(entry: dict[str, Any]) -> None:
        try:
            complete(entry)
        except BaseException as error:
            raise _unparsed(error, system) from None

    return completed


def _unparsed(error: BaseException, system: str) -> BaseException:
    """Return what stands for an exception of a plugin's parser: a record to set aside, or the night's own end."""
    if isinstance(error, Stopped):
        return error
    found = coded(error, system)
    return RecordProblem(found.code, found.message, remedy=found.remedy, system=system)


def _no_record(system: str) -> RecordProblem:
    return RecordProblem("not_a_record", f"A record of '{system}' has no fields; it was set aside.", system=system)


def _checked(result: object, system: str) -> CheckResult:
    if not isinstance(result, CheckResult):
        raise contract_broken(system, "answers a check with something that is no CheckResult")
    code = result.code if isinstance(result.code, str) and CODE.fullmatch(result.code) else ""
    text, remedy = without_numbers(result.text), without_numbers(result.remedy)
    return CheckResult(bool(result.ok), text, remedy, bool(result.configuration), code)


def _is_receipt(value: object) -> bool:
    return (
        isinstance(value, Receipt)
        and value.journal_id.__class__ is str
        and value.reference.__class__ is str
        and (value.stored_at is None or isinstance(value.stored_at, datetime))
    )


def _all(values: Iterable[object], kind: type) -> bool:
    return not isinstance(values, str) and isinstance(values, Iterable) and all(isinstance(v, kind) for v in values)


def _close(close: Callable[[], None], system: str) -> None:
    with suppress(KaaError):
        call_limited(close, seconds=_CLOSE_SECONDS, system=system)


def _endless(system: str, most: int) -> KaaError:
    error = contract_broken(system, f"yields more than {most} records or {_MOST_PAGES} pages")
    error.code = "pull_endless"
    error.remedy = f"If the register really is that large, raise 'max_records' of '{system}' in the configuration."
    return error
