"""Pulls every source into the plan, each in a savepoint of its own: all of a source's night, or nothing of it."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import date

from msgspec.structs import replace

from kaa_bridge.contract import PullRequest
from kaa_bridge.errors import KaaError, StateUnusable
from kaa_bridge.host import iterate_limited
from kaa_bridge.log import log
from kaa_bridge.mapping import compile_mapping
from kaa_bridge.store import findings, runs
from kaa_bridge.store.connection import Connection
from kaa_bridge.sync.asked import is_about, pages_of_person
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import Rules
from kaa_bridge.sync.guard import SOURCE_KINDS, Breach, Key, PullCounts, source_breaches
from kaa_bridge.sync.marks import Marks
from kaa_bridge.sync.newcomers import Settled
from kaa_bridge.sync.pull import Pulled, Puller
from kaa_bridge.sync.report import SourceReport
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.sync.sources import Feed


class _Held(Exception):
    """Rolls a source's savepoint back."""


class Pulls:
    """The pulls of one run, and what they changed."""

    def __init__(
        self,
        connection: Connection,
        bridge: Bridge,
        pseudonyms: Pseudonyms,
        as_of: date,
        *,
        full: bool,
        rules: Rules | None = None,
    ) -> None:
        """Prepare; ``full`` ignores cursors and asks for everything, ``rules`` decide the last source's newcomers."""
        self._connection = connection
        self._bridge = bridge
        self._pseudonyms = pseudonyms
        self._as_of = as_of
        self._full = full
        self._rules = rules
        self._last = next((feed for feed in reversed(bridge.feeds) if feed.snapshot), None)
        self._released = {
            (hold.kind, hold.subject): hold.observed for hold in runs.holds(connection) if hold.released_at is not None
        }
        self.youths = Marks()
        self.settled = Settled()
        self.reports: list[SourceReport] = []
        self.breaches: list[Breach] = []
        self.judged: set[Key] = set()
        """Kinds and sources of which tonight says whether their holds are needed."""

    def pull_all(self, only: str | None = None) -> None:
        """Pull every feed, or one; what fails is reported and the next one is pulled."""
        for name, error in self._bridge.broken.items():
            if only in (None, name):
                self.reports.append(SourceReport(name, "failed", error.code, error=error))
        for feed in self._bridge.feeds:
            if only in (None, feed.name):
                self.reports.append(self._pull(feed))

    def pull_person(self, number: str) -> None:
        """Ask each source that can for one person, by canonical number; the others keep what they said last.

        A source that answers with somebody else fails.
        """
        asked = is_about(number)
        for feed in self._bridge.feeds:
            if feed.source is not None and feed.fetches_person:
                pages = pages_of_person(feed.source, number)
                one = replace(feed, pages=pages, snapshot=False, keeps_place=False, asked=asked)
                self.reports.append(self._pull(one))

    def _pull(self, feed: Feed) -> SourceReport:
        began = time.monotonic()
        report = SourceReport(feed.name)
        row = runs.source_row(self._connection, feed.name)
        try:
            with self._connection.begin_nested():
                pulled = self._read(feed, row)
                self._fill(report, feed, pulled)
                self._guard(feed, report, pulled)
                self._keep(feed, row, report, pulled)
                self.youths.update(pulled.youths)
                self.settled.add(pulled.settled)
        except _Held:
            report.state = "held"
        except StateUnusable:
            raise
        except KaaError as error:
            report.state, report.error, report.how = "failed", error, error.code
            runs.write_source(self._connection, replace(row, error_code=error.code))
            report.misfits = _listed(findings.count_findings(self._connection, row.id))
        report.seconds = time.monotonic() - began
        log.info(
            "source pulled", municipality=self._bridge.code, source=feed.name, stage=report.state,
            code=report.how if report.error else None,
            read=report.read, new=report.new, changed=report.changed, gone=report.gone, quarantined=report.quarantined,
        )  # fmt: skip
        return report

    def _read(self, feed: Feed, row: runs.SourceRow) -> Pulled:
        mapper = compile_mapping(feed.mapping, as_of=self._as_of, completes=feed.completes)
        changed = row.reading != mapper.fingerprint
        if changed and feed.keeps_place:
            findings.forget_source(self._connection, row.id)
        cursor = None if self._full or changed else row.cursor
        puller = Puller(
            connection=self._connection,
            source_id=row.id,
            source=feed.name,
            mapper=mapper,
            parse=feed.parse,
            pseudonyms=self._pseudonyms,
            as_of=self._as_of,
            snapshot=feed.snapshot and feed.frozen(self._as_of) is None,
            asked=feed.asked,
            law=self._bridge.law,
            rules=self._rules if feed is self._last else None,
            limit_seconds=feed.limit_seconds,
            total_seconds=feed.total_seconds,
        )
        request = PullRequest(self._as_of, cursor)
        pages = iterate_limited(
            lambda: feed.pages(request),
            seconds=feed.limit_seconds,
            total_seconds=feed.total_seconds,
            system=feed.name,
        )
        with closing(pages):  # a pull that fails is fetched no further, though its error keeps the iterator alive
            return puller.pull(pages)

    def _fill(self, report: SourceReport, feed: Feed, pulled: Pulled) -> None:
        report.read, report.new, report.changed = pulled.read, pulled.new, pulled.changed
        report.unchanged, report.gone, report.quarantined = pulled.unchanged, pulled.gone, pulled.quarantine_count
        report.refused, report.findings = _listed(pulled.quarantined), _listed(pulled.findings)
        report.misfits = _listed(pulled.misfits)
        report.how = pulled.proof.how if pulled.proof else ""
        report.state = "ok" if pulled.whole or not feed.snapshot else "unproven"
        if window := feed.frozen(self._as_of):
            report.state, report.how = "frozen", window.reason

    def _guard(self, feed: Feed, report: SourceReport, pulled: Pulled) -> None:
        counts = PullCounts(
            feed.name, pulled.read, pulled.known_before, pulled.gone, pulled.quarantine_count, pulled.whole
        )
        snapshot_counts = feed.mapping.assertions if feed.snapshot and report.state == "ok" else None
        found = source_breaches(counts, self._bridge.table.guard, snapshot_counts)
        beyond = [breach for breach in found if not self._is_released(breach)]
        if feed.keeps_place:
            self.judged.update((kind, feed.name) for kind in SOURCE_KINDS)
        if beyond:
            self.breaches += beyond
            self.judged.difference_update(breach.key for breach in found)  # what is released waits for the rest
            raise _Held

    def _is_released(self, breach: Breach) -> bool:
        seen = self._released.get(breach.key)
        return seen is not None and breach.is_within(seen)

    def _keep(self, feed: Feed, row: runs.SourceRow, report: SourceReport, pulled: Pulled) -> None:
        if not feed.keeps_place:
            return
        today = self._as_of.isoformat()
        assert pulled.proof is not None
        proved = pulled.whole and report.state == "ok"
        runs.write_source(
            self._connection,
            runs.SourceRow(
                id=row.id,
                name=row.name,
                cursor=pulled.proof.cursor,
                pulled_on=today,
                proved_on=today if proved else row.proved_on,
                proved_count=pulled.read if proved and feed.snapshot else row.proved_count,
                reading=feed.mapping.fingerprint,
                error_code=None,
            ),
        )


def _listed(counts: dict[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    return [(code, place, count) for (code, place), count in sorted(counts.items())]
