"""The outbox and its books without any person, one JSON object a line: what an auditor or a verifier reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kaa_bridge.errors import InputRefused
from kaa_bridge.store.connection import Connection
from kaa_bridge.store.engine import Store
from kaa_bridge.store.private import write_private
from kaa_bridge.store.sql import run

_NOTES = """SELECT reference, journal, kind, state, attempt, epoch, fence, code, journal_id, planned_run, planned_at,
 intent_at, settled_at, occurred_on FROM note ORDER BY id"""
_BOOKS = """SELECT note.reference, t.at, t.before, t.after, t.attempt, t.code FROM transition AS t
 JOIN note ON note.id = t.note_id ORDER BY t.id"""


def export_lines(connection: Connection) -> Iterator[str]:
    """Yield one line a note, then one line a change of state."""
    for kind, statement in (("note", _NOTES), ("change", _BOOKS)):
        for row in run(connection, statement):
            yield json.dumps({"line": kind, **row._asdict()}, ensure_ascii=True)


def export_outbox(store: Store, target: Path) -> int:
    """Write the export to a new file of mode 0600 and return the number of lines.

    Raises:
        InputRefused: the file exists already, or its folder does not.
    """
    with store.read() as connection:
        lines = list(export_lines(connection))
    try:
        write_private(target, "".join(f"{line}\n" for line in lines).encode(), replace=False)
    except OSError:
        raise InputRefused(
            "export_target",
            f"The export was not written: {target} exists already, or its folder cannot be written.",
            remedy="Name a new file in a folder that exists.",
        ) from None
    return len(lines)
