"""The state as it would be decided on a day, for those who read: ``explain``, ``worklist``, reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from kaa_bridge.domain.record import Provenance
from kaa_bridge.law import Decision, Outcome, decide
from kaa_bridge.store import runs
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from kaa_bridge.store.youths import read_youths
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.completeness import SourceHealth, completeness, lacking
from kaa_bridge.sync.decide import Decided, Rules, decide_one, words_said
from kaa_bridge.sync.health import source_health
from kaa_bridge.sync.merge import Said, trace
from kaa_bridge.sync.plan import current_rules


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one youth is covered or not on a day.

    Attributes:
        decided: decision, merged facts and due actions.
        decision: the same verdict with reasons and citations; its facts point into the merged youth.
        provenance: for each fact of the merged youth, the source that told it and since when; for what is complete, the
            sources that have proven it and the day of the oldest of these proofs.
        sources: every source that says something of the youth.
        unproven: for ``/placements_complete`` and ``/qualifications_complete``, where it is not so, the sources whose
            proof or word is missing; nobody, where no source tells such facts.
        unheard: sources that told something of the youth in a record that cannot be used, and since when.
    """

    decided: Decided
    decision: Decision
    provenance: dict[str, Provenance]
    sources: tuple[str, ...]
    unproven: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unheard: tuple[tuple[str, date], ...] = ()


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
    proven, unproven = _proofs(source_health(connection, bridge, as_of), decided, said, rules)
    provenance = trace(said, decided.merged.youth) | proven
    since = {one.source: one.seen_on for one in reversed(said) if one.unheard and one.seen_on}
    unheard = tuple(sorted(since.items()))
    return Explanation(decided, decision, provenance, decided.merged.sources, unproven, unheard)


def _proofs(
    health: Sequence[SourceHealth], decided: Decided, said: Sequence[Said], rules: Rules
) -> tuple[dict[str, Provenance], dict[str, tuple[str, ...]]]:
    """Return which sources prove that nothing is missing and since when all of them do, and which leave it open."""
    proven, unproven = {}, {}
    place_of = {name: rules.rank[source_id] for source_id, name in rules.names.items()}
    ranked = sorted(health, key=lambda source: place_of.get(source.name, len(place_of)))
    for what in ("placements", "qualifications"):
        place = f"/{what}_complete"
        if getattr(decided.merged.youth, f"{what}_complete"):
            tellers = [source for source in ranked if what in source.tells and not source.frozen]
            days = [source.proved_on for source in tellers if source.proved_on is not None]
            proven[place] = Provenance(tellers[0].name, min(days), tuple(source.name for source in tellers[1:]))
            continue
        silent = [
            one.source
            for one in said
            if (what, one.source) in (rules.known.readers if one.unheard else rules.known.tellers)
            and getattr(one.facts, what) is None
        ]
        missing = (*lacking(ranked, what, as_of=rules.as_of), *silent, *decided.missed)
        unproven[place] = tuple(dict.fromkeys(missing))
    return proven, unproven


def open_cases(connection: Connection, bridge: Bridge, as_of: date) -> Iterator[Decided]:
    """Yield everyone who is on the register or to be investigated, decided for the day, in order of handle."""
    rules = rules_on(connection, bridge, as_of)
    statement = "SELECT id FROM youth WHERE registered_on IS NOT NULL OR outcome = ? ORDER BY handle"
    ids = [youth_id for (youth_id,) in rows(connection, statement, (Outcome.INVESTIGATE.value,))]
    for state, words in read_youths(connection, ids):
        decided = decide_one(state, words, rules)
        if decided.actions:
            yield decided


def last_night(connection: Connection) -> str | None:
    """Return the local date of the latest night, ``None`` when there was none."""
    last = runs.last_run(connection)
    return str(last[1]) if last else None
