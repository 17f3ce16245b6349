"""Name and number of those who stand in a report, for a file that nobody but its owner can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from kaa_bridge.domain.values import Protection
from kaa_bridge.reconcile.model import Names, Row
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import marks, rows
from kaa_bridge.store.youths import read_youths
from kaa_bridge.sync.bridge import Bridge
from kaa_bridge.sync.decide import words_said
from kaa_bridge.sync.merge import merge
from kaa_bridge.sync.view import rules_on


def name_finder(connection: Connection, bridge: Bridge, as_of: date) -> Callable[[Sequence[Row]], Names]:
    """Return what finds names and numbers by handle, for at most ``store.query.CHUNK`` rows at a time.

    A youth whose protection is anything but a known *none* is left out.
    """
    rules = rules_on(connection, bridge, as_of)

    def found(part: Sequence[Row]) -> Names:
        names: dict[str, tuple[str, str]] = {}
        handles = [row.handle for row in part]
        ids = rows(connection, f"SELECT id FROM youth WHERE handle IN ({marks(len(handles))})", handles)  # noqa: S608 - placeholders only
        for state, words in read_youths(connection, [int(youth_id) for (youth_id,) in ids]):
            merged = merge(state.handle, words_said(words, rules), known=rules.known)
            if state.protection == Protection.NONE.value and not merged.youth.protection.is_protected:
                known = merged.identity
                parts = (known.given_name, known.family_name) if known else ()
                names[state.handle] = (" ".join(part for part in parts if part), state.number or "")
        return names

    return found
