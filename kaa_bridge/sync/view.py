"""The state as it would be decided on a day, for those who read: ``explain``, ``worklist``, reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kaa_bridge.domain.record import Provenance
from kaa_bridge.law import Decision, Outcome, decide
from kaa_bridge.store import runs
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.store.youths import read_youths
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import completeness
from kaa_bridge.sync.decide import Decided, Rules, decide_one, words_said
from kaa_bridge.sync.health import source_health
from kaa_bridge.sync.merge import trace
from kaa_bridge.sync.plan import current_rules


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one youth is covered or not on a day.

    Attributes:
        decided: decision, merged facts and due actions.
        decision: the same verdict with reasons and citations; its facts point into the merged youth.
        provenance: for each fact of the merged youth, the source that told it and since when.
        sources: every source that says something of the youth.
    """

    decided: Decided
    decision: Decision
    provenance: dict[str, Provenance]
    sources: tuple[str, ...]


def rules_on(connection: Connection, bridge: Bridge, as_of: date) -> Rules:
    """Return the rules of a day, with what the sources had proven when they were last pulled."""
    known = completeness(source_health(connection, bridge, as_of), as_of=as_of)
    return current_rules(connection, bridge, as_of, known)


def explain_youth(connection: Connection, bridge: Bridge, youth_id: int, as_of: date) -> Explanation:
    """Decide one youth for a day and say where every fact comes from."""
    rules = rules_on(connection, bridge, as_of)
    ((state, words),) = read_youths(connection, [youth_id])
    decided = decide_one(state, words, rules)
    said = words_said(words, rules)
    decision = decide(
        decided.merged.youth,
        municipality=bridge.code,
        as_of=as_of,
        settings=bridge.law,
        frozen=rules.known.leaves_frozen,
        remarked=rules.known.frozen,
    )
    return Explanation(decided, decision, trace(said, decided.merged.youth), decided.merged.sources)


def open_cases(connection: Connection, bridge: Bridge, as_of: date) -> Iterator[Decided]:
    """Yield everyone who is on the register or to be investigated, decided for the day, in order of handle."""
    rules = rules_on(connection, bridge, as_of)
    statement = "SELECT id FROM youth WHERE registered_on IS NOT NULL OR outcome = ? ORDER BY handle"
    ids = [youth_id for (youth_id,) in rows(connection, statement, (Outcome.INVESTIGATE.value,))]
    for state, words in read_youths(connection, ids):
        decided = decide_one(state, words, rules)
        if decided.actions:
            yield decided


def frozen_sources(bridge: Bridge, as_of: date) -> list[str]:
    """Return the names of the sources that are not updated on the day."""
    return [feed.name for feed in bridge.feeds if feed.frozen(as_of)]


def last_night(connection: Connection) -> str | None:
    """Return the local date of the latest night, ``None`` when there was none."""
    last = runs.last_run(connection)
    return str(last[1]) if last else None
