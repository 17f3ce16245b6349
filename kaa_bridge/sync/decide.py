"""Decides the youths that are up and says what changed; writes their state, and hands the changes on to the notes.

Only youths whose facts changed, or whose last decision named tonight, come here. An outage brings nobody here: a youth
that is not up keeps the decision it has, and one that is up later than the days of trust is investigated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct, structs

from kaa_bridge.domain.facts import Event, Youth
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import unpacked
from kaa_bridge.domain.values import EventKind, Protection
from kaa_bridge.law import CRITERIA, Outcome, RuleSet, Verdict
from kaa_bridge.law.leaving import LEAVING_EVENTS
from kaa_bridge.routine import DueAction, Routine, due_actions, next_change
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import chunks
from kaa_bridge.store.youths import Word, YouthState, read_youths, write_decisions, write_youths
from kaa_bridge.sync.completeness import Completeness
from kaa_bridge.sync.firsts import First, Firsts
from kaa_bridge.sync.merge import Merged, Said, merge

_KEPT_PROTECTION = {
    Protection.SEKRETESSMARKERING,
    Protection.SKYDDAD_FOLKBOKFORING,
    Protection.FINGERADE_PERSONUPPGIFTER,
}
_COVERED, _NOT_COVERED, _INVESTIGATE = Outcome.COVERED, Outcome.NOT_COVERED, Outcome.INVESTIGATE
_BATCH = 1000
_youth_of = itemgetter(0)
AWAITING_START = "awaiting_start"
"""Remark of a youth who is admitted to a placement that begins later: covered by the letter, no case until then."""


class Rules(Struct, frozen=True):
    """By what the municipality decides tonight: the law prepared for the day, the routine, and who is trusted.

    Attributes:
        removed: sources that are configured no more: of what they told, only what has been done still counts.
        missed: those of them that nobody has said to be gone for good.
    """

    as_of: date
    law: RuleSet
    routine: Routine
    known: Completeness
    rank: dict[int, int]
    names: dict[int, str]
    released: frozenset[str] = frozenset()
    wait_for_start: bool = True
    removed: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()


class Decided(NamedTuple):
    """One youth after deciding: the row as it was, what the sources say together, and what follows.

    ``missed`` names removed sources without which it cannot be told whether the youth is covered.
    """

    before: YouthState
    merged: Merged
    verdict: Verdict
    registered_on: str | None
    actions: tuple[DueAction, ...]
    unprotected: bool = False
    missed: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The outcome's word, as the store and the files write it."""
        return self.verdict.outcome.value

    @property
    def is_new_case(self) -> bool:
        """Whether tonight begins a case: the youth is covered and was not on the register."""
        return self.before.registered_on is None and self.registered_on is not None

    @property
    def is_ended_case(self) -> bool:
        """Whether tonight ends a case: the youth was on the register and is known not to be covered."""
        return self.before.registered_on is not None and self.registered_on is None


def words_said(words: Iterable[Word], rules: Rules) -> list[Said]:
    """Decode the words of a youth's records, the most trusted source first; what is unheard comes last."""
    ranked = list(words)
    if len(ranked) > 1:
        ranked.sort(key=lambda word: (word.unheard, rules.rank.get(word.source_id, 99), word.changed_on))
    said = [
        Said(
            rules.names.get(word.source_id, "?"),
            date.fromisoformat(word.changed_on),
            unpacked(word.facts),
            word.unheard,
        )
        for word in ranked
    ]
    return _still_said(said, rules) if rules.removed else said


def decide_youths(
    connection: Connection, ids: Iterable[int], rules: Rules, *, run_id: int, firsts: Firsts | None = None
) -> Iterator[Decided]:
    """Decide each youth, the ids ascending; yield the results once their rows are written, some at a time.

    ``firsts`` are decisions made already of other youths: kept in one order with those made here.
    """
    today, firsts = rules.as_of.isoformat(), firsts or Firsts()
    for part in chunks(ids, _BATCH):
        batch = [decide_one(state, words, rules) for state, words in read_youths(connection, part)]
        write_youths(connection, [_row(decided, rules) for decided in batch])
        kept = [_history(one, run_id, today) for one in batch if _is_worth_keeping(one)]
        kept += [_first(one, run_id, today) for one in firsts.take(part[-1])]
        write_decisions(connection, sorted(kept, key=_youth_of))
        yield from batch
    for rest in chunks(firsts.take()):
        write_decisions(connection, [_first(one, run_id, today) for one in rest])


def decide_one(state: YouthState, words: Sequence[Word], rules: Rules) -> Decided:
    """Decide one youth: pure, nothing is written."""
    merged = merge(state.handle, words_said(words, rules), known=rules.known)
    unprotected = _keep_protection(state, merged, rules)
    verdict = rules.law.judge(merged.youth)
    missed: tuple[str, ...] = ()
    if rules.missed and state.registered_on is None:
        verdict, missed = miss(merged, verdict, words, rules)
    registered_on = _registered_on(state, verdict, rules)
    actions: tuple[DueAction, ...] = ()
    is_case = verdict.outcome is _INVESTIGATE or registered_on is not None
    if is_case:
        _add_clock(merged, state, verdict, registered_on, rules)
        unknown = unknown_criteria(verdict) if verdict.outcome is _INVESTIGATE else ()
        found = due_actions(
            rules.routine,
            merged.youth,
            as_of=rules.as_of,
            unknown_criteria=unknown,
            wait_for_start=_waits(rules),
        )
        actions = tuple(found)
    return Decided(state, merged, verdict, registered_on, actions, unprotected, missed)


def _still_said(said: list[Said], rules: Rules) -> list[Said]:
    """Leave out what removed sources told, but for contacts, measures and the like: those have been done."""
    removed = {rules.names[source_id] for source_id in rules.removed}
    return [
        one if one.source not in removed else Said(one.source, one.seen_on, RecordFacts(events=done))
        for one in said
        if one.source not in removed or (done := _done(one.facts))
    ]


def _done(facts: RecordFacts) -> tuple[Event, ...]:
    return tuple(event for event in facts.events or () if event.kind not in LEAVING_EVENTS)


def miss(merged: Merged, verdict: Verdict, words: Sequence[Word], rules: Rules) -> tuple[Verdict, tuple[str, ...]]:
    """Open no case only because a source was removed from the configuration.

    Whom the law covers without what such a source told, but not with it, is to be investigated: then nothing is proven
    of the youth, and ``merged`` says so. So is whom it told something of that could not be read: that may have said
    anything. Returns the verdict and the sources that are missed. Not to be asked of a youth whose case is open
    already: it was opened with that source, or in spite of it.
    """
    told = rules.missed.intersection([word.source_id for word in words])
    if not told or verdict.outcome is not _COVERED:
        return verdict, ()
    rank = rules.rank | dict.fromkeys(told, -1)  # as if it had been the most trusted: nobody knows any more what it was
    heard = structs.replace(rules, rank=rank, removed=rules.removed - told)
    youth = merge(merged.youth.ref, words_said(words, heard), known=rules.known).youth
    with_it = rules.law.judge(structs.replace(youth, protection=merged.youth.protection))
    missed: tuple[str, ...] = ()
    if with_it.outcome is not _COVERED or any(word.unheard and word.source_id in told for word in words):
        merged.youth = structs.replace(merged.youth, placements_complete=False, qualifications_complete=False)
        verdict, missed = rules.law.judge(merged.youth), tuple(sorted(rules.names[one] for one in told))
    reviews = [day for day in (verdict.next_review, with_it.next_review) if day is not None]
    return structs.replace(verdict, next_review=min(reviews, default=None)), missed


def unknown_criteria(verdict: Verdict) -> tuple[str, ...]:
    """Return the names of the criteria that are unknown, in the order of the law."""
    return _marked_unknown(verdict.criteria)


@lru_cache(maxsize=512)
def _marked_unknown(criteria: str) -> tuple[str, ...]:
    return tuple(name for name, mark in zip(CRITERIA, criteria, strict=True) if mark == "u")


def _keep_protection(state: YouthState, merged: Merged, rules: Rules) -> bool:
    """Keep a protection that sources no longer tell until a person has released it; tell whether they stopped."""
    before = Protection(state.protection) if state.protection else None
    if before not in _KEPT_PROTECTION or merged.youth.protection in _KEPT_PROTECTION:
        return False
    if merged.youth.protection is Protection.NONE and state.handle in rules.released:
        return False
    told_none = merged.youth.protection is Protection.NONE
    merged.youth = structs.replace(merged.youth, protection=before)
    return told_none


def _registered_on(state: YouthState, verdict: Verdict, rules: Rules) -> str | None:
    if verdict.outcome is _COVERED:
        waits = rules.wait_for_start and AWAITING_START in verdict.remarks
        return state.registered_on or (None if waits else rules.as_of.isoformat())
    return None if verdict.outcome is _NOT_COVERED else state.registered_on


def _add_clock(merged: Merged, state: YouthState, verdict: Verdict, registered_on: str | None, rules: Rules) -> None:
    """Give the routine its clock where no source tells one for this case.

    A source's own registration counts when it lies in the present coverage; else the day on which the bridge put the
    youth on the register, or since when the case is to be investigated.
    """
    begun = verdict.covered_since or date.min
    if any(event.kind is EventKind.REGISTERED and event.on >= begun for event in merged.youth.events):
        return
    since = registered_on or (state.outcome_since if state.outcome == Outcome.INVESTIGATE.value else None)
    clock = Event(kind=EventKind.REGISTERED, on=date.fromisoformat(since) if since else rules.as_of)
    merged.youth = structs.replace(merged.youth, events=(*merged.youth.events, clock))


def _row(decided: Decided, rules: Rules) -> tuple[object, ...]:
    before, verdict, youth = decided.before, decided.verdict, decided.merged.youth
    today = rules.as_of.isoformat()
    since = before.outcome_since if before.outcome == decided.outcome else today
    return (
        iso(youth.birth_date),
        youth.protection.value,
        decided.outcome,
        since,
        verdict.criteria,
        iso(verdict.covered_since),
        iso(verdict.next_review),
        _next_action(decided, youth, rules),
        decided.registered_on,
        today,
        len(decided.merged.conflicts),
        before.id,
    )


def _next_action(decided: Decided, youth: Youth, rules: Rules) -> str | None:
    """Return the next day on which the list of actions changes or one of them falls due and is noted."""
    if decided.registered_on is None:
        return None
    unknown = unknown_criteria(decided.verdict) if decided.verdict.outcome is _INVESTIGATE else ()
    change = next_change(
        rules.routine,
        youth,
        as_of=rules.as_of,
        unknown_criteria=unknown,
        wait_for_start=_waits(rules),
        listed=decided.actions,
    )
    falls_due = (action.due or action.not_before for action in decided.actions)
    return iso(min((day for day in (change, *falls_due) if day is not None and day > rules.as_of), default=None))


def _waits(rules: Rules) -> bool | None:
    """Return the municipality's word where it says not to wait; else the routine decides, which can be narrower."""
    return None if rules.wait_for_start else False


def _is_worth_keeping(decided: Decided) -> bool:
    before = decided.before
    if before.outcome is None:
        return decided.verdict.outcome is not _NOT_COVERED
    changed = before.outcome != decided.outcome or before.criteria != decided.verdict.criteria
    return changed or decided.is_new_case


def _history(decided: Decided, run_id: int, today: str) -> tuple[object, ...]:
    verdict = decided.verdict
    since = iso(verdict.covered_since)
    return (decided.before.id, run_id, today, decided.outcome, verdict.criteria, since, " ".join(verdict.remarks))


def _first(first: First, run_id: int, today: str) -> tuple[object, ...]:
    youth_id, outcome, criteria, remarks = first
    return (youth_id, run_id, today, outcome, criteria, None, remarks)


@lru_cache(maxsize=8192)
def iso(day: date | None) -> str | None:
    """Return the date as the store writes it; a population shares its few thousand days, so they are kept."""
    return day.isoformat() if day is not None else None
