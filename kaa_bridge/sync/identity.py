"""Whose record is it: numbers to youths; a changed or merged number follows the person.

A youth is known by the pseudonym of its number. Where a record of a source keeps its own key but comes with another
number, or names the number it replaces, the youth gets the new pseudonym and the old one becomes an alias. Two youths
that turn out to be one are joined: records, notes and decisions move to the elder.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.store import records as store
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.handles import handle_of
from kaa_bridge.store.query import execute, rows
from kaa_bridge.sync.secrets import Pseudonyms


class Identities:
    """Finds or makes the youth of each record; new youths are collected until ``write_new``.

    Attributes:
        joined: youths who turned out to be one, those who are no more included.
    """

    def __init__(self, connection: Connection, pseudonyms: Pseudonyms, next_youth_id: int, as_of: date) -> None:
        """Start with the first free youth id."""
        self._connection = connection
        self._pseudonyms = pseudonyms
        self._of_nobody = pseudonyms.keys_of("\x1eunnumbered")
        self._next_id = next_youth_id
        self._as_of = as_of
        self._new: dict[bytes, store.YouthRow] = {}
        self._anonymous = 0
        self._aliases: list[tuple[bytes, int]] = []
        self._has_aliases = store.has_aliases(connection)
        self.joined: list[int] = []

    def resolve(self, facts: Sequence[RecordFacts], known: Sequence[store.KnownRecord | None]) -> list[int]:
        """Return the youth id of each record; ``known`` holds what the store has under the record's key.

        A record without a number belongs to the youth it belonged to before, else to a youth of its own.
        """
        of_number = self._pseudonyms.of_number
        wanted = [of_number(one.number) if one.number else b"" for one in facts]
        olds = {of_number(number) for one in facts if one.replaces for number in one.replaces}
        found = {
            pseudonym: earlier.youth_id
            for pseudonym, earlier in zip(wanted, known, strict=True)
            if earlier and earlier.pseudonym == pseudonym  # as a rule: nobody needs to be searched for
        }
        sought = sorted({*wanted, *olds} - {b""} - found.keys())
        found.update(store.youths_by_pseudonym(self._connection, sought, aliases=self._has_aliases))
        result: list[int] = []
        for one, pseudonym, earlier in zip(facts, wanted, known, strict=True):
            if not pseudonym:
                result.append(earlier.youth_id if earlier else self._make(self._own_pseudonym(), None))
                continue
            youth_id = found.get(pseudonym)
            former = self._former(one, earlier, found, youth_id) if earlier or one.replaces else ()
            for old in former:
                kept = self._follow(old, youth_id, pseudonym, one.number or "")
                found = {key: kept if value in (old, youth_id) else value for key, value in found.items()}
                result = [kept if value in (old, youth_id) else value for value in result]
                youth_id = kept
            if youth_id is None:
                youth_id = self._make(pseudonym, one.number)
            found[pseudonym] = youth_id
            self._aliases += [(of_number(number), youth_id) for number in one.replaces]
            result.append(youth_id)
        return result

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
        """Insert the youths made since the last call, and the earlier numbers that records told."""
        store.add_youths(self._connection, list(self._new.values()))
        self._new.clear()
        if self._aliases:
            store.add_aliases(self._connection, self._aliases, self._as_of.isoformat())
            self._has_aliases = True
            self._aliases.clear()

    def _former(
        self, one: RecordFacts, earlier: store.KnownRecord | None, found: dict[bytes, int], youth_id: int | None
    ) -> list[int]:
        """Return the youths that the record shows to be this one under another number."""
        former = [found[old] for number in one.replaces if (old := self._pseudonyms.of_number(number)) in found]
        if earlier is None or earlier.youth_id in (youth_id, *former):
            return former
        if self._is_same_person(earlier, one.number or ""):
            former.append(earlier.youth_id)
        return former

    def _is_same_person(self, earlier: store.KnownRecord, number: str) -> bool:
        """Tell whether a record that comes with another number is still about the youth it was about.

        A source that corrects a wrong number must not drag another person's records along: the youth follows when it
        has no other record, or when a samordningsnummer or interim number became the personnummer of the same birth.
        """
        statement = (
            "SELECT y.number, count(r.id) FROM youth y JOIN record r ON r.youth_id = y.id WHERE y.id = ? "
            "GROUP BY y.number"
        )
        for old, count in rows(self._connection, statement, (earlier.youth_id,)):
            return bool(count == 1 or _is_upgrade(old or "", number))
        return False

    def _follow(self, old: int, youth_id: int | None, pseudonym: bytes, number: str) -> int:
        if youth_id == old:
            return old
        if youth_id is None:
            self._rename(old, pseudonym, number)
            return old
        return self._join(old, youth_id, pseudonym, number)

    def _rename(self, youth_id: int, pseudonym: bytes, number: str) -> None:
        self.write_new()
        self._has_aliases = True
        since = self._as_of.isoformat()
        insert = (
            "INSERT INTO alias (pseudonym, youth_id, since) SELECT pseudonym, id, ? FROM youth WHERE id = ? "
            "ON CONFLICT DO NOTHING"
        )
        execute(self._connection, insert, (since, youth_id))
        execute(self._connection, "DELETE FROM alias WHERE pseudonym = ?", (pseudonym,))
        update = "UPDATE youth SET pseudonym = ?, number = ? WHERE id = ?"
        execute(self._connection, update, (pseudonym, number, youth_id))

    def _join(self, one: int, other: int, pseudonym: bytes, number: str) -> int:
        """Join two youths into the elder and return its id."""
        self.write_new()
        self._has_aliases = True
        keep, drop = min(one, other), max(one, other)
        self.joined += keep, drop
        for table in ("record", "note", "decision", "alias", "scb_row"):
            execute(self._connection, f"UPDATE {table} SET youth_id = ? WHERE youth_id = ?", (keep, drop))  # noqa: S608 - our own table names
        ((dropped,),) = rows(self._connection, "SELECT pseudonym FROM youth WHERE id = ?", (drop,))
        execute(self._connection, "DELETE FROM youth WHERE id = ?", (drop,))
        insert = "INSERT INTO alias (pseudonym, youth_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        execute(self._connection, insert, (dropped, keep, self._as_of.isoformat()))
        ((kept,),) = rows(self._connection, "SELECT pseudonym FROM youth WHERE id = ?", (keep,))
        if bytes(kept) != pseudonym:
            self._rename(keep, pseudonym, number)
        return keep

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


def _is_upgrade(old: str, new: str) -> bool:
    if len(old) != 12 or len(new) != 12 or not new.isdigit() or int(new[6:8]) > 31:
        return False
    interim = not old.isdigit()
    if not interim and int(old[6:8]) <= 60:
        return False
    return old[:4] == new[:4] and (old[4:6] in ("00", new[4:6])) and int(old[6:8]) % 60 in (0, int(new[6:8]))
