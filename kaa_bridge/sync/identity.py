"""Whose record is it: a record belongs to the youth of its number, and a youth has one number at a time.

A youth is known by the pseudonym of its number, and a record is the word on that youth for as long as it has that
number. When it comes with another:

1. **Proven to be the same person.** The record names the number that it replaces, or an interim number or
   samordningsnummer has become the personnummer of the same birth, or the youth had no number. The youth gets the
   number and keeps its handle; the earlier number is an alias that still finds it. Where both numbers are youths'
   already, the two are joined into the elder: records, notes and decisions, the elder case, the stronger protection,
   and what waits for a person's word.
2. **Not proven, and the number is another youth's.** The record moves there, and nothing else does: not the records of
   other sources, not notes, not the case. So two numbers that were exchanged leave two youths, and a record that
   carried a wrong number for a night is apart again when the number is put right.
3. **Not proven, and the number is nobody's.** Where the record is the youth's only one, and no other record of the
   source wants the youth's number, it is presumed to be the same person: the youth gets number and handle of it, and
   keeps case and notes. Else the record becomes the word on a new youth.

What is presumed is taken back when somebody comes with the earlier number: that is another youth, with the notes that
were addressed to the number, and with the case that they opened.

A youth that no record is about any more is one that nothing is known of: to be investigated, never *not covered*.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.store import identities
from kaa_bridge.store import records as store
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.handles import handle_of
from kaa_bridge.sync.secrets import Pseudonyms


class Identities:
    """Finds or makes the youth of each record; new youths are collected until ``write_new``.

    Attributes:
        touched: youths who got or lost something beside a record (joined, taken back), those who are no more included.
    """

    def __init__(self, connection: Connection, pseudonyms: Pseudonyms, next_youth_id: int, as_of: date) -> None:
        """Start with the first free youth id."""
        self._connection = connection
        self._pseudonyms = pseudonyms
        self._of_nobody = pseudonyms.keys_of("\x1eunnumbered")
        self._next_id = next_youth_id
        self._on = as_of.isoformat()
        self._new: dict[bytes, store.YouthRow] = {}
        self._anonymous = 0
        self._aliases: list[tuple[bytes, int]] = []
        self._moves: list[tuple[int, int]] = []
        self._has_aliases = store.has_aliases(connection)
        self.touched: list[int] = []

    def resolve(self, facts: Sequence[RecordFacts], known: Sequence[store.KnownRecord | None]) -> list[int]:
        """Return the youth id of each record; ``known`` holds what the store has under the record's key.

        A record without a number belongs to the youth it belonged to before, else to a youth of its own.
        """
        of_number = self._pseudonyms.of_number
        wanted = [of_number(one.number) if one.number else b"" for one in facts]
        block = self._block(facts, wanted, known)
        owner = block.owner
        for one, pseudonym, earlier in zip(facts, wanted, known, strict=True):
            if pseudonym:
                youth_id = owner.get(pseudonym)
                if youth_id is None or one.replaces or (earlier and earlier.youth_id != youth_id):
                    youth_id = self._place(one, pseudonym, earlier, block)
            else:
                youth_id = block.now(earlier.youth_id) if earlier else self._make(self._own_pseudonym(), None)
            block.youths.append(youth_id)
        return block.youths

    def resolve_unread(self, facts: Sequence[RecordFacts], known: Sequence[store.KnownRecord | None]) -> list[int]:
        """Return whom records with these numbers are about, though they cannot be used.

        Such a record says who it is about and no more: only to a number that is nobody's does a youth follow it.
        """
        wanted = [self._pseudonyms.of_number(one.number or "") for one in facts]
        owned = store.youths_by_pseudonym(self._connection, sorted(set(wanted)), aliases=self._has_aliases)
        before = [None if one in owned else earlier for one, earlier in zip(wanted, known, strict=True)]
        return self.resolve(facts, before)

    @property
    def next_id(self) -> int:
        """The id that the next new youth gets."""
        return self._next_id

    @property
    def has_aliases(self) -> bool:
        """Whether any youth is known by an earlier number too."""
        return self._has_aliases

    def made_elsewhere(self, count: int) -> None:
        """Leave out the ids of new youths that somebody else has written, from ``next_id`` on."""
        self._next_id += count

    def write_new(self) -> None:
        """Insert the youths made since the last call, the earlier numbers that records told, and what moves along.

        To be called before the records themselves are moved.
        """
        store.add_youths(self._connection, list(self._new.values()))
        self._new.clear()
        if self._aliases:
            store.add_aliases(self._connection, self._aliases, self._on)
            self._has_aliases = True
            self._aliases.clear()
        if self._moves:
            identities.protect(self._connection, identities.protections_left(self._connection, self._moves))
            self._moves.clear()

    def _block(
        self, facts: Sequence[RecordFacts], wanted: list[bytes], known: Sequence[store.KnownRecord | None]
    ) -> _Block:
        """Ask the store who has the numbers that the records come with and those that they replace."""
        of_number = self._pseudonyms.of_number
        owner = {
            pseudonym: earlier.youth_id
            for pseudonym, earlier in zip(wanted, known, strict=True)
            if earlier and earlier.pseudonym == pseudonym  # as a rule: nobody needs to be searched for
        }
        olds = {of_number(number) for one in facts if one.replaces for number in one.replaces}
        sought = sorted({*wanted, *olds} - {b""} - owner.keys())
        owner.update(store.youths_by_pseudonym(self._connection, sought, aliases=self._has_aliases))
        presumed = identities.presumed_youths(self._connection, sought) if self._has_aliases else {}
        return _Block(wanted, owner, presumed)

    def _place(self, one: RecordFacts, pseudonym: bytes, earlier: store.KnownRecord | None, block: _Block) -> int:
        """Return the youth of a record that is new or comes with another number than it had."""
        number = one.number or ""
        before = block.now(earlier.youth_id) if earlier else None
        youth_id = block.owner.get(pseudonym)
        for old in self._proven(one, before, youth_id, block):
            youth_id = self._unite(old, youth_id, pseudonym, number, block)
        if youth_id is None and earlier and before is not None and self._follows(before, earlier, block):
            youth_id = before
            self._rename(before, pseudonym, number, block, proven=False)
        if youth_id is None:
            youth_id = self._make(pseudonym, number)
            self._take(pseudonym, number, youth_id, block)
        if before is not None and before != youth_id:
            self._moves.append((before, youth_id))
        block.owner[pseudonym] = youth_id
        for replaced in one.replaces:
            old_pseudonym = self._pseudonyms.of_number(replaced)
            self._take(old_pseudonym, replaced, youth_id, block)
            self._aliases.append((old_pseudonym, youth_id))
        return youth_id

    def _proven(self, one: RecordFacts, before: int | None, youth_id: int | None, block: _Block) -> list[int]:
        """Return the youths that the record proves to be this one under another number."""
        olds = (block.owner.get(self._pseudonyms.of_number(number)) for number in one.replaces)
        proven = [old for old in dict.fromkeys(olds) if old is not None and old != youth_id]
        if before is not None and before not in (youth_id, *proven):
            old_number = identities.number_of(self._connection, before)
            if old_number is None or _is_upgrade(old_number, one.number or ""):
                proven.append(before)
        return proven

    def _follows(self, before: int, earlier: store.KnownRecord, block: _Block) -> bool:
        """Tell whether a youth is presumed to follow its record to a number that nobody has.

        Not when the record had gone, so that its key may be another person's now; not when another record is about the
        youth, or is about to be.
        """
        return not earlier.gone and before not in block.claimed and identities.has_one_record(self._connection, before)

    def _unite(self, old: int, youth_id: int | None, pseudonym: bytes, number: str, block: _Block) -> int:
        """Make two numbers one youth's and return it; the elder is kept where both are youths."""
        if youth_id is None:
            self._rename(old, pseudonym, number, block, proven=True)
            return old
        self.write_new()
        self._has_aliases = True
        keep, drop = min(old, youth_id), max(old, youth_id)
        self.touched += keep, drop
        identities.join(self._connection, keep, drop, self._on, numbered_as=youth_id)
        block.join(keep, drop)
        return keep

    def _rename(self, youth_id: int, pseudonym: bytes, number: str, block: _Block, *, proven: bool) -> None:
        self.write_new()
        self._has_aliases = True
        self._take(pseudonym, number, youth_id, block)
        rename = identities.rename_proven if proven else identities.rename_presumed
        rename(self._connection, youth_id, pseudonym, number, self._on)

    def _take(self, pseudonym: bytes, number: str, youth_id: int, block: _Block) -> None:
        """Let a youth have a number that was only presumed to be another's, if it was."""
        former = block.presumed.pop(pseudonym, None)
        if former is None or block.now(former) == youth_id:
            return
        self.write_new()
        former = block.now(former)
        self.touched += former, youth_id
        identities.take_number(self._connection, pseudonym, number, of=former, to=youth_id)

    def _make(self, pseudonym: bytes, number: str | None) -> int:
        if made := self._new.get(pseudonym):
            return made[0]
        youth_id = self._next_id
        self._next_id += 1
        self._new[pseudonym] = (youth_id, pseudonym, handle_of(pseudonym), number)
        return youth_id

    def _own_pseudonym(self) -> bytes:
        self._anonymous += 1
        return self._of_nobody(f"{self._next_id}.{self._anonymous}")


class _Block:
    """What is known of the numbers of some records while they are resolved.

    Attributes:
        owner: whose each number is; ``presumed`` holds whose it was, where nothing proves that it still is.
        youths: the youths of the records so far.
    """

    def __init__(self, wanted: Sequence[bytes], owner: dict[bytes, int], presumed: dict[bytes, int]) -> None:
        self._wanted = wanted
        self.owner = owner
        self.presumed = presumed
        self.youths: list[int] = []
        self._joined: dict[int, int] = {}

    @cached_property
    def claimed(self) -> set[int]:
        """The youths that some record of the block comes with the number of."""
        return {self.owner[one] for one in self._wanted if one in self.owner}

    def now(self, youth_id: int) -> int:
        """Return whom a youth was joined to, else the youth itself."""
        while (kept := self._joined.get(youth_id)) is not None:
            youth_id = kept
        return youth_id

    def join(self, keep: int, drop: int) -> None:
        """Let the youth that is kept stand wherever the other stood."""
        self._joined[drop] = keep
        self.owner.update({pseudonym: keep for pseudonym, one in self.owner.items() if one == drop})
        self.youths = [keep if one == drop else one for one in self.youths]


def _is_upgrade(old: str, new: str) -> bool:
    if len(old) != 12 or len(new) != 12 or not new.isdigit() or int(new[6:8]) > 31:
        return False
    interim = not old.isdigit()
    if not interim and int(old[6:8]) <= 60:
        return False
    return old[:4] == new[:4] and (old[4:6] in ("00", new[4:6])) and int(old[6:8]) % 60 in (0, int(new[6:8]))
