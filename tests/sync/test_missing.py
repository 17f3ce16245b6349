"""A known record that comes under another key and cannot be read is missing, and has not gone."""

from __future__ import annotations

import msgspec

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.query import rows
from tests.sync.register import connection, pulled, record

__all__ = ["connection"]

ALL = [record(key, 0) for key in range(5)]
KEPT = ("missing_kept", "a record that was set aside may be it")


def unreadable(name: str) -> bytes:
    """Return the last record as it looks when its id has changed and its number lost a digit."""
    person = msgspec.json.decode(ALL[-1])
    person["id"] = name
    person["civicNo"]["value"] = person["civicNo"]["value"][:-1]
    return msgspec.json.encode(person)


def test_it_is_kept_until_what_was_set_aside_is_mended(connection: Connection) -> None:
    known = False
    pulled(connection, ALL, 0)
    ((youth_id,),) = rows(connection, "SELECT max(youth_id) FROM record")
    for night, name in ((1, "other"), (1, "other"), (2, "other"), (3, "another")):
        found = pulled(connection, [*ALL[:-1], unreadable(name)], night)
        assert (found.gone, found.quarantine_count, found.findings[KEPT]) == (0, 1, 1), night
        assert list(found.youths) == ([] if known else [youth_id]), "what it says is not known, from the first night on"
        known = True
    back = pulled(connection, ALL, 4)
    assert (back.gone, back.changed, back.unchanged, KEPT in back.findings) == (0, 1, 4, False)


def test_it_has_gone_when_nothing_is_set_aside_any_more(connection: Connection) -> None:
    pulled(connection, ALL, 0)
    assert pulled(connection, [*ALL[:-1], unreadable("other")], 1).gone == 0
    assert pulled(connection, ALL[:-1], 2).gone == 1


def test_a_record_that_was_set_aside_before_keeps_nobody(connection: Connection) -> None:
    pulled(connection, [*ALL, unreadable("other")], 0)
    for night in (0, 1):
        found = pulled(connection, [*ALL[: 4 - night], unreadable("other")], night)
        assert (found.gone, found.quarantine_count, KEPT in found.findings) == (1, 1, False)
