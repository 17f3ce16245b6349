"""What was found while the file was made: counts, findings, changes, and whether it is ready. It names no person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from kaa_bridge.report.basis import Basis, SourceState
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb.catalogue import ALWAYS, CHECKS
from kaa_bridge.report.scb.fields import BlockKind
from kaa_bridge.report.scb.load import Loaded
from kaa_bridge.report.scb.model import Level
from kaa_bridge.report.scb.since import Changes

MOST_FINDINGS = 1_000
"""Findings that are listed for each check; all are counted."""
PROTECTED = "skyddad"
"""What stands for the handle of a protected youth everywhere but on the restricted list."""
HANDLE_ELSEWHERE = "HANDTAG (det står på den begränsade listan: --restricted FIL)"
"""What stands in the command to run for such a youth."""
WORD_ELSEWHERE = "ORDET (det står på den begränsade listan: --restricted FIL)"
"""What stands for a word that a source wrote."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that does not hold: where, what is wrong, what to do. ``handle`` is empty for the file as a whole."""

    check: str
    level: Level
    handle: str
    block: BlockKind | None
    where: str
    problem: str
    remedy: str


@dataclass(slots=True)
class Findings:
    """All that did not hold, counted by check and level; the first of each check are listed."""

    listed: list[Finding] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(
        self,
        check: str,
        level: Level,
        words: dict[str, str],
        *,
        handle: str = "",
        block: BlockKind | None = None,
        where: str = "",
    ) -> None:
        """Keep one finding with its texts filled in."""
        counts = self.counts.setdefault(check, Counter())
        counts[level] += 1
        if counts.total() <= MOST_FINDINGS:
            known = ALWAYS.get(check) or CHECKS[check]
            shown = words | {"handle": HANDLE_ELSEWHERE if handle == PROTECTED else handle}
            problem, remedy = (text.format_map(shown) for text in (known.problem, known.remedy))
            self.listed.append(Finding(check, level, handle, block, where, problem, remedy))

    def total(self, level: Level) -> int:
        """Return how many findings have a level."""
        return sum(counts[level] for counts in self.counts.values())


@dataclass(slots=True)
class Restricted:
    """What stands on the restricted list only.

    Attributes:
        left_out, in_file, unsettled: handles of protected youths: not in the file, in it, or not known whether covered.
        words: words of measures and reasons without a code. A source wrote them, so they may hold anything.
    """

    left_out: list[str] = field(default_factory=list)
    in_file: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def hide(self, word: str) -> str:
        """Keep a source's word for the list, and return what stands for it elsewhere."""
        if word not in self.words and len(self.words) < MOST_FINDINGS:
            self.words.append(word)
        return WORD_ELSEWHERE


@dataclass(slots=True, kw_only=True)
class Report:
    """The whole answer.

    Attributes:
        journal: the journal as a source, where contacts and measures are read back from it.
        people: youths in the file; ``rows`` counts its rows by block.
        missing: cells that the layout's code for missing data fills.
        awaiting: youths who only waited for an admission to begin; they are no case and not in the file.
        written: name of the file, empty where none was written.
    """

    period: Period
    basis: Basis
    journal: tuple[SourceState, ...] = ()
    layout: Loaded
    changes: Changes
    people: int = 0
    rows: dict[BlockKind, int] = field(default_factory=lambda: dict.fromkeys(BlockKind, 0))
    missing: int = 0
    awaiting: int = 0
    findings: Findings = field(default_factory=Findings)
    restricted: Restricted = field(default_factory=Restricted)
    written: str = ""

    @property
    def as_of(self) -> date:
        """The day asked about."""
        return self.basis.as_of

    @property
    def is_ready(self) -> bool:
        """Whether the file may be delivered: by official lists, and with no check that stops it."""
        return self.layout.is_official and not self.findings.total("stop")
