"""What is written when a number changes hands: a youth gets another number, two are one, a number was another's.

Every function runs in the caller's transaction, on youths whose rows are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kaa_bridge.domain.values import Protection
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.handles import handle_of
from kaa_bridge.store.query import chunks, execute, marks, rows
from kaa_bridge.store.sql import scalar

_KEPT = (
    Protection.FINGERADE_PERSONUPPGIFTER.value,
    Protection.SKYDDAD_FOLKBOKFORING.value,
    Protection.SEKRETESSMARKERING.value,
)
"""Protections that only a person's release ends, the strongest first."""
OF_ONE = ("record", "unheard", "note", "decision", "alias", "scb_row")
"""The tables whose rows are about one youth."""
_DECIDED = "outcome, outcome_since, criteria, covered_since"


def presumed_youths(connection: Connection, pseudonyms: Sequence[bytes]) -> dict[bytes, int]:
    """Return who had these numbers before, where nothing proves that the number and the youth still belong together."""
    found: dict[bytes, int] = {}
    for part in chunks(pseudonyms):
        where = f"WHERE presumed = 1 AND pseudonym IN ({marks(len(part))})"
        found.update(rows(connection, f"SELECT pseudonym, youth_id FROM alias {where}", part))
    return found


def number_of(connection: Connection, youth_id: int) -> str | None:
    """Return the canonical number of a youth, ``None`` where it has none."""
    number: str | None = scalar(connection, "SELECT number FROM youth WHERE id = ?", (youth_id,))
    return number


def has_one_record(connection: Connection, youth_id: int) -> bool:
    """Tell whether a youth has one record only, those that have gone and those that cannot be used counted too."""
    statement = (
        "SELECT (SELECT count(*) FROM record WHERE youth_id = ?) + "
        "(SELECT count(*) FROM unheard u WHERE u.youth_id = ? AND NOT EXISTS "
        "(SELECT 1 FROM record r WHERE r.key = u.key AND r.youth_id = u.youth_id))"
    )
    return bool(scalar(connection, statement, (youth_id, youth_id)) == 1)


def rename_proven(connection: Connection, youth_id: int, pseudonym: bytes, number: str, on: str) -> None:
    """Give a youth another number that is known to be the same person's; the earlier one finds the youth too."""
    _keep_number(connection, youth_id, pseudonym, on, presumed=0)
    statement = "UPDATE youth SET pseudonym = ?, number = ? WHERE id = ?"
    execute(connection, statement, (pseudonym, number, youth_id))


def rename_presumed(connection: Connection, youth_id: int, pseudonym: bytes, number: str, on: str) -> None:
    """Give a youth another number that only seems to be the same person's.

    The handle goes with the number, so that whoever has the earlier number next gets the earlier handle; until then the
    earlier handle finds this youth.
    """
    execute(connection, "UPDATE alias SET presumed = 1 WHERE youth_id = ?", (youth_id,))
    _keep_number(connection, youth_id, pseudonym, on, presumed=1)
    handle = handle_of(pseudonym)
    _move_holds(connection, _named(connection, youth_id)[1], handle)
    statement = "UPDATE youth SET pseudonym = ?, number = ?, handle = ? WHERE id = ?"
    execute(connection, statement, (pseudonym, number, handle, youth_id))


def join(connection: Connection, keep: int, drop: int, on: str, *, numbered_as: int) -> None:
    """Make two youths one: everything of ``drop`` becomes ``keep``'s, and neither case nor protection is lost.

    The case is as old as the older of the two, the protection as strong as the stronger, the decision the one that was
    made last, and the number that of ``numbered_as``, who is one of them.
    """
    (kept, handle, _), (dropped, other_handle, _) = (_named(connection, one) for one in (keep, drop))
    named, _, number = _named(connection, numbered_as)
    _join_holds(connection, handle, other_handle)
    _join_states(connection, keep, drop)
    for table in OF_ONE:
        execute(connection, f"UPDATE {table} SET youth_id = ? WHERE youth_id = ?", (keep, drop))
    execute(connection, "DELETE FROM youth WHERE id = ?", (drop,))
    execute(connection, "UPDATE youth SET pseudonym = ?, number = ? WHERE id = ?", (named, number, keep))
    insert = "INSERT INTO alias (pseudonym, youth_id, since, presumed) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING"
    execute(connection, insert, (dropped if named == kept else kept, keep, on))


def take_number(connection: Connection, pseudonym: bytes, number: str, *, of: int, to: int) -> None:
    """Let a number that was only presumed to be one youth's (``of``) be another's, with the notes written to it.

    A note stands in the case file of the number that it was addressed to. Where the open case's own opening is among
    them, the case goes along, and ``of`` is on the register from the night that finds it so.
    """
    since = scalar(connection, "SELECT since FROM alias WHERE pseudonym = ?", (pseudonym,))
    execute(connection, "DELETE FROM alias WHERE pseudonym = ?", (pseudonym,))
    opened_on = scalar(connection, "SELECT registered_on FROM youth WHERE id = ?", (of,))
    was_noted = _is_noted(connection, of, opened_on)
    statement = (
        "UPDATE note SET youth_id = ? WHERE youth_id = ? "
        "AND (person_number = ? OR (person_number = '' AND occurred_on < ?))"  # taken back: it names nobody any more
    )
    execute(connection, statement, (to, of, number, since))
    if was_noted and not _is_noted(connection, of, opened_on):
        earliest = "CASE WHEN registered_on < ? THEN registered_on ELSE ? END"
        execute(connection, f"UPDATE youth SET registered_on = {earliest} WHERE id = ?", (opened_on, opened_on, to))
        execute(connection, "UPDATE youth SET registered_on = NULL WHERE id = ?", (of,))
    protect(connection, [(scalar(connection, "SELECT protection FROM youth WHERE id = ?", (of,)), to)])


def protections_left(connection: Connection, moves: Iterable[tuple[int, int]]) -> list[tuple[str, int]]:
    """Return the protections that would be left behind by a record that goes from one youth to another: (word, to).

    A youth that keeps another record keeps its protection for itself, unless no record told it any more and a hold
    waits for a person. To be asked before the records are moved.
    """
    going: dict[int, list[int]] = {}
    for of, to in moves:
        going.setdefault(of, []).append(to)
    left: list[tuple[str, int]] = []
    for part in chunks(sorted(going)):
        statement = (
            f"SELECT y.id, y.protection FROM youth y WHERE y.id IN ({marks(len(part))}) "
            f"AND y.protection IN ({marks(len(_KEPT))}) "
            "AND ((SELECT count(*) FROM record r WHERE r.youth_id = y.id) = 1 "
            "OR EXISTS (SELECT 1 FROM hold h WHERE h.subject = y.handle AND h.closed_at IS NULL))"
        )
        left += [(str(word), to) for of, word in rows(connection, statement, (*part, *_KEPT)) for to in going[of]]
    return left


def protect(connection: Connection, many: Iterable[tuple[str | None, int]]) -> None:
    """Give each youth the protection beside it where that is stronger than its own: (word, youth id)."""
    for word, youth_id in many:
        if word in _KEPT:
            as_strong = _KEPT[: _KEPT.index(word) + 1]
            weaker = f"coalesce(protection, '') NOT IN ({marks(len(as_strong))})"
            statement = f"UPDATE youth SET protection = ? WHERE id = ? AND {weaker}"
            execute(connection, statement, (word, youth_id, *as_strong))


def _keep_number(connection: Connection, youth_id: int, pseudonym: bytes, on: str, *, presumed: int) -> None:
    """Keep the present number of a youth as an earlier one; the number that comes is no earlier one any more."""
    statement = (
        "INSERT INTO alias (pseudonym, youth_id, since, presumed) SELECT pseudonym, id, ?, ? FROM youth WHERE id = ? "
        "ON CONFLICT DO NOTHING"
    )
    execute(connection, statement, (on, presumed, youth_id))
    execute(connection, "DELETE FROM alias WHERE pseudonym = ?", (pseudonym,))


def _named(connection: Connection, youth_id: int) -> tuple[bytes, str, str | None]:
    """Return pseudonym, handle and number of a youth."""
    ((pseudonym, handle, number),) = rows(
        connection, "SELECT pseudonym, handle, number FROM youth WHERE id = ?", (youth_id,)
    )
    return bytes(pseudonym), str(handle), number


def _is_noted(connection: Connection, youth_id: int, opened_on: str | None) -> bool:
    """Tell whether a youth has a note that opened the case of the day, sent or not."""
    statement = (
        "SELECT 1 FROM note WHERE youth_id = ? AND kind = 'registered' AND occurred_on >= ? AND state <> 'SUPERSEDED' "
        "LIMIT 1"
    )
    return opened_on is not None and scalar(connection, statement, (youth_id, opened_on)) is not None


def _join_states(connection: Connection, keep: int, drop: int) -> None:
    """Let the youth that is kept go on from both: the elder case, the stronger protection, the later decision."""
    statement = f"SELECT registered_on, protection, {_DECIDED} FROM youth WHERE id = ?"
    (opened_here, _, *here), (opened_there, protection, *there) = (
        rows(connection, statement, (one,))[0] for one in (keep, drop)
    )
    latest = "SELECT coalesce(max(id), 0) FROM decision WHERE youth_id = ?"
    is_later = scalar(connection, latest, (drop,)) > scalar(connection, latest, (keep,))
    opened_on = min((day for day in (opened_here, opened_there) if day), default=None)
    columns = (opened_on, *(there if is_later else here), keep)
    changed = "registered_on = ?, outcome = ?, outcome_since = ?, criteria = ?, covered_since = ?"
    execute(connection, f"UPDATE youth SET {changed} WHERE id = ?", columns)
    protect(connection, [(protection, keep)])


def _join_holds(connection: Connection, kept: str, dropped: str) -> None:
    """Let what waits for a word on either youth wait for both; a release of one says nothing of the other."""
    _move_holds(connection, dropped, kept)
    of_kept = "WHERE subject = ? AND closed_at IS NULL"
    if rows(connection, f"SELECT 1 FROM hold {of_kept} AND released_at IS NULL", (kept,)):
        not_released = "released_at = NULL, released_by = NULL, reason = NULL"
        execute(connection, f"UPDATE hold SET {not_released} {of_kept}", (kept,))


def _move_holds(connection: Connection, before: str, now: str) -> None:
    execute(connection, "UPDATE hold SET subject = ? WHERE subject = ? AND closed_at IS NULL", (now, before))
