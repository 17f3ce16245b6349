"""The records of one pull that cannot be used: where and why, and whom they may be about.

A record that is set aside may say anything: that the youth attends, that an exam was passed. So whoever it is about is
kept as *unheard* of the source: nothing that the source does not say of that youth proves anything, until the record is
read or has gone. What the record said before stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.domain.stored import packed
from kaa_bridge.errors import RecordProblem
from kaa_bridge.mapping import Mapper, RecordRefused
from kaa_bridge.store import records as store
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.unheard import Unheard, forget_youths, unheard_of, write_unheard
from kaa_bridge.sync.identity import Identities
from kaa_bridge.sync.reading import Unread

_NOBODY = RecordFacts()
_REPEATED = ("record_repeated", "the record's key came twice in one pull")


class _Told(NamedTuple):
    """A record that was set aside: its key, and whom it says that it is about."""

    key: bytes
    about: RecordFacts


class SetAside:
    """Takes what cannot be used.

    Attributes:
        counts: how many, by code and place.
        strangers: whether one was neither known nor set aside before.
        repeated: keys of records that came once more and said otherwise.
    """

    def __init__(
        self,
        connection: Connection,
        source_id: int,
        mapper: Mapper,
        of_key: Callable[[str], bytes],
        today: str,
    ) -> None:
        """Prepare for one pull of a source."""
        self._connection, self._source_id = connection, source_id
        self._mapper, self._of_key, self._today = mapper, of_key, today
        self._before = store.quarantined_keys(connection, source_id)
        self._told: list[_Told] = []
        self._met: set[bytes] = set()
        self._alone: set[bytes] = set()  # known before, and the only word under the key: the youth follows its number
        self._rows: list[tuple[int, bytes, bytes, str, str, str, str]] = []
        self.counts: dict[tuple[str, str], int] = {}
        self.strangers = False
        self.repeated: set[bytes] = set()

    def refuse(self, record: Unread, digest: bytes) -> None:
        """Set a record aside that cannot be read."""
        problem, key = record.problem, digest if record.key is None else self._of_key(record.key)
        self._take(key, digest, problem.code, _place(problem), record.about)

    def repeat(self, key: bytes, digest: bytes, facts: RecordFacts) -> None:
        """Set a record aside whose key came before in this pull, and that says otherwise."""
        self.repeated.add(key)
        about = RecordFacts(number=facts.number, protection=facts.protection)
        self._take(key, digest, *_REPEATED, _NOBODY if self._mapper.keeps_nobody else about)

    def keep(self, keys: Iterable[bytes]) -> None:
        """Take known records for unheard that are missing, and that one that was set aside may be."""
        self._told += [_Told(key, _NOBODY) for key in keys]

    def write(self, was_seen: Callable[[int], bool]) -> list[int]:
        """Write what was set aside since the last call; return the ids of those that are known: they have not gone.

        Args:
            was_seen: whether a known record, by id, has come in this pull already.
        """
        if not self._rows:
            return []
        store.add_quarantine(self._connection, self._rows)
        keys = [row[1] for row in self._rows]
        self._rows = []
        known = store.known_keys(self._connection, self._source_id, keys)
        self.strangers = self.strangers or any(key not in known and key not in self._before for key in keys)
        for key in keys:
            if key in known and key not in self._met and not was_seen(known[key].record_id):
                self._alone.add(key)
            else:
                self._alone.discard(key)
            self._met.add(key)
        return [one.record_id for one in known.values()]

    def settle(
        self, identities: Identities, *, was_seen: Callable[[int], bool], done: Iterable[bytes], whole: bool
    ) -> set[int]:
        """Keep who is unheard now, forget who is no more, and return the youths for whom that changed.

        Args:
            identities: whose record is it.
            was_seen: whether a record, by id, came in this pull.
            done: keys of records that the source has taken back, or that hold nothing to keep.
            whole: whether the pull means that what it did not hold has gone.
        """
        now = self._unheard(identities)  # may join youths, so what was known before is read after it
        before = unheard_of(self._connection, self._source_id)
        read = self._read_well(before, was_seen, set(done))
        store.clear_quarantine(self._connection, self._source_id, sorted(read & self._before))
        numbered = {one.key for one in self._told if one.about.number}
        for key, youths in before.items():
            if key in now and key not in numbered:
                now[key] = youths | now[key]
            elif key not in now and not (whole or key in read):
                now[key] = youths
        changed = {key: now.get(key, {}) for key in sorted(before.keys() | now) if before.get(key) != now.get(key)}
        write_unheard(self._connection, self._source_id, changed, self._today)
        concerned = {
            youth_id
            for key, youths in changed.items()
            for youth_id in before.get(key, {}).keys() | youths
            if before.get(key, {}).get(youth_id) != youths.get(youth_id)
        }
        forget_youths(self._connection, sorted(concerned))
        return concerned

    def _take(self, key: bytes, digest: bytes, code: str, place: str, about: RecordFacts) -> None:
        self.counts[code, place] = self.counts.get((code, place), 0) + 1
        self._rows.append((self._source_id, key, digest, code, place, self._today, self._today))
        self._told.append(_Told(key, about))

    def _read_well(self, before: Unheard, was_seen: Callable[[int], bool], done: set[bytes]) -> set[bytes]:
        """Return the keys of what was set aside earlier and was read in this pull, and was not set aside again."""
        open_keys = (self._before | before.keys()) - {one.key for one in self._told}
        known = store.known_keys(self._connection, self._source_id, sorted(open_keys))
        return {key for key in open_keys if key in done or (key in known and was_seen(known[key].record_id))}

    def _unheard(self, identities: Identities) -> Unheard:
        """Return the youths that what was set aside tonight may be about: by its number, and by its key."""
        found: Unheard = {one.key: {} for one in self._told}
        known = store.known_keys(self._connection, self._source_id, list(found))
        numbered = [one for one in self._told if one.about.number]
        before = [known.get(one.key) if one.key in self._alone else None for one in numbered]
        youths = identities.resolve_unread([one.about for one in numbered], before)
        if numbered:
            identities.write_new()
            known = store.known_keys(self._connection, self._source_id, list(found))  # youths may have been joined
        for one in self._told:
            if earlier := known.get(one.key):
                found[one.key][earlier.youth_id] = packed(_by_key_alone(one.about))
        for one, youth_id in zip(numbered, youths, strict=True):
            found[one.key][youth_id] = packed(one.about)
        return found


def _by_key_alone(about: RecordFacts) -> RecordFacts:
    """Return what counts for the youth that the record was about before: a protection, at once, and no more."""
    told = about.protection is not None and about.protection.is_protected
    return RecordFacts(protection=about.protection) if told else _NOBODY


def _place(problem: RecordProblem) -> str:
    """Say where in the record it went wrong, by the mapping's words; an adapter's problem says it in its message."""
    if isinstance(problem, RecordRefused):
        return f"{problem.place} ({problem.fact})" if problem.fact else problem.place
    return problem.message
