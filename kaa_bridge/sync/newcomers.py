"""The short way of a youth who is new to the store: stored once, and decided in the same stroke.

A first night consists of such youths: one record, one source, nobody there before. The general way asks the store for
every key and number, inserts the youth, reads everything back, decides, and updates the row. On the short way the rows
are written and the store says whether one of them was known; then the block is taken out again and goes the general
way. The two ways leave the same rows (``tests/sync/test_newcomers.py``).

A youth whom the law does not cover, or who is to be investigated, needs no case and no note, and is written with that
decision; who is covered is decided after the pulls, as always. The decision is taken as if every source proved a whole
tonight and no other record told something of the youth. Where that turns out otherwise, it is taken back and decided
anew (``Settled``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.domain.values import Protection
from kaa_bridge.law import Outcome
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.handles import handles_of
from kaa_bridge.store.newcomers import Newcomers, add_newcomers, forget_decisions
from kaa_bridge.store.records import YouthRow
from kaa_bridge.sync.decide import Rules
from kaa_bridge.sync.firsts import Firsts
from kaa_bridge.sync.identity import Identities
from kaa_bridge.sync.marks import Marks
from kaa_bridge.sync.secrets import Pseudonyms
from kaa_bridge.sync.settle import Decision, Settling

MappedRecord = tuple[bytes, bytes, RecordFacts]
"""Keyed hash of the record's key, digest, facts."""
_OPEN = Protection.NONE.value
_INVESTIGATE = Outcome.INVESTIGATE
_PATIENCE = 3
"""Blocks in a row that may hold somebody known before the short way is given up for the rest of a pull."""


class Settled(Struct):
    """Youths who were decided while they were pulled.

    Attributes:
        youths: all of them.
        protected: those whose identity is protected.
        firsts: the decisions of those to be investigated; that a youth was never covered is not kept.
    """

    youths: Marks = field(default_factory=Marks)
    protected: Marks = field(default_factory=Marks)
    firsts: Firsts = field(default_factory=Firsts)

    def add(self, other: Settled) -> None:
        """Take in what another pull settled."""
        self.youths.update(other.youths)
        self.protected.update(other.protected)
        self.firsts.update(other.firsts)

    def take(self, new: Newcomers, firsts: Firsts) -> None:
        """Mark the youths of a block that was stored, and keep the decisions of those to be investigated."""
        self.firsts.update(firsts)
        self.youths.update(range(new.first_youth, new.first_youth + len(new.records)))
        self.youths.difference_update([row[0] for row in new.undecided])
        for rows in new.settled.values():
            self.protected.update([row[0] for row in rows if row[5] != _OPEN])

    def give_up(self, connection: Connection, ids: Iterable[int]) -> None:
        """Leave those of the youths who were settled to be decided as if nothing had been decided of them."""
        again = [youth_id for youth_id in ids if youth_id in self.youths] if len(self.youths) else []
        forget_decisions(connection, again)
        self.youths.difference_update(again)
        self.protected.difference_update(again)
        if again:
            self.firsts.keep(self.youths)

    def outcomes(self) -> dict[str, int]:
        """Return how many were decided as what."""
        investigate = len(self.firsts.youths)
        counts = {Outcome.NOT_COVERED: len(self.youths) - investigate, Outcome.INVESTIGATE: investigate}
        return {outcome.value: count for outcome, count in counts.items() if count}


class ShortWay:
    """Takes blocks of a pull's records as newcomers, as long as they are."""

    def __init__(
        self,
        connection: Connection,
        source_id: int,
        source: str,
        pseudonyms: Pseudonyms,
        identities: Identities,
        today: str,
        rules: Rules | None,
        settled: Settled,
    ) -> None:
        """Begin; without ``rules`` everybody is decided later, with them ``settled`` takes in whoever is not."""
        self._connection = connection
        self._source_id = source_id
        self._pseudonyms = pseudonyms
        self._identities = identities
        self._today = today
        self._settling = Settling(source, rules) if rules else None
        self._settled = settled
        self._misses = 0

    def take(self, block: Sequence[MappedRecord], record_id: int) -> Newcomers | None:
        """Store a block of newcomers, their records from ``record_id`` on; ``None`` leaves it to the general way."""
        if self._misses >= _PATIENCE or self._identities.has_aliases:
            return None
        if not all(facts.number and not facts.replaces for _, _, facts in block):
            return None
        new, firsts = self._made(block, record_id)
        if not add_newcomers(self._connection, self._source_id, new, self._today):
            self._misses += 1
            return None
        self._misses = 0
        self._identities.made_elsewhere(len(block))
        self._settled.take(new, firsts)
        return new

    def _made(self, block: Sequence[MappedRecord], record_id: int) -> tuple[Newcomers, Firsts]:
        """Return the rows of a block, column by column: a loop that makes two rows a record costs twice that.

        The bytes are given as the driver wants them: to have it turn them costs more.
        """
        count, youth_id = len(block), self._identities.next_id
        keys, _, every = zip(*block, strict=True)
        youth_ids, record_ids = range(youth_id, youth_id + count), range(record_id, record_id + count)
        numbers = [facts.number for facts in every]
        pseudonyms = list(map(self._pseudonyms.of_number, numbers))
        youths = zip(youth_ids, map(bytearray, pseudonyms), handles_of(pseudonyms), numbers, strict=True)
        new, firsts = Newcomers(youth_id, record_id), Firsts()
        if self._settling is None:
            new.undecided += youths
        else:
            _settle(zip(youths, map(self._settling.decide, every), strict=True), new, firsts)
        told = map(bytearray, map(packed, every))
        new.records = list(zip(record_ids, map(bytearray, keys), youth_ids, told, strict=True))
        return new, firsts


def _settle(decided: Iterable[tuple[YouthRow, Decision | None]], new: Newcomers, firsts: Firsts) -> None:
    """Put the youths of a block where their decision belongs."""
    not_covered = new.settled[Outcome.NOT_COVERED.value] = []
    investigate = new.settled[Outcome.INVESTIGATE.value] = []
    for youth, decision in decided:
        if decision is None:
            new.undecided.append(youth)
            continue
        verdict, columns = decision
        if verdict.outcome is _INVESTIGATE:
            investigate.append(youth + columns)
            firsts.add(youth[0], verdict)
        else:
            not_covered.append(youth + columns)
