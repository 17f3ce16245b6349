"""What an adapter must be.

Terminology: a *source* is a system that knows youths (Qore, OEDB, IST). An *adapter* speaks its protocol and yields
*pages* of *raw records* as bytes; it never interprets a value: that is what the mapping file does. A *pull* ends with a
*proof* that says whether the pages together were the whole. An adapter sees neither the state store nor the outbox.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kaa_bridge.contract.value import Value
from kaa_bridge.errors import ConfigurationInvalid, KaaError


class PullKind(StrEnum):
    """What a source can give: every record each night, or only what changed since a cursor."""

    SNAPSHOT = "snapshot"
    DELTA = "delta"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class BlackoutWindow(Value):
    """A yearly period in which the source is not updated: its silence then means nothing.

    Both days are month and day, inclusive; a window may cross the turn of the year.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    reason: str

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the window."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class SourceDescription(Value):
    """Capabilities, stated once; the host, the conformance kit and ``check`` read them here."""

    name: str
    system: str
    kinds: frozenset[PullKind]
    fetches_person: bool = False
    proves_completeness: bool = False
    blackouts: tuple[BlackoutWindow, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PullRequest(Value):
    """What to pull.

    Attributes:
        as_of: the night's local date (Europe/Stockholm).
        cursor: what the previous proof returned; ``None`` asks for everything.
    """

    as_of: date
    cursor: str | None = None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Page(Value):
    """Some raw records, each the exact bytes of one record (or a faithful, deterministic encoding of them).

    ``context`` is a fingerprint of whatever else the records are read with (resolved units and programmes): when it
    changes, every record counts as changed although its own bytes do not.
    """

    records: Sequence[bytes]
    context: bytes = b""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Proof(Value):
    """The last item of every pull.

    Attributes:
        whole: the pages were proven to be everything (a total that agrees, a last-page mark, a trailer count). Without
            it new and changed facts are used and nobody is judged to have left.
        how: how it was proven or why not, in plain English, without any person.
        total: the number of records the source itself says there are, if it says so.
        cursor: where the next delta starts; stored only together with what this pull gave.
        removed: record keys that the source says are deleted.
    """

    whole: bool
    how: str
    total: int | None = None
    cursor: str | None = None
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class CheckResult(Value):
    """One OK or FAIL line of ``check --connect``.

    Attributes:
        ok: whether the system answers usably.
        text: what was found, without any person.
        remedy: what to do, where something is wrong.
        configuration: something must be corrected here (credentials, address, certificate, profile); otherwise the
            system did not answer, and waiting may help. It decides the exit code: 3 or 4.
        code: the error's code, where there is one.
    """

    ok: bool
    text: str
    remedy: str = ""
    configuration: bool = False
    code: str = ""

    @classmethod
    def failed(cls, error: KaaError) -> CheckResult:
        """Return the line for an error that the harmless call ended in."""
        return cls(False, error.message, error.remedy, isinstance(error, ConfigurationInvalid), error.code)


@dataclass(frozen=True, slots=True, repr=False, eq=False, kw_only=True)
class SourceContext(Value):
    """Everything an adapter is given when it is made.

    Attributes:
        name: the source's configured name, for errors and provenance.
        municipality: the municipality's four-digit code.
        settings: the ``connection`` table of the configuration, secrets resolved.
        profile: the ``profile`` table of the mapping file: operations, paths and paging style of this system.
        base_dir: folder that relative file names start from (the configuration file's folder).
    """

    name: str
    municipality: str
    settings: Mapping[str, Any]
    profile: Mapping[str, Any] = field(default_factory=dict)
    base_dir: str = "."

    def __repr__(self) -> str:
        """Hide the settings: they hold secrets."""
        return f"<SourceContext {self.name}>"


class Source(ABC):
    """A system that knows youths.

    Errors: ``Unreachable`` when the system does not answer usably, ``ConfigurationInvalid`` when credentials, address,
    certificate or profile are wrong. Anything else that escapes is reported as the plugin's failure.
    """

    @abstractmethod
    def describe(self) -> SourceDescription:
        """Return the capabilities; no network."""

    @abstractmethod
    def check(self) -> CheckResult:
        """Make one harmless call and tell whether the system answers usably."""

    @abstractmethod
    def pull(self, request: PullRequest) -> Iterator[Page | Proof]:
        """Yield pages, then exactly one ``Proof`` as the last item."""

    @abstractmethod
    def parse(self, record: bytes) -> Mapping[str, Any]:
        """Return one raw record as nested mappings, lists and text, ready for the mapping.

        Called only for records that are new or changed, after the page that held them was yielded.

        Raises:
            RecordProblem: the record cannot be read; it is quarantined.
        """

    def plain_json(self) -> Mapping[str, Callable[[dict[str, Any]], object]] | None:
        """Say that ``parse`` decodes a record as one JSON object, and completes entries of its lists, and nothing else.

        Returns:
            For each list of the record whose entries ``parse`` completes: its name, and what adds to one entry (an
            object, changed in place) the same as long as a pull goes on. The host then decodes most records straight
            into facts, at half the cost, and parses only those that are not built as the mapping expects. ``None``, as
            here: every record is parsed.
        """
        return None

    def fetch_person(self, number: str) -> Sequence[bytes]:
        """Return the raw records of one person (canonical number); only where ``fetches_person`` is declared.

        An answer in which a record is about somebody else is not used: the host reads them all before it keeps any.
        """
        raise NotImplementedError

    def context(self) -> bytes:
        """Return the ``Page.context`` that a page read now would carry; asked before ``fetch_person``.

        A record that is fetched alone then counts as unchanged in the next night's pull. May ask the system.
        """
        return b""

    def close(self) -> None:  # noqa: B027 - optional for adapters that hold nothing open
        """Release connections and files."""
